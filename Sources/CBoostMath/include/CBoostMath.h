#ifndef CBOOSTMATH_H
#define CBOOSTMATH_H

#ifdef __cplusplus
extern "C" {
#endif

// Distributions and special functions of Boost.Math. Arguments outside a function's domain give NaN.

double weerbaar_normal_upper(double x);
double weerbaar_normal_quantile(double p);
double weerbaar_student_t_upper(double x, double degrees);
double weerbaar_student_t_quantile(double p, double degrees);
double weerbaar_chi_squared_upper(double x, double degrees);
double weerbaar_f_upper(double x, double numerator, double denominator);
double weerbaar_beta_quantile(double p, double a, double b);
/// Probability of k marked items in a draw of n out of total, of which marked are.
double weerbaar_hypergeometric(unsigned long long k, unsigned long long marked, unsigned long long n, unsigned long long total);
double weerbaar_log_gamma(double x);
double weerbaar_digamma(double x);
double weerbaar_trigamma(double x);
/// Boost's version, as "1_74".
const char *weerbaar_boost_version(void);

#ifdef __cplusplus
}
#endif

#endif
