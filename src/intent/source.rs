//! Intent files → content, with every problem named as `file:line:column: what, and what to write instead`.
//!
//! `journeys::curate` and `todoke intents check` call it. A file that cannot be read stops at its first
//! fault of form; faults of meaning are all reported, over all files. Errors keep the content from being
//! used, warnings do not. Hostile files meet budgets: size, depth, aliases, numbers of things, and the
//! size of compiled expressions.

mod build;
mod elsewhere;
mod form;
mod shape;
#[cfg(test)]
mod tests;
mod typed;

use std::fmt;

use jiff::civil::Date;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Content, Topic,
    catalog::Intent,
    draft::{Draft, TopicDraft},
    piece::Piece,
};
use crate::domain::{content::ContentHash, id::AccountId};

/// The most that one file may hold, in bytes.
const FILE_BYTES: usize = 1 << 20;
/// The most files of one account.
const FILES: usize = 500;

/// A file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name below the account's folder, for example `garbage.yaml`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl SourceFile {
    /// Whether the name says YAML in a way that is not read: `garbage.yml`, `garbage.YAML`.
    pub fn is_unread(&self) -> bool {
        self.unread_stem().is_some()
    }

    fn unread_stem(&self) -> Option<&str> {
        let (stem, ending) = self.path.rsplit_once('.')?;
        let is_yaml = ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml");
        (is_yaml && ending != "yaml").then_some(stem)
    }
}

/// The hash of an account's files: of every name and text.
pub fn hash(files: &[SourceFile]) -> ContentHash {
    let mut bytes = Vec::new();
    for part in files.iter().flat_map(|file| [&file.path, &file.text]) {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    ContentHash::of(&bytes)
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The content cannot be used.
    Error,
    /// Somebody should look at it.
    Warning,
}

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, counted from 1; 0 where no line can be named.
    pub line: u64,
    /// The column, counted from 1.
    pub column: u64,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, and what to write instead.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.severity == Severity::Warning { "warning: " } else { "" };
        write!(f, "{}:{}:{}: {mark}{}", self.file, self.line, self.column, self.what)
    }
}

/// The JSON Schema of topic files, for editors.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(shape::TopicFile).to_value()
}

/// The JSON Schema of `_elsewhere.yaml`, for editors.
pub fn elsewhere_schema() -> serde_json::Value {
    schemars::schema_for!(shape::ElsewhereFile).to_value()
}

/// What an account should have beside its topics, and has not: warnings, since a bot works without.
pub fn missing(files: &[SourceFile]) -> Vec<Problem> {
    let needed = [
        (
            "_safety.yaml",
            "without it nobody in danger is recognised; write one, the sample city's is an example",
        ),
        (
            "_fixed.yaml",
            "without it greetings, stickers and thanks are refused like unknown questions; write one",
        ),
    ];
    let absent = needed.into_iter().filter(|(name, _)| files.iter().all(|file| file.path != *name));
    absent
        .map(|(name, why)| Problem {
            file: name.into(),
            line: 0,
            column: 0,
            severity: Severity::Warning,
            what: format!("the file is missing; {why}"),
        })
        .collect()
}

/// What an account took over from the sample city with its files: warnings, since nothing breaks by it, but
/// residents would be sent to a city that does not exist.
pub fn left_from_sample(account: &AccountId, files: &[SourceFile]) -> Vec<Problem> {
    if account.as_str() == form::SAMPLE_ACCOUNT {
        return Vec::new();
    }
    files.iter().flat_map(form::sample).collect()
}

/// Reads safety and fixed replies alone; the order of topics, which are not there, does not count.
pub fn read_without_topics(files: &[SourceFile], today: Date) -> Option<Content> {
    let mut build = build::Build::new(today);
    for file in files {
        match file.path.as_str() {
            "_safety.yaml" => parse(file, &mut build).map(|shape| build.safety(&file.path, shape)),
            "_safety-examples.yaml" => {
                parse(file, &mut build).map(|shape| build.safety_examples(&file.path, shape))
            }
            "_fixed.yaml" => parse(file, &mut build).map(|shape| {
                build.fixed(&file.path, shape);
                build.forget_order();
            }),
            _ => None,
        };
    }
    build.finish().0
}

/// What a reading of an account's files gave.
pub struct Reading {
    /// The content, when there is no error.
    pub content: Option<Content>,
    /// The same as typed, piece by piece, the topics' after their intents.
    pub pieces: Vec<Piece>,
    /// Everything that was found, sorted by file and line.
    pub problems: Vec<Problem>,
}

/// Reads an account's files. Content comes back when there is no error; problems come back always,
/// sorted by file and line.
pub fn read(files: &[SourceFile], today: Date) -> (Option<Content>, Vec<Problem>) {
    let Reading { content, problems, .. } = read_pieces(files, today);
    (content, problems)
}

/// Reads an account's files, as [`read`] does, and gives back also what was typed.
pub fn read_pieces(files: &[SourceFile], today: Date) -> Reading {
    let mut build = build::Build::new(today);
    if files.len() > FILES {
        let what =
            format!("there are {} files, at most {FILES} are read; put several topics into one", files.len());
        build.problem(files[FILES].path.as_str(), (0, 0), Severity::Error, what);
    }
    build.files = files.iter().map(|file| file.path.clone()).collect();
    for file in files.iter().take(FILES) {
        if let Some(stem) = file.unread_stem() {
            let what = format!("the file is not read; rename it to {stem}.yaml, or remove it");
            build.problem(&file.path, (0, 0), Severity::Warning, what);
        } else if file.path.starts_with('_') {
            special(file, &mut build);
            build.pieces.push(Piece::File(file.clone()));
        } else if let Some(shape) = parse(file, &mut build) {
            build.topic(&file.path, &shape);
        }
    }
    let pieces = std::mem::take(&mut build.pieces);
    let (content, problems) = build.finish();
    Reading { content, pieces, problems }
}

/// A file whose name begins with `_`.
fn special(file: &SourceFile, build: &mut build::Build) {
    match file.path.as_str() {
        "_safety.yaml" => {
            if let Some(shape) = parse(file, build) {
                build.safety(&file.path, shape);
            }
        }
        "_safety-examples.yaml" => {
            if let Some(shape) = parse(file, build) {
                build.safety_examples(&file.path, shape);
            }
        }
        "_fixed.yaml" => {
            if let Some(shape) = parse(file, build) {
                build.fixed(&file.path, shape);
            }
        }
        "_elsewhere.yaml" => {
            if let Some(shape) = parse(file, build) {
                build.elsewhere(&file.path, shape);
            }
        }
        path => {
            let what =
                "files whose names begin with _ are _safety.yaml, _safety-examples.yaml, _fixed.yaml and _elsewhere.yaml; rename this one".into();
            build.problem(path, (1, 1), Severity::Error, what);
        }
    }
}

/// Content from checked topics and intents and the files that are kept whole.
pub fn assemble(
    whole: &[SourceFile],
    topics: Vec<Topic>,
    intents: Vec<Intent>,
    today: Date,
) -> (Option<Content>, Vec<Problem>) {
    let mut build = build::Build::new(today);
    build.files = whole.iter().map(|file| file.path.clone()).collect();
    build.files.extend(topics.iter().map(|topic| format!("{}.yaml", topic.id)));
    for file in whole {
        special(file, &mut build);
    }
    build.put(topics, intents);
    build.finish()
}

/// A topic file as typed, without judging it; an error of form is its one problem.
pub fn drafts(file: &SourceFile) -> Result<(TopicDraft, Vec<Draft>), Problem> {
    let mut build = build::Build::new(Date::default());
    let Some(shape) = parse::<shape::TopicFile>(file, &mut build) else {
        return Err(build.finish().1.remove(0));
    };
    let name = file.path.strip_suffix(".yaml").unwrap_or(&file.path);
    Ok((shape.draft(name), shape.intents.iter().map(shape::IntentShape::draft).collect()))
}

/// Where the items of `intents:` begin: line and column of each, counted from 1. Empty when the file
/// cannot be read.
pub fn item_places(file: &SourceFile) -> Vec<(u64, u64)> {
    let mut build = build::Build::new(Date::default());
    let shape: Option<shape::Items> = parse(file, &mut build);
    shape.into_iter().flat_map(|shape| shape.intents).map(|item| typed::place(&item)).collect()
}

fn parse<T: DeserializeOwned>(file: &SourceFile, build: &mut build::Build) -> Option<T> {
    if file.text.len() > FILE_BYTES {
        let what = format!("the file has {} bytes, at most {FILE_BYTES} are read; split it", file.text.len());
        build.problem(&file.path, (1, 1), Severity::Error, what);
        return None;
    }
    match serde_saphyr::from_str(&file.text) {
        Ok(shape) => Some(shape),
        Err(error) => {
            let error = error.without_snippet();
            let place = error.location().map_or((1, 1), |at| (at.line(), at.column()));
            // The parser stumbles behind a blank that is none, and talks of something else.
            let (place, what) = match form::indentation(file) {
                Some(found) => ((found.line, found.column), found.what),
                None => (place, sentence(&error.to_string())),
            };
            build.problem(&file.path, place, Severity::Error, what);
            None
        }
    }
}

/// The parser's words on one line, without the place that stands in front of them already.
fn sentence(error: &str) -> String {
    let flat = error.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = flat.split(" at line ").next().unwrap_or(&flat);
    // `{ en: Gyms, pools }` is two entries to YAML; nobody who is no programmer guesses that.
    let unknown = said.strip_prefix("unknown variant `").and_then(|rest| rest.split('`').next());
    if unknown.is_some_and(|name| name.contains(' ')) {
        return format!("{said}; a text with a comma inside {{ }} must stand in quotes");
    }
    said.to_owned()
}
