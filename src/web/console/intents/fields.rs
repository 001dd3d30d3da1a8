//! An intent as a form: its fields in groups, each with what is wrong with it, and the way back.

use std::collections::BTreeSet;

use super::{
    super::{form::Posted, visit::Visit},
    words,
};
use crate::{
    domain::language::Language,
    intent::{
        draft::{Draft, Field, Problem, QuickDraft, TopicDraft},
        source::Severity,
    },
};

/// LINE shows so many quick replies at most.
const MOST_QUICK_REPLIES: usize = 13;

/// What an intent cannot do without.
const OF_INTENTS: [Field; 2] = [Field::Title(Language::Ja), Field::Answer(Language::Ja)];
/// What a topic cannot do without.
const OF_TOPICS: [Field; 4] = [
    Field::Title(Language::Ja),
    Field::Owner,
    Field::ContactName(Language::Ja),
    Field::ContactHours(Language::Ja),
];

/// A field of the form.
pub(super) struct Input {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) note: String,
    pub(super) value: String,
    /// `area`, or a type of `<input>`.
    pub(super) kind: &'static str,
    pub(super) rows: usize,
    pub(super) lang: &'static str,
    pub(super) is_required: bool,
    pub(super) problems: Vec<String>,
}

/// Fields that belong together.
pub(super) struct Group {
    pub(super) legend: String,
    pub(super) note: String,
    pub(super) is_open: bool,
    pub(super) inputs: Vec<Input>,
}

/// A problem in a summary: the field's id, and what is wrong.
pub(super) struct Told {
    pub(super) id: String,
    pub(super) what: String,
}

/// What was typed of a topic. The order of its intents is not a text: it stays as it was.
pub(super) fn read_topic(posted: &Posted, topic: &str, order: Vec<String>) -> TopicDraft {
    let mut draft = TopicDraft { topic: topic.to_owned(), order, ..TopicDraft::default() };
    for field in Field::of_topics().filter(|field| *field != Field::Order) {
        draft.set(field, field.read(posted.raw(&field.to_string())));
    }
    draft.tidied()
}

/// What was typed. Fields that the form does not have are empty, so the form has every field that holds
/// something.
pub(super) fn read(posted: &Posted, id: &str) -> Draft {
    let mut draft = Draft { id: id.to_owned(), ..Draft::default() };
    for field in Field::of_intents() {
        if !matches!(field, Field::Id | Field::QuickLabel(_) | Field::QuickText(_)) {
            draft.set(field, field.read(posted.raw(&field.to_string())));
        }
    }
    for row in 0..MOST_QUICK_REPLIES {
        let mut quick = QuickDraft::default();
        for language in Language::ALL {
            let text = |what: &str| posted.text(&format!("quick.{row}.{what}.{language}")).to_owned();
            let (label, said) = (text("label"), text("text"));
            if !label.is_empty() {
                quick.label.insert(language, label);
            }
            if !said.is_empty() {
                quick.text.insert(language, said);
            }
        }
        if quick != QuickDraft::default() {
            draft.quick_replies.push(quick);
        }
    }
    draft.tidied()
}

/// Where a problem's field stands on the page.
fn place(problem: &Problem) -> String {
    let row = problem.item.unwrap_or(0);
    match problem.field {
        Field::QuickLabel(language) => format!("quick.{row}.label.{language}"),
        Field::QuickText(language) => format!("quick.{row}.text.{language}"),
        field => field.to_string(),
    }
}

/// Errors and warnings for the summaries, each with its field.
pub(super) fn told(visit: &Visit, problems: &[Problem]) -> (Vec<Told>, Vec<Told>) {
    let tell = |problem: &&Problem| Told {
        id: place(problem),
        what: format!("{}：{}", words::field(visit, problem.field), words::fault(visit, problem)),
    };
    let is_error = |problem: &&Problem| problem.severity() == Severity::Error;
    let errors = problems.iter().filter(is_error).map(|problem| tell(&problem)).collect();
    let warnings =
        problems.iter().filter(|problem| !is_error(problem)).map(|problem| tell(&problem)).collect();
    (errors, warnings)
}

/// The form's groups: the account's languages and those that the intent has, then what has no language.
pub(super) fn groups(
    visit: &Visit,
    draft: &Draft,
    topic: Option<&TopicDraft>,
    offered: &[Language],
    problems: &[Problem],
) -> Vec<Group> {
    let values = |field: Field| draft.values(field);
    let form = Form {
        visit,
        values: &values,
        quick_replies: &draft.quick_replies,
        topic,
        problems,
        required: &OF_INTENTS,
    };
    let languages = languages(offered, Field::of_intents(), &values);
    let mut groups: Vec<Group> = languages.into_iter().map(|language| form.language(language)).collect();
    groups.insert(1, form.finding());
    groups.push(form.rest());
    groups
}

/// The same for what the intents of a topic have in common.
pub(super) fn topic_groups(
    visit: &Visit,
    draft: &TopicDraft,
    offered: &[Language],
    problems: &[Problem],
) -> Vec<Group> {
    let values = |field: Field| draft.values(field);
    let form =
        Form { visit, values: &values, quick_replies: &[], topic: None, problems, required: &OF_TOPICS };
    let mut groups = Vec::new();
    for language in languages(offered, Field::of_topics(), &values) {
        let of = [Field::Title(language), Field::ContactName(language), Field::ContactHours(language)];
        let inputs = of.map(|field| form.input(field, "text", 1)).into();
        groups.push(form.in_language(language, inputs));
    }
    let inputs = vec![
        form.input(Field::Owner, "text", 1),
        form.input(Field::ContactTel, "tel", 1),
        form.input(Field::Names, "area", 3),
    ];
    groups.insert(1, form.group("group-topic", inputs));
    groups
}

/// Japanese, what the account offers, and what is used beside it.
fn languages(offered: &[Language], fields: impl Iterator<Item = Field>, values: Values<'_>) -> Vec<Language> {
    let used: BTreeSet<Language> =
        fields.filter(|field| !values(*field).is_empty()).filter_map(Field::language).collect();
    let mut languages: Vec<Language> = vec![Language::Ja];
    languages.extend(offered.iter().filter(|one| **one != Language::Ja));
    languages.extend(used.into_iter().filter(|one| !offered.contains(one) && *one != Language::Ja));
    languages
}

/// What is typed in a field.
type Values<'a> = &'a dyn Fn(Field) -> Vec<&'a str>;

struct Form<'a> {
    visit: &'a Visit,
    values: Values<'a>,
    quick_replies: &'a [QuickDraft],
    topic: Option<&'a TopicDraft>,
    problems: &'a [Problem],
    required: &'a [Field],
}

impl Form<'_> {
    fn input(&self, field: Field, kind: &'static str, rows: usize) -> Input {
        let id = field.to_string();
        let words = self.visit.words();
        let note = match field {
            field if field.is_list() => words.say("note-one-a-line"),
            Field::ContactName(_) | Field::ContactTel | Field::ContactHours(_) | Field::Owner => {
                let of_topic: String =
                    self.topic.map_or_else(String::new, |topic| topic.values(field).join(" "));
                if of_topic.is_empty() {
                    String::new()
                } else {
                    words.say_with("note-of-topic", &[("value", &of_topic)])
                }
            }
            _ => String::new(),
        };
        Input {
            label: words::plain_field(self.visit, field),
            note,
            value: (self.values)(field).join("\n"),
            kind,
            rows,
            lang: field.language().map_or("", Language::html),
            is_required: self.required.contains(&field),
            problems: self.wrong_at(&id),
            id,
        }
    }

    fn wrong_at(&self, id: &str) -> Vec<String> {
        let here = self.problems.iter().filter(|problem| place(problem) == id);
        here.map(|problem| words::fault(self.visit, problem)).collect()
    }

    fn language(&self, language: Language) -> Group {
        let mut inputs = vec![
            self.input(Field::Title(language), "text", 1),
            self.input(Field::Answer(language), "area", 8),
            self.input(Field::Examples(language), "area", 4),
            self.input(Field::LinkLabel(language), "text", 1),
            self.input(Field::ContactName(language), "text", 1),
            self.input(Field::ContactHours(language), "text", 1),
        ];
        let rows = (self.quick_replies.len() + 1).min(MOST_QUICK_REPLIES);
        for row in 0..rows {
            let quick = self.quick_replies.get(row);
            for (what, field) in
                [("label", Field::QuickLabel(language)), ("text", Field::QuickText(language))]
            {
                let id = format!("quick.{row}.{what}.{language}");
                let texts = quick.map(|quick| if what == "label" { &quick.label } else { &quick.text });
                let name = words::plain_field(self.visit, field);
                let number = (row + 1).to_string();
                inputs.push(Input {
                    label: self.visit.words().say_with("numbered", &[("field", &name), ("number", &number)]),
                    note: String::new(),
                    value: texts.and_then(|texts| texts.get(&language)).cloned().unwrap_or_default(),
                    kind: "text",
                    rows: 1,
                    lang: language.html(),
                    is_required: false,
                    problems: self.wrong_at(&id),
                    id,
                });
            }
        }
        self.in_language(language, inputs)
    }

    fn in_language(&self, language: Language, inputs: Vec<Input>) -> Group {
        let is_used = inputs.iter().any(|input| !input.value.is_empty() || !input.problems.is_empty());
        Group {
            legend: words::language(self.visit, language),
            note: String::new(),
            is_open: language == Language::Ja || is_used,
            inputs,
        }
    }

    fn finding(&self) -> Group {
        let inputs = vec![
            self.input(Field::Keywords, "area", 4),
            self.input(Field::MustNotBreak, "area", 3),
            self.input(Field::Patterns, "area", 2),
        ];
        self.group("group-finding", inputs)
    }

    fn rest(&self) -> Group {
        let inputs = vec![
            self.input(Field::LinkUrl, "url", 1),
            self.input(Field::ContactTel, "tel", 1),
            self.input(Field::Owner, "text", 1),
            self.input(Field::Source, "url", 1),
            self.input(Field::CheckedOn, "date", 1),
            self.input(Field::ValidFrom, "date", 1),
            self.input(Field::ValidUntil, "date", 1),
            self.input(Field::FollowUp, "area", 3),
        ];
        self.group("group-rest", inputs)
    }

    fn group(&self, key: &str, inputs: Vec<Input>) -> Group {
        let words = self.visit.words();
        Group { legend: words.say(key), note: words.say(&format!("{key}-note")), is_open: true, inputs }
    }
}
