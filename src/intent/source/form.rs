//! What the bare text of a file tells, without YAML: blanks that look like indentation and are none, and
//! words of the sample city that were copied with it.

use super::{Problem, Severity, SourceFile};

/// The account of the sample city, which may speak of itself.
pub(super) const SAMPLE_ACCOUNT: &str = "todoke";
/// What only the sample city says: its name, its telephone numbers, its addresses.
const SAMPLE_WORDS: [&str; 4] = ["とどけ市", "044-555", "todoke.example", "Todoke City"];

/// The first line that is indented with something else than blanks. To YAML a tab is an error, and a
/// full-width blank a letter; both look like blanks in an editor. Texts after `|` and `>` may hold either.
pub(super) fn indentation(file: &SourceFile) -> Option<Problem> {
    let mut text_deeper_than: Option<usize> = None;
    for (line, content) in (1..).zip(file.text.lines()) {
        let depth = content.len() - content.trim_start_matches(' ').len();
        if text_deeper_than.is_some_and(|outer| depth > outer) || content.trim().is_empty() {
            continue;
        }
        text_deeper_than = begins_a_text(content).then_some(depth);
        let blanks = content.chars().take_while(|c| c.is_whitespace());
        let odd = (1..).zip(blanks).find(|(_, blank)| *blank != ' ');
        let Some((column, blank)) = odd else { continue };
        let what = match blank {
            '\t' => {
                "a tab（タブ） stands in front of the line; write blanks instead（半角の空白に直してください）"
            }
            '\u{3000}' => {
                "a full-width blank（全角の空白） stands in front of the line; write half-width blanks instead\
                 （半角の空白に直してください）"
            }
            _ => {
                "an unusual blank stands in front of the line; write ordinary blanks instead（半角の空白に直してください）"
            }
        };
        return Some(problem(file, (line, column), Severity::Error, what.to_owned()));
    }
    None
}

/// Whether the lines below, as far as they are indented more, are a text: `answer: |`, `- >-`.
fn begins_a_text(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let head = line.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '+');
    let Some(before) = head.strip_suffix(['|', '>']) else { return false };
    before.ends_with(": ") || before.ends_with("- ")
}

/// Lines that still hold the sample city's words, the first of each line.
pub(super) fn sample(file: &SourceFile) -> Vec<Problem> {
    let found = (1..).zip(file.text.lines()).filter_map(|(line, content)| {
        let (at, word) = SAMPLE_WORDS.iter().filter_map(|word| Some((content.find(word)?, word))).min()?;
        let column = u64::try_from(content[..at].chars().count()).unwrap_or(u64::MAX).saturating_add(1);
        let what =
            format!("{word:?} is the sample city's（見本の市のままです）; write your own city's instead");
        Some(problem(file, (line, column), Severity::Warning, what))
    });
    found.collect()
}

fn problem(file: &SourceFile, (line, column): (u64, u64), severity: Severity, what: String) -> Problem {
    Problem { file: file.path.clone(), line, column, severity, what }
}
