//! One intent seen closely: its grams, what each is worth there, and which phrases hold it.

/// An intent's grams, sorted, and beside each its impact and its phrases.
pub(super) struct Profile {
    grams: Box<[u32]>,
    impacts: Box<[f32]>,
    /// Where the phrases of each gram begin in `holders`, and where the last end.
    begins: Box<[u32]>,
    holders: Box<[u32]>,
    /// The length of each phrase's weight vector.
    lengths: Box<[f32]>,
}

/// How a text and an intent overlap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Overlap {
    /// The weight of the text's grams that the intent has.
    pub(super) shared: f32,
    /// The best weighted cosine between the text and one title or example.
    pub(super) phrase: f32,
}

impl Profile {
    /// From grams with impacts and phrases of grams, all sorted by gram. Every gram of a phrase must be
    /// among the first.
    pub(super) fn new(grams: impl Iterator<Item = (u32, f32)>, phrases: &[Box<[u32]>], idf: &[f32]) -> Self {
        let (grams, impacts): (Vec<u32>, Vec<f32>) = grams.unzip();
        let norm = |grams: &[u32]| grams.iter().map(|g| idf[*g as usize].powi(2)).sum::<f32>().sqrt();
        let phrases: Vec<(&[u32], f32)> =
            phrases.iter().map(|p| (&**p, norm(p))).filter(|(_, length)| *length > 0.0).collect();
        let mut held: Vec<(u32, u32)> = (0..)
            .zip(&phrases)
            .flat_map(|(number, (phrase, _))| phrase.iter().map(move |gram| (*gram, number)))
            .collect();
        held.sort_unstable();
        let begins = grams.iter().map(|gram| held.partition_point(|(other, _)| other < gram));
        let begins =
            begins.chain([held.len()]).map(|at| u32::try_from(at).expect("budgets keep it below 2^32"));
        Self {
            begins: begins.collect(),
            holders: held.into_iter().map(|(_, number)| number).collect(),
            lengths: phrases.into_iter().map(|(_, length)| length).collect(),
            grams: grams.into(),
            impacts: impacts.into(),
        }
    }

    /// The sum of the impacts of these grams, in their order.
    pub(super) fn score(&self, grams: &[u32]) -> f32 {
        grams.iter().fold(0.0, |sum, gram| sum + self.impact(*gram))
    }

    /// Whether the intent has a gram.
    pub(super) fn knows(&self, gram: u32) -> bool {
        self.grams.binary_search(&gram).is_ok()
    }

    /// What a gram is worth here; nothing if the intent does not have it.
    pub(super) fn impact(&self, gram: u32) -> f32 {
        self.grams.binary_search(&gram).map_or(0.0, |at| self.impacts[at])
    }

    /// Compares with a text of these sorted grams, whose weight vector has the length `norm`.
    pub(super) fn overlap(&self, grams: &[u32], norm: f32, idf: &[f32]) -> Overlap {
        let (mut shared, mut products) = (0.0, vec![0.0_f32; self.lengths.len()]);
        for gram in grams {
            let Ok(at) = self.grams.binary_search(gram) else { continue };
            let weight = idf[*gram as usize];
            shared += weight;
            for holder in &self.holders[self.begins[at] as usize..self.begins[at + 1] as usize] {
                products[*holder as usize] += weight.powi(2);
            }
        }
        let cosines = products.iter().zip(&self.lengths).map(|(product, length)| product / (length * norm));
        Overlap { shared, phrase: cosines.fold(0.0, f32::max) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_compared_with_every_phrase_and_the_best_counts() {
        let idf = [1.0, 2.0, 2.0, 4.0];
        let phrases: [Box<[u32]>; 2] = [[0, 1].into(), [1, 2, 3].into()];
        let profile = Profile::new([0, 1, 2, 3].map(|gram| (gram, 0.5)).into_iter(), &phrases, &idf);
        let overlap = profile.overlap(&[1, 3], 20.0_f32.sqrt(), &idf);
        assert!((overlap.shared - 6.0).abs() < 1e-6);
        assert!((overlap.phrase - 20.0 / (24.0_f32 * 20.0).sqrt()).abs() < 1e-6);
        assert!((profile.score(&[1, 3, 9]) - 1.0).abs() < 1e-6);
    }
}
