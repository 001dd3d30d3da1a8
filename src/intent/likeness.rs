//! Questions that are alike, put together: what staff read as one line instead of forty.
//!
//! `journeys::unanswered` calls it with masked texts in the order in which they came. A question joins the
//! group whose first question it resembles most, or begins one; so groups grow one question at a time, the
//! same questions in the same order give the same groups, and a group never changes its first question.

use rustc_hash::{FxHashMap, FxHashSet};

use super::normalize;

/// From this share of common grams on (Dice) two questions are alike. Set by reading the groups of
/// the sample city's own questions: below, 「住民票」 and 「住民税」 meet; above, 「住民票の取り方」 and
/// 「住民票はどこで取れますか」 part.
const ALIKE: f32 = 0.5;

/// A group of like questions, by their places in the order in which they were added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The question that began it.
    pub first: usize,
    /// All of them, the first included.
    pub members: Vec<usize>,
}

/// Groups that grow.
#[derive(Debug, Default)]
pub struct Likeness {
    groups: Vec<Group>,
    /// How many grams each group's first question has.
    sizes: Vec<usize>,
    /// Gram → the groups whose first question has it.
    postings: FxHashMap<u64, Vec<u32>>,
    added: usize,
}

impl Likeness {
    /// Adds a question; gives the place of its group among [`Self::groups`].
    pub fn add(&mut self, text: &str) -> usize {
        let place = self.added;
        self.added += 1;
        let grams = grams(&normalize(text));
        match self.most_alike(&grams) {
            Some(group) => {
                self.groups[group].members.push(place);
                group
            }
            None => {
                let group = self.groups.len();
                let number = u32::try_from(group).expect("questions are kept by the thousand");
                for gram in &grams {
                    self.postings.entry(*gram).or_default().push(number);
                }
                self.groups.push(Group { first: place, members: vec![place] });
                self.sizes.push(grams.len());
                group
            }
        }
    }

    /// The groups in the order in which they began.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    fn most_alike(&self, grams: &FxHashSet<u64>) -> Option<usize> {
        let mut common: FxHashMap<u32, usize> = FxHashMap::default();
        for gram in grams {
            for group in self.postings.get(gram).into_iter().flatten() {
                *common.entry(*group).or_default() += 1;
            }
        }
        let likeness = |(group, common): (u32, usize)| {
            let group = usize::try_from(group).ok()?;
            let alike = 2.0 * common as f32 / (grams.len() + self.sizes[group]) as f32;
            (alike >= ALIKE).then_some((group, alike))
        };
        let better = |a: &(usize, f32), b: &(usize, f32)| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0));
        common.into_iter().filter_map(likeness).max_by(better).map(|(group, _)| group)
    }
}

/// Hashed grams. Pairs of hiragana are mostly grammar, and short words too: they count only in a text that
/// has nothing else.
fn grams(normal: &str) -> FxHashSet<u64> {
    let (mut telling, mut grammar) = (FxHashSet::default(), FxHashSet::default());
    for run in normal.split(|c: char| !c.is_alphanumeric() && c != 'ー').filter(|run| !run.is_empty()) {
        if run.chars().all(|c| (c as u32) < 0x1100) {
            let words = if run.chars().count() > 3 { &mut telling } else { &mut grammar };
            words.insert(hash(run));
            continue;
        }
        let chars: Vec<char> = run.chars().collect();
        for pair in chars.windows(chars.len().min(2)) {
            let only_kana = pair.iter().all(|c| matches!(c, 'ぁ'..='ゖ'));
            let pairs = if only_kana { &mut grammar } else { &mut telling };
            pairs.insert(hash(&pair.iter().collect::<String>()));
        }
    }
    match (telling.is_empty(), grammar.is_empty()) {
        (false, _) => telling,
        (true, false) => grammar,
        // Nothing but signs: 「？」.
        (true, true) => [hash(normal)].into_iter().collect(),
    }
}

/// FNV-1a: the same on every machine, so that groups are.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(texts: &[&str]) -> Vec<Vec<usize>> {
        let mut likeness = Likeness::default();
        for text in texts {
            likeness.add(text);
        }
        likeness.groups().iter().map(|group| group.members.clone()).collect()
    }

    #[test]
    fn like_questions_meet_and_others_do_not() {
        let groups = grouped(&[
            "ドッグランはありますか",
            "ドッグランありますか？",
            "住民票の取り方",
            "住民税の払い方",
            "市営ドッグランはどこ",
            "Is there a dog park?",
            "is there any dog park",
            "ありますか",
            "ありますか",
        ]);
        assert_eq!(groups, [vec![0, 1, 4], vec![2], vec![3], vec![5, 6], vec![7, 8]]);
    }

    #[test]
    fn one_more_question_changes_no_group_that_there_was() {
        let questions = include_str!("../../intents/todoke/questions.jsonl");
        let texts: Vec<String> = questions
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|question| question["text"].as_str().unwrap().to_owned())
            .collect();
        let mut likeness = Likeness::default();
        let first: Vec<usize> = texts.iter().map(|text| likeness.add(text)).collect();
        let again: Vec<usize> = texts.iter().map(|text| likeness.add(text)).collect();
        assert!(likeness.groups().len() > texts.len() / 3, "not everything is alike");
        // A question may lie between two groups; what began a group always comes back to it.
        for group in likeness.groups().iter().filter(|group| group.first < texts.len()) {
            assert_eq!(again[group.first], first[group.first], "{}", texts[group.first]);
        }
    }
}
