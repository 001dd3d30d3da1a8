//! The normal distribution.

/// The share that lies below `x` standard deviations (Abramowitz and Stegun 26.2.17; the error is below 1e-7).
pub(super) fn below(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 5] =
        [1.330_274_429, -1.821_255_978, 1.781_477_937, -0.356_563_782, 0.319_381_530];
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let density = (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt();
    let above = density * t * COEFFICIENTS.iter().fold(0.0, |sum, one| sum * t + one);
    if x > 0.0 { 1.0 - above } else { above }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_shares() {
        for (x, share) in
            [(0.0, 0.5), (1.0, 0.841_344_7), (-1.281_551_6, 0.1), (3.0, 0.998_650_1), (-9.0, 0.0)]
        {
            assert!((below(x) - share).abs() < 1e-6, "{x}");
        }
    }
}
