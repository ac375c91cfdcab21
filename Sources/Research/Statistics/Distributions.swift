internal import CBoostMath

/// Tail probabilities and quantiles, all from Boost.Math.
public enum Distributions {
  /// Two-sided probability of a standard normal value as far out as `z`.
  public static func normalTwoSided(_ z: Double) -> Double { 2 * weerbaar_normal_upper(abs(z)) }

  /// The value below which a standard normal variable falls with probability `p`.
  public static func normalQuantile(_ p: Double) -> Double { weerbaar_normal_quantile(p) }

  /// Two-sided probability of a Student's t value as far out as `t`; normal where `degrees` is infinite.
  public static func studentTwoSided(_ t: Double, degrees: Double) -> Double {
    degrees.isInfinite ? normalTwoSided(t) : 2 * weerbaar_student_t_upper(abs(t), degrees)
  }

  /// The value below which a Student's t variable falls with probability `p`; normal where `degrees` is infinite.
  public static func studentQuantile(_ p: Double, degrees: Double) -> Double {
    degrees.isInfinite ? normalQuantile(p) : weerbaar_student_t_quantile(p, degrees)
  }

  /// Probability of a chi-squared value above `x`.
  public static func chiSquaredUpper(_ x: Double, degrees: Double) -> Double {
    weerbaar_chi_squared_upper(x, degrees)
  }

  /// Probability of an F value above `x`.
  public static func fUpper(_ x: Double, _ numerator: Double, _ denominator: Double) -> Double {
    denominator.isInfinite
      ? weerbaar_chi_squared_upper(x * numerator, numerator) : weerbaar_f_upper(x, numerator, denominator)
  }

  /// The value below which a beta variable falls with probability `p`.
  public static func betaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double { weerbaar_beta_quantile(p, a, b) }

  /// Probability of `k` marked items in a draw of `n` out of `total`, of which `marked` are marked.
  public static func hypergeometric(_ k: Int, marked: Int, drawn n: Int, total: Int) -> Double {
    weerbaar_hypergeometric(UInt64(k), UInt64(marked), UInt64(n), UInt64(total))
  }

  static func logGamma(_ x: Double) -> Double { weerbaar_log_gamma(x) }
  static func digamma(_ x: Double) -> Double { weerbaar_digamma(x) }
  static func trigamma(_ x: Double) -> Double { weerbaar_trigamma(x) }

  /// Version of Boost, such as "1.74".
  public static var boostVersion: String {
    String(cString: weerbaar_boost_version()).replacing("_", with: ".")
  }
}
