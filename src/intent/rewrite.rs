//! Topic files brought to what is published, with as little change as possible: an intent that says the same
//! keeps its lines, its comments and its order of fields.

use super::{
    draft::{Draft, TopicDraft, head_yaml, intent_yaml, topic_yaml},
    source::{self, SourceFile},
};

/// The file's text with this topic and these intents, in this order. What was written is read back and
/// compared; where the careful way does not say the same, the whole file is written anew.
pub fn rewrite(old: Option<&SourceFile>, topic: &TopicDraft, intents: &[&Draft]) -> String {
    let whole = || topic_yaml(topic, intents.iter().copied());
    let Some(old) = old else { return whole() };
    let Some(text) = careful(old, topic, intents) else { return whole() };
    let says = source::drafts(&SourceFile { path: old.path.clone(), text: text.clone() });
    let is_same = says.is_ok_and(|(head, read)| {
        same_head(&head, topic)
            && read.len() == intents.len()
            && read.iter().zip(intents).all(|(a, b)| a == *b)
    });
    if is_same { text } else { whole() }
}

fn same_head(a: &TopicDraft, b: &TopicDraft) -> bool {
    TopicDraft { order: Vec::new(), ..a.clone() } == TopicDraft { order: Vec::new(), ..b.clone() }
}

fn careful(old: &SourceFile, topic: &TopicDraft, intents: &[&Draft]) -> Option<String> {
    let (head, drafts) = source::drafts(old).ok()?;
    let lines: Vec<&str> = old.text.split_inclusive('\n').collect();
    let blocks = Blocks::find(&lines, &source::item_places(old))?;
    if blocks.items.len() != drafts.len() || intents.is_empty() {
        return None;
    }
    let mut text = String::new();
    if same_head(&head, topic) {
        text.extend(lines[..blocks.first].iter().copied());
    } else {
        let comments = lines.iter().take_while(|line| is_blank(line));
        text.extend(comments.copied());
        text.push_str(&head_yaml(topic));
    }
    for intent in intents {
        match drafts.iter().position(|draft| draft.id == intent.id) {
            Some(at) if drafts[at] == **intent => {
                text.extend(lines[blocks.items[at].clone()].iter().copied());
            }
            Some(at) => {
                // Comments in front of the intent are about it, whatever it says now.
                let own = lines[blocks.items[at].clone()].iter().copied();
                text.extend(own.take_while(|line| is_blank(line)));
                text.push_str(&shifted(&intent_yaml(intent), blocks.indent));
            }
            None => text.push_str(&shifted(&intent_yaml(intent), blocks.indent)),
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text.extend(lines[blocks.end..].iter().copied());
    Some(text)
}

/// Where the items of `intents:` stand among the lines, counted from 0.
struct Blocks {
    /// The first line of the first item, or of the comments in front of it.
    first: usize,
    /// The line after the last item.
    end: usize,
    /// Each item with the comments in front of it.
    items: Vec<std::ops::Range<usize>>,
    /// The column of the hyphens.
    indent: usize,
}

impl Blocks {
    fn find(lines: &[&str], places: &[(u64, u64)]) -> Option<Self> {
        let mut starts = Vec::new();
        for (line, _) in places {
            starts.push(usize::try_from(*line).ok()?.checked_sub(1)?);
        }
        let indent = indent_of(lines.get(*starts.first()?)?);
        let is_item = |line: &&str| indent_of(line) == indent && line.trim_start().starts_with("- ");
        if !starts.iter().all(|at| lines.get(*at).is_some_and(is_item)) || !starts.is_sorted_by(|a, b| a < b)
        {
            return None;
        }
        let last = *starts.last()?;
        let goes_on = |line: &&str| is_blank(line) || indent_of(line) > indent;
        let mut end = last + 1 + lines[last + 1..].iter().take_while(|line| goes_on(line)).count();
        // Blank lines and comments at the end are nobody's.
        while end > last + 1 && is_blank(lines[end - 1]) {
            end -= 1;
        }
        let begin = |at: usize, after: usize| {
            let comments = lines[after..at].iter().rev().take_while(|line| is_blank(line)).count();
            at - comments
        };
        let mut begins: Vec<usize> = Vec::new();
        for at in &starts {
            begins.push(begin(*at, begins.last().map_or(0, |before| before + 1)));
        }
        let ends = begins.iter().skip(1).copied().chain([end]);
        let items = begins.iter().copied().zip(ends).map(|(from, to)| from..to).collect();
        Some(Self { first: begins[0], end, items, indent })
    }
}

/// Whether a line holds nothing but a comment or blanks.
fn is_blank(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// A block that is indented by two, indented otherwise.
fn shifted(block: &str, indent: usize) -> String {
    let lines = block.split_inclusive('\n');
    lines
        .map(|line| match line.strip_prefix("  ") {
            Some(rest) => format!("{}{rest}", " ".repeat(indent)),
            None => line.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    const FILE: &str = "# schema
topic: garbage
title: { ja: ごみ }   # for buttons
owner: 環境局
contact: { name: { ja: 課 }, hours: { ja: 平日 } }
intents:
  # the most asked one
  - id: garbage.bulky
    title: { ja: 粗大ごみ }   # short
    keywords: [ソファ]
    answer:
      ja: |
        予約が必要です。

        # no comment: a line of the answer
        電話で。

  - title: { ja: 収集日 }
    id: garbage.days
    keywords: [曜日]
    answer: { ja: 月曜 }   # changes in April
# the end
";

    fn file(text: &str) -> SourceFile {
        SourceFile { path: "garbage.yaml".into(), text: text.into() }
    }

    fn read(text: &str) -> (TopicDraft, Vec<Draft>) {
        source::drafts(&file(text)).unwrap()
    }

    fn refs(drafts: &[Draft]) -> Vec<&Draft> {
        drafts.iter().collect()
    }

    #[test]
    fn what_says_the_same_keeps_every_byte() {
        for text in [FILE, &FILE.replace('\n', "\r\n")] {
            let (topic, drafts) = read(text);
            assert_eq!(rewrite(Some(&file(text)), &topic, &refs(&drafts)), text);
        }
    }

    #[test]
    fn only_the_block_of_a_changed_intent_is_written_anew() {
        let (topic, mut drafts) = read(FILE);
        drafts[0].answer.insert(Language::Ja, "電話で。".into());
        let text = rewrite(Some(&file(FILE)), &topic, &refs(&drafts));
        assert_eq!(read(&text).1, drafts);
        for kept in [
            "# schema",
            "# for buttons",
            "# the most asked one\n  - id: garbage.bulky",
            "# changes in April",
            "# the end",
        ] {
            assert!(text.contains(kept), "{kept}:\n{text}");
        }
        assert!(!text.contains("# short"), "the changed block is written anew");
    }

    #[test]
    fn intents_come_and_go_and_change_places() {
        let (topic, mut drafts) = read(FILE);
        drafts.reverse();
        drafts.push(Draft { id: "garbage.new".into(), ..drafts[0].clone() });
        let text = rewrite(Some(&file(FILE)), &topic, &refs(&drafts));
        assert_eq!(read(&text).1, drafts);
        assert!(text.contains("# changes in April") && text.contains("# short"), "{text}");
        let text = rewrite(Some(&file(FILE)), &topic, &refs(&drafts[..1]));
        assert_eq!(read(&text).1, drafts[..1]);
        assert!(!text.contains("bulky") && text.contains("# the end"), "{text}");
        assert_eq!(read(&rewrite(Some(&file(FILE)), &topic, &[])).1, []);
    }

    #[test]
    fn a_changed_head_keeps_the_intents_as_they_are() {
        let (mut topic, drafts) = read(FILE);
        topic.owner = "市民局".into();
        let text = rewrite(Some(&file(FILE)), &topic, &refs(&drafts));
        assert_eq!(read(&text), (topic, drafts));
        assert!(text.starts_with("# schema\ntopic: garbage\n") && text.contains("# short"), "{text}");
    }

    #[test]
    fn a_file_of_another_style_is_written_anew_and_says_the_same() {
        let flow = "{ topic: garbage, title: { ja: ごみ }, owner: 環境局, contact: { name: { ja: 課 }, hours: { ja: 平日 } }, \
                    intents: [{ id: garbage.a, title: { ja: あ }, answer: { ja: い } }] }";
        let (topic, mut drafts) = read(flow);
        drafts[0].keywords = vec!["う".into()];
        assert_eq!(
            read(&rewrite(Some(&file(flow)), &topic, &refs(&drafts))),
            (topic.clone(), drafts.clone())
        );
        let other = FILE.replace("\n  ", "\n");
        assert_eq!(read(&rewrite(Some(&file(&other)), &topic, &refs(&drafts))).1, drafts);
        assert_eq!(read(&rewrite(None, &topic, &refs(&drafts))).1, drafts);
    }
}
