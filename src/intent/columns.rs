//! Intents as a table: a row an intent, a column a field; every row's problem is told before anything changes.
//!
//! A heading is a field's name (`answer.ja`), its Japanese name (「回答（日本語）」), or both as an export writes
//! them (「回答（ja）[answer.ja]」). A field without a column stays as it is; an empty cell empties it. Values of a
//! list stand on lines of their own. Quick replies are pairs and have no column.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::civil::Date;
use serde::Serialize;

use super::{
    draft::{self, Draft, Field, Problem},
    edition::Edition,
    piece::Piece,
    source::Severity,
};
use crate::domain::{content::PieceId, id::IntentId, language::Language};

/// The Japanese names of the columns; staff read them, so they stand in a file of their own.
static NAMES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    include_str!("../../assets/sheet/columns.tsv").lines().filter_map(|line| line.split_once('\t')).collect()
});

/// Something wrong in a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellProblem {
    /// The row as a spreadsheet counts it: the heading is 1.
    pub row: usize,
    /// The column as a spreadsheet names it (`A`, `B`, …); empty for the whole row.
    pub column: String,
    /// The field, where the column has one.
    pub field: Option<Field>,
    /// Whether it stops the import.
    pub severity: Severity,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub instead: String,
    /// The same as a value, where it is a fault of a field; pages say it in the reader's language.
    #[serde(skip)]
    pub fault: Option<Problem>,
}

/// What a table would change.
#[derive(Debug, Clone, Default)]
pub struct ChangeSet {
    /// Intents that differ from the edition, as they would be.
    pub changes: BTreeMap<PieceId, Draft>,
    /// Rows that are new intents.
    pub new: usize,
    /// Rows that change an intent.
    pub changed: usize,
    /// Rows that say what is published already.
    pub unchanged: usize,
    /// Everything that is wrong, by row.
    pub problems: Vec<CellProblem>,
}

impl ChangeSet {
    /// Whether nothing stands in the way.
    pub fn is_sound(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity != Severity::Error)
    }
}

/// The fields that have a column.
fn fields() -> impl Iterator<Item = Field> {
    Field::of_intents().filter(|field| !matches!(field, Field::QuickLabel(_) | Field::QuickText(_)))
}

fn japanese(field: Field) -> String {
    let name = NAMES.get(field.base()).copied().unwrap_or_else(|| field.base());
    field.language().map_or_else(|| name.to_owned(), |language| format!("{name}（{language}）"))
}

/// The intents as a table. Languages in which an edition says nothing have no columns, except Japanese.
pub fn to_rows<'a>(drafts: impl IntoIterator<Item = &'a Draft>) -> Vec<Vec<String>> {
    let drafts: Vec<&Draft> = drafts.into_iter().collect();
    let is_used = |field: &Field| {
        field.language().is_none_or(|language| language == Language::Ja)
            || drafts.iter().any(|draft| !draft.values(*field).is_empty())
    };
    let fields: Vec<Field> = fields().filter(is_used).collect();
    let heading = fields.iter().map(|field| format!("{} [{field}]", japanese(*field))).collect();
    let row = |draft: &&Draft| fields.iter().map(|field| draft.values(*field).join("\n")).collect();
    std::iter::once(heading).chain(drafts.iter().map(row)).collect()
}

/// Reads a table against an edition.
pub fn from_rows(rows: &[Vec<String>], edition: &Edition, today: Date) -> ChangeSet {
    let mut set = ChangeSet::default();
    let Some((heading, rows)) = rows.split_first() else {
        set.heading_problem(0, "the sheet is empty".into(), "put the names of fields into its first row");
        return set;
    };
    let Some(columns) = set.columns(heading) else { return set };
    let mut seen = BTreeMap::new();
    for (number, row) in (2..).zip(rows) {
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        set.row(number, row, &columns, edition, today, &mut seen);
    }
    set.check_references(edition, &seen, &columns, today);
    set.problems.sort_by_key(|problem| problem.row);
    set
}

impl ChangeSet {
    fn heading_problem(&mut self, column: usize, what: String, instead: &str) {
        self.problems.push(CellProblem {
            row: 1,
            column: column_name(column),
            field: None,
            severity: Severity::Error,
            what,
            instead: instead.to_owned(),
            fault: None,
        });
    }

    /// Which field stands in which column; `None` when the heading cannot be used.
    fn columns(&mut self, heading: &[String]) -> Option<Vec<Option<Field>>> {
        let mut columns: Vec<Option<Field>> = Vec::new();
        for (at, name) in heading.iter().enumerate() {
            let name = name.trim().trim_start_matches('\u{feff}');
            let code = name.rsplit_once('[').and_then(|(_, rest)| rest.strip_suffix(']')).unwrap_or(name);
            let field = fields().find(|field| field.to_string() == code || japanese(*field) == name);
            if field.is_none() && !name.is_empty() {
                let what = format!("{name:?} is no column");
                let instead = "write a field's name such as answer.ja, or see the heading of an export";
                self.heading_problem(at, what, instead);
            }
            if field.is_some() && columns.contains(&field) {
                self.heading_problem(at, format!("{name:?} stands twice"), "keep one of the two columns");
            }
            columns.push(field);
        }
        if !columns.contains(&Some(Field::Id)) {
            self.heading_problem(0, "there is no column id".into(), "add a column id with <topic>.<name>");
        }
        self.problems.is_empty().then_some(columns)
    }

    fn row(
        &mut self,
        number: usize,
        row: &[String],
        columns: &[Option<Field>],
        edition: &Edition,
        today: Date,
        seen: &mut BTreeMap<PieceId, usize>,
    ) {
        let cells = || columns.iter().zip(row.iter().map(String::as_str).chain(std::iter::repeat("")));
        let id = cells().find(|(field, _)| **field == Some(Field::Id)).map(|(_, cell)| cell.trim());
        let id = id.unwrap_or_default().to_owned();
        let existing = edition.draft(&IntentId::new(id.as_str()));
        let mut draft = existing.cloned().unwrap_or_default();
        for (field, cell) in cells() {
            if let Some(field) = field {
                draft.set(*field, field.read(cell));
            }
        }
        let draft = draft.tidied();
        let Ok(piece) = Piece::Intent(draft.clone()).id() else {
            let fault = draft::Fault::Id { topic: "garbage".into(), id };
            self.cell(number, columns, &Problem::new(Field::Id, fault));
            return;
        };
        if let Some(first) = seen.insert(piece.clone(), number) {
            let what = format!("{id:?} stands already in row {first}");
            let (column, instead) = (place(columns, Field::Id), "keep one of the two rows".to_owned());
            let (field, severity) = (Some(Field::Id), Severity::Error);
            let fault = None;
            self.problems.push(CellProblem { row: number, column, field, severity, what, instead, fault });
            return;
        }
        match edition.topic(draft.topic()) {
            Some(topic) => {
                for problem in draft::check(&draft, topic, today).1 {
                    self.cell(number, columns, &problem);
                }
            }
            None => {
                let fault = draft::Fault::NoTopic(draft.topic().to_owned());
                self.cell(number, columns, &Problem::new(Field::Id, fault));
            }
        }
        match existing {
            Some(existing) if *existing == draft => {
                self.unchanged += 1;
                return;
            }
            Some(_) => self.changed += 1,
            None => self.new += 1,
        }
        self.changes.insert(piece, draft);
    }

    /// Follow-ups that neither the edition nor the table has.
    fn check_references(
        &mut self,
        edition: &Edition,
        rows: &BTreeMap<PieceId, usize>,
        columns: &[Option<Field>],
        today: Date,
    ) {
        let changes = self.changes.iter().map(|(id, draft)| (id.clone(), Some(Piece::Intent(draft.clone()))));
        let next = edition.with(changes, today);
        let touched = self.changes.keys().cloned().collect();
        for found in next.problems(Some(&touched)) {
            if let (draft::Fault::NoIntent(_), Some(row)) = (&found.problem.fault, rows.get(&found.piece)) {
                self.cell(*row, columns, &found.problem);
            }
        }
    }

    fn cell(&mut self, row: usize, columns: &[Option<Field>], problem: &Problem) {
        self.problems.push(CellProblem {
            row,
            column: place(columns, problem.field),
            field: Some(problem.field),
            severity: problem.severity(),
            what: problem.what(),
            instead: problem.instead(),
            fault: Some(problem.clone()),
        });
    }
}

fn place(columns: &[Option<Field>], field: Field) -> String {
    columns.iter().position(|column| *column == Some(field)).map(column_name).unwrap_or_default()
}

/// 0 is A, 25 is Z, 26 is AA.
fn column_name(mut at: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(char::from(b'A' + u8::try_from(at % 26).expect("below 26")));
        if at < 26 {
            return name.into_iter().rev().collect();
        }
        at = at / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::source;

    fn today() -> Date {
        jiff::civil::date(2026, 11, 24)
    }

    fn edition() -> Edition {
        let text = "topic: garbage
title: { ja: ごみ }
owner: 環境局
contact: { name: { ja: 課 }, hours: { ja: 平日 } }
intents:
  - id: garbage.bulky
    title: { ja: 粗大ごみ, en: Bulky }
    keywords: [ソファ, 机]
    answer: { ja: \"予約\\n必要\", en: Book }
    link: { label: { ja: 申し込む }, url: 'https://a.example/' }
    quick_replies: [{ label: { ja: 料金 }, text: { ja: 料金は } }]
  - { id: garbage.days, title: { ja: 収集日 }, keywords: [曜日], answer: { ja: 月曜 } }
";
        let files = [source::SourceFile { path: "garbage.yaml".into(), text: text.into() }];
        let reading = source::read_pieces(&files, today());
        assert_eq!(reading.problems, []);
        let pieces = reading.pieces.into_iter();
        Edition::default().with(pieces.map(|piece: Piece| (piece.id().unwrap(), Some(piece))), today())
    }

    fn rows(cells: &[&[&str]]) -> Vec<Vec<String>> {
        cells.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect()
    }

    #[test]
    fn an_export_read_back_changes_nothing() {
        let edition = edition();
        let table = to_rows(edition.drafts());
        assert!(table[0].contains(&"回答（en） [answer.en]".to_owned()), "{:?}", table[0]);
        let set = from_rows(&table, &edition, today());
        assert_eq!((set.unchanged, set.changes.len(), set.problems.as_slice()), (2, 0, &[][..]));
    }

    #[test]
    fn a_column_that_is_not_there_leaves_its_field_and_an_empty_cell_empties_it() {
        let edition = edition();
        let table = rows(&[
            &["id", "回答（ja）", "answer.en", "キーワード"],
            &["garbage.bulky", "電話", "", "椅子\r\n棚"],
            &["garbage.new", "新", "New", "新"],
            &["", "", ""],
        ]);
        let set = from_rows(&table, &edition, today());
        assert_eq!((set.new, set.changed), (1, 1));
        let bulky = &set.changes[&"garbage.bulky".parse().unwrap()];
        assert_eq!(bulky.keywords, ["椅子", "棚"]);
        assert_eq!((bulky.answer.len(), bulky.title.len(), bulky.quick_replies.len()), (1, 2, 1));
        let told: Vec<_> = set.problems.iter().map(|p| (p.row, p.column.as_str(), p.what.as_str())).collect();
        assert_eq!(told, [(3, "", "title has no Japanese")]);
    }

    #[test]
    fn every_rows_problem_is_told_with_its_place() {
        let table = rows(&[
            &["id", "title.ja", "answer.ja", "contact.tel", "follow_up", "valid.until"],
            &["garbage.bulky", "粗大", "予約", "電話", "garbage.none", "soon"],
            &["nonsense", "x", "x", "", "", ""],
            &["tax.x", "x", "x", "", "", ""],
            &["garbage.days", "収集日", "", "", "garbage.bulky", ""],
            &["garbage.days", "収集日", "x", "", "", ""],
        ]);
        let set = from_rows(&table, &edition(), today());
        assert!(!set.is_sound());
        let errors = set.problems.iter().filter(|problem| problem.severity == Severity::Error);
        let places: Vec<String> =
            errors.map(|problem| format!("{}{}", problem.column, problem.row)).collect();
        for place in ["D2", "E2", "F2", "A3", "A4", "C5", "A6"] {
            assert!(places.contains(&place.to_owned()), "{place}: {places:?}");
        }
    }

    #[test]
    fn a_heading_that_is_not_known_stops_before_the_rows() {
        for (heading, hint) in
            [(vec!["id", "anser.ja"], "anser"), (vec!["title.ja"], "id"), (vec!["id", "id"], "twice")]
        {
            let set = from_rows(&rows(&[&heading, &["garbage.bulky", "x"]]), &edition(), today());
            assert!(set.problems[0].what.contains(hint), "{:?}", set.problems);
            assert!(set.changes.is_empty());
        }
        assert!(!from_rows(&[], &edition(), today()).is_sound());
        assert_eq!([0, 25, 26, 27, 701, 702].map(column_name), ["A", "Z", "AA", "AB", "ZZ", "AAA"]);
    }

    #[test]
    fn every_column_has_a_japanese_name() {
        assert!(fields().all(|field| NAMES.contains_key(field.base())));
    }
}
