//! How often something happens among so many, and between what it may lie: few cases say little.

/// For 95 % of cases.
const Z: f64 = 1.959_964;

/// A share with its interval, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// How many of how many.
    pub share: f64,
    /// In 95 of 100 such cases the true share is not lower.
    pub low: f64,
    /// Nor higher.
    pub high: f64,
}

impl Rate {
    /// Wilson's score interval: it stays within 0 and 1 and holds for few cases too. `None`: of nobody, or more cases than
    /// people.
    pub fn new(cases: u64, of: u64) -> Option<Self> {
        if of == 0 || cases > of {
            return None;
        }
        let (n, share) = (of as f64, cases as f64 / of as f64);
        let scale = 1.0 + Z * Z / n;
        let middle = (share + Z * Z / (2.0 * n)) / scale;
        let reach = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        Some(Self {
            share,
            low: (middle - reach).clamp(0.0, share),
            high: (middle + reach).clamp(share, 1.0),
        })
    }

    /// The same for a thousand people: share, low, high.
    pub fn per_1000(self) -> [f64; 3] {
        [self.share, self.low, self.high].map(|one| one * 1_000.0)
    }

    /// Whether the two surely differ: their intervals do not touch.
    pub fn differs_from(self, other: Self) -> bool {
        self.low > other.high || other.low > self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_intervals() {
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29 (Wilson without continuity correction).
        for (cases, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let rate = Rate::new(cases, of).unwrap();
            assert!(
                (rate.low - low).abs() < 1e-4 && (rate.high - high).abs() < 1e-4,
                "{cases}/{of}: {rate:?}"
            );
        }
        assert_eq!((Rate::new(0, 0), Rate::new(3, 2)), (None, None));
        assert!((Rate::new(5, 5).unwrap().high - 1.0).abs() < 1e-12);
    }

    #[test]
    fn few_cases_differ_from_nothing_and_many_do() {
        let rate = |cases, of| Rate::new(cases, of).unwrap();
        assert!(!rate(1, 100).differs_from(rate(3, 100)));
        assert!(rate(100, 10_000).differs_from(rate(300, 10_000)));
        assert!((rate(5, 1_000).per_1000()[0] - 5.0).abs() < 1e-12);
    }
}
