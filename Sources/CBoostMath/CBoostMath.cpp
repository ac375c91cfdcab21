#include "CBoostMath.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/hypergeometric.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <boost/version.hpp>

namespace {

using namespace boost::math::policies;
// Nothing is thrown: a caller in another language could not catch it.
using Quiet = policy<
    domain_error<ignore_error>, pole_error<ignore_error>, overflow_error<ignore_error>, underflow_error<ignore_error>,
    evaluation_error<ignore_error>, rounding_error<ignore_error>, indeterminate_result_error<ignore_error>>;

}  // namespace

extern "C" {

double weerbaar_normal_upper(double x) {
  return cdf(complement(boost::math::normal_distribution<double, Quiet>(), x));
}

double weerbaar_normal_quantile(double p) { return quantile(boost::math::normal_distribution<double, Quiet>(), p); }

double weerbaar_student_t_upper(double x, double degrees) {
  return cdf(complement(boost::math::students_t_distribution<double, Quiet>(degrees), x));
}

double weerbaar_student_t_quantile(double p, double degrees) {
  return quantile(boost::math::students_t_distribution<double, Quiet>(degrees), p);
}

double weerbaar_chi_squared_upper(double x, double degrees) {
  return cdf(complement(boost::math::chi_squared_distribution<double, Quiet>(degrees), x));
}

double weerbaar_f_upper(double x, double numerator, double denominator) {
  return cdf(complement(boost::math::fisher_f_distribution<double, Quiet>(numerator, denominator), x));
}

double weerbaar_beta_quantile(double p, double a, double b) {
  return quantile(boost::math::beta_distribution<double, Quiet>(a, b), p);
}

double weerbaar_hypergeometric(
    unsigned long long k, unsigned long long marked, unsigned long long n, unsigned long long total) {
  return pdf(boost::math::hypergeometric_distribution<double, Quiet>(marked, n, total), k);
}

double weerbaar_log_gamma(double x) { return boost::math::lgamma(x, Quiet()); }
double weerbaar_digamma(double x) { return boost::math::digamma(x, Quiet()); }
double weerbaar_trigamma(double x) { return boost::math::trigamma(x, Quiet()); }
const char *weerbaar_boost_version(void) { return BOOST_LIB_VERSION; }

}  // extern "C"
