//! Groups and rows as controls: what is typed, what may be chosen, and what is wrong at which row.

use super::{
    super::names::{Choice as Pick, language_key},
    words::Words,
};
use crate::domain::{
    attribute::{Attribute, Choice, Kind},
    language::Language,
    segment::{
        Fault, Wrong,
        rows::{self, Group, How, MOST_GROUPS, MOST_ROWS, Op, Row},
    },
};

/// A box of a set.
pub(super) struct Tick {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_ticked: bool,
    /// Whether it is a part of the one above: a town of a ward.
    pub(super) is_within: bool,
}

/// Boxes that belong together.
pub(super) struct Ticks {
    /// The fields' name.
    pub(super) name: String,
    pub(super) legend: String,
    pub(super) note: String,
    /// Whether one excludes the others.
    pub(super) is_one: bool,
    pub(super) boxes: Vec<Tick>,
}

/// A field that is filled in.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) note: String,
}

/// A row.
pub(super) struct RowView {
    /// Its id, with which the names of its fields begin.
    pub(super) id: String,
    pub(super) legend: String,
    pub(super) attribute: String,
    /// How it asks; with one way only that is not shown.
    pub(super) ops: Vec<Pick>,
    pub(super) ticks: Vec<Ticks>,
    pub(super) inputs: Vec<Input>,
    /// Of ages: years or months.
    pub(super) units: Vec<Pick>,
    pub(super) problems: Vec<String>,
    /// What the button says that removes it, to somebody who cannot see beside what it stands.
    pub(super) remove: String,
    /// `remove-row:0:1`.
    pub(super) remove_act: String,
}

/// A group.
pub(super) struct GroupView {
    /// Its id, with which the names of its fields begin.
    pub(super) id: String,
    pub(super) legend: String,
    pub(super) number: usize,
    pub(super) ways: Vec<Pick>,
    pub(super) rows: Vec<RowView>,
    /// What a row can be about.
    pub(super) addable: Vec<Pick>,
    pub(super) is_full: bool,
}

/// What is wrong, and where that is on the page or in the JSON.
pub(super) struct Problem {
    /// The id of the control.
    pub(super) id: String,
    /// The place in the JSON; empty in rows.
    pub(super) at: String,
    pub(super) what: String,
}

/// Whether there is room for one more group.
pub(super) fn has_room(groups: &[Group]) -> bool {
    groups.len() < MOST_GROUPS
}

/// The faults of rows, each at its row.
pub(super) fn problems_of_rows(words: &Words<'_>, groups: &[Group], faults: &[Fault]) -> Vec<Problem> {
    let problem = |fault: &Fault| {
        let what = words.wrong(&fault.wrong, true);
        match rows::place(groups, &fault.at) {
            Some((group, row)) => {
                let label = legend(words, &groups[group].rows[row]);
                let values =
                    [("group", (group + 1).to_string()), ("row", (row + 1).to_string()), ("label", label)];
                let values: Vec<(&str, &str)> =
                    values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let place = words.say("segment-place", &values);
                let what = words.say("segment-problem", &[("place", &place), ("what", &what)]);
                Problem { id: format!("g{group}.r{row}"), at: String::new(), what }
            }
            None => Problem { id: "g0".into(), at: String::new(), what },
        }
    };
    faults.iter().map(problem).collect()
}

/// The faults of JSON, each with its place in it.
pub(super) fn problems_of_json(words: &Words<'_>, faults: &[Fault]) -> Vec<Problem> {
    let problem = |fault: &Fault| Problem {
        id: "json".into(),
        at: if fault.at.is_empty() { "—".into() } else { fault.at.clone() },
        what: words.wrong(&fault.wrong, false),
    };
    faults.iter().map(problem).collect()
}

/// The groups as controls.
pub(super) fn groups(words: &Words<'_>, groups: &[Group], faults: &[Fault]) -> Vec<GroupView> {
    let view = |(number, group): (usize, &Group)| {
        let wrong = |row: usize| {
            faults.iter().filter(move |fault| rows::place(groups, &fault.at) == Some((number, row)))
        };
        let rows = group.rows.iter().enumerate();
        let rows =
            rows.map(|(at, row)| row_view(words, (number, at), row, wrong(at).map(|fault| &fault.wrong)));
        GroupView {
            id: format!("g{number}"),
            legend: words.say("segment-group", &[("number", &(number + 1).to_string())]),
            number,
            ways: How::ALL
                .map(|how| {
                    let key = match how {
                        How::All => "segment-all",
                        How::Any => "segment-any",
                        How::None => "segment-none",
                    };
                    Pick::new(how.code(), words.words.say(key), group.how.code())
                })
                .into(),
            rows: rows.collect(),
            addable: addable(words),
            is_full: group.rows.len() >= MOST_ROWS,
        }
    };
    groups.iter().enumerate().map(view).collect()
}

/// What a row can be about: what the account asks, and what is known of everybody.
fn addable(words: &Words<'_>) -> Vec<Pick> {
    let own = words.attributes.plain().map(|attribute| {
        let value = format!("{}:{}", asks(&attribute.kind).code(), attribute.id);
        Pick::new(&value, words.best(&attribute.label), "")
    });
    let known = [
        (Op::Following, "segment-following"),
        (Op::Registered, "segment-registered"),
        (Op::Language, "segment-language"),
    ];
    let known = known.map(|(op, key)| Pick::new(&format!("{}:", op.code()), words.words.say(key), ""));
    own.chain(known).collect()
}

/// How an attribute is asked, beside whether anything was said.
fn asks(kind: &Kind) -> Op {
    match kind {
        Kind::Choice(_) | Kind::Topics(_) | Kind::Places(_) | Kind::YesNo => Op::In,
        Kind::Date | Kind::Month | Kind::Number { .. } => Op::Between,
        Kind::Group(_) => Op::Member,
        Kind::Children { .. } => Op::Age,
    }
}

fn legend(words: &Words<'_>, row: &Row) -> String {
    match row.op {
        Op::Following => words.words.say("segment-following"),
        Op::Registered => words.words.say("segment-registered"),
        Op::Language => words.words.say("segment-language"),
        _ => words.label(&row.attribute),
    }
}

fn op_label(words: &Words<'_>, op: Op, kind: Option<&Kind>) -> String {
    words.words.say(match (op, kind) {
        (Op::In, Some(Kind::YesNo)) => "segment-op-said",
        (Op::In, _) => "segment-op-in",
        (Op::Has, _) => "segment-op-has",
        (Op::Between, _) => "segment-op-between",
        (Op::Age, _) => "segment-op-age",
        (Op::Member, _) => "segment-op-member",
        (Op::Following, _) => "segment-following",
        (Op::Registered, _) => "segment-registered",
        (Op::Language, _) => "segment-language",
    })
}

fn row_view<'w>(
    words: &Words<'_>,
    (group, at): (usize, usize),
    row: &Row,
    wrong: impl Iterator<Item = &'w Wrong>,
) -> RowView {
    let (id, label) = (format!("g{group}.r{at}"), legend(words, row));
    let attribute = match row.op {
        Op::Following | Op::Registered | Op::Language => None,
        _ => words.attribute(&row.attribute),
    };
    let kind = attribute.map(|attribute| &attribute.kind);
    let mut ways = vec![row.op];
    if let Some(kind) = kind {
        ways = vec![asks(kind), Op::Has];
        if !ways.contains(&row.op) {
            ways.insert(0, row.op);
        }
    }
    let ops = ways.into_iter().map(|op| Pick::new(op.code(), op_label(words, op, kind), row.op.code()));
    let (ticks, inputs) = controls(words, &id, row, attribute);
    let units = if inputs.len() == 3 {
        let unit = if row.years { "years" } else { "months" };
        let units = [("years", "segment-unit-years"), ("months", "segment-unit-months")];
        units.map(|(value, key)| Pick::new(value, words.words.say(key), unit)).into()
    } else {
        Vec::new()
    };
    RowView {
        ops: ops.collect(),
        ticks,
        inputs,
        units,
        problems: wrong.map(|wrong| words.wrong(wrong, true)).collect(),
        remove: words.say("segment-remove-row", &[("label", &label)]),
        remove_act: format!("remove-row:{group}:{at}"),
        attribute: row.attribute.clone(),
        legend: label,
        id,
    }
}

/// What a row of an attribute is filled in with, whatever way it asks: nothing is lost by trying another.
fn controls(
    words: &Words<'_>,
    id: &str,
    row: &Row,
    attribute: Option<&Attribute>,
) -> (Vec<Ticks>, Vec<Input>) {
    let set = |name: &str, key: &str, note: &str, known: Vec<&Choice>, ticked: &[String]| Ticks {
        name: format!("{id}.{name}"),
        legend: words.words.say(key),
        note: if note.is_empty() { String::new() } else { words.words.say(note) },
        is_one: false,
        boxes: boxes(words, &known, ticked),
    };
    let input = |name: &str, key: &str, kind, value: &str, note: &str| Input {
        name: format!("{id}.{name}"),
        label: words.words.say(key),
        kind,
        value: value.to_owned(),
        note: if note.is_empty() { String::new() } else { words.words.say(note) },
    };
    let bounds = |kind, note| {
        vec![
            input("from", "segment-from", kind, &row.from, note),
            input("to", "segment-to", kind, &row.to, ""),
        ]
    };
    let yes_no = |yes: &str, no: &str| {
        let tick = |value: &str, key: &str| Tick {
            value: value.to_owned(),
            label: words.words.say(key),
            is_ticked: row.of.iter().any(|said| said == value),
            is_within: false,
        };
        let boxes = vec![tick("yes", yes), tick("no", no)];
        let legend = words.words.say("segment-said");
        let is_one = row.op == Op::Following;
        vec![Ticks { name: format!("{id}.of"), legend, note: String::new(), is_one, boxes }]
    };
    let Some(attribute) = attribute else {
        return match row.op {
            Op::Following => (yes_no("segment-say-following", "segment-say-left"), Vec::new()),
            Op::Registered => {
                (Vec::new(), vec![input("at", "segment-before", "date", &row.at, "segment-before-note")])
            }
            Op::Language => {
                let tick = |language: Language| Tick {
                    value: language.code().to_owned(),
                    label: words.words.say(language_key(language)),
                    is_ticked: row.of.iter().any(|code| code == language.code()),
                    is_within: false,
                };
                let note = words.words.say("segment-language-note");
                let legend = words.words.say("segment-languages");
                let boxes = Language::ALL.map(tick).into();
                (vec![Ticks { name: format!("{id}.of"), legend, note, is_one: false, boxes }], Vec::new())
            }
            // The account asks it no more: what was chosen stands there, to be removed.
            _ => (vec![set("of", "segment-choices", "", Vec::new(), &row.of)], Vec::new()),
        };
    };
    let choices = || attribute.kind.choices().collect::<Vec<_>>();
    match &attribute.kind {
        Kind::Choice(_) => (vec![set("of", "segment-choices", "", choices(), &row.of)], Vec::new()),
        Kind::Group(_) => (vec![set("of", "segment-groups", "", choices(), &row.of)], Vec::new()),
        Kind::Places(places) => {
            let roles = places.roles.iter().collect();
            let roles = set("roles", "segment-roles", "segment-roles-note", roles, &row.roles);
            (vec![set("of", "segment-places", "", choices(), &row.of), roles], Vec::new())
        }
        Kind::Topics(topics) => {
            let areas = topics.areas_of.as_ref().and_then(|id| words.attributes.get(id));
            let mut ticks = vec![set("of", "segment-topics", "", choices(), &row.of)];
            ticks.extend(areas.map(|areas| {
                let areas = areas.kind.choices().collect();
                set("areas", "segment-areas", "segment-areas-note", areas, &row.areas)
            }));
            (ticks, Vec::new())
        }
        Kind::YesNo => (yes_no("segment-yes", "segment-no"), Vec::new()),
        Kind::Number { .. } => (Vec::new(), bounds("text", "segment-bounds-note")),
        Kind::Date => (Vec::new(), bounds("date", "segment-bounds-note")),
        Kind::Month => (Vec::new(), bounds("month", "segment-bounds-note")),
        Kind::Children { .. } => {
            let mut inputs = bounds("text", "segment-ages-note");
            inputs.push(input("at", "segment-at", "date", &row.at, "segment-at-note"));
            (Vec::new(), inputs)
        }
    }
}

/// A box a choice; what is ticked and not known (any more) too, so that it can be seen and unticked.
fn boxes(words: &Words<'_>, known: &[&Choice], ticked: &[String]) -> Vec<Tick> {
    let is_ticked = |name: &str| ticked.iter().any(|one| one == name);
    let own = known.iter().map(|choice| Tick {
        value: choice.id.to_string(),
        label: words.best(&choice.label),
        is_ticked: is_ticked(choice.id.as_str()),
        is_within: choice.within.is_some(),
    });
    let unknown = ticked.iter().filter(|name| known.iter().all(|choice| choice.id.as_str() != name.as_str()));
    let unknown = unknown.map(|name| Tick {
        value: name.clone(),
        label: name.clone(),
        is_ticked: true,
        is_within: false,
    });
    own.chain(unknown).collect()
}
