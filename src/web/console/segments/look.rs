//! How many a predicate holds, and of what they are, beside the form; and the same alone for the script.

use askama::Template;
use axum::response::Response;

use super::{
    super::{
        frame::Frame,
        names::language_key,
        session::Acting,
        visit::{Visit, page},
    },
    account,
    form::Typed,
    words::Words,
};
use crate::{
    domain::{
        segment::{self, FEWEST_SHOWN, Fault, Shown, split::Slice},
        staff::{Actor, rights::EditSegments},
    },
    journeys::segments::{self as journey, ByAttribute, SegmentError},
    web::error::ConsoleError,
};

/// A count broken down by one attribute.
pub(in crate::web::console) struct Table {
    pub(in crate::web::console) caption: String,
    pub(in crate::web::console) note: String,
    pub(in crate::web::console) rows: Vec<(String, String)>,
}

/// Those tables of which something may be shown: one of which nothing may says nothing.
pub(in crate::web::console) fn tables(words: &Words<'_>, split: &[ByAttribute]) -> Vec<Table> {
    let is_told = |by: &&ByAttribute| by.parts.iter().any(|(_, part)| *part != Shown::Hidden);
    split.iter().filter(is_told).map(|by| table(words, by)).collect()
}

/// A count as the page shows it.
#[derive(Template)]
#[template(path = "console/segments/look.html")]
pub(super) struct Look {
    frame: Frame,
    /// What is read out: the count, or why there is none.
    pub(super) says: String,
    /// What is asked, as a sentence.
    pub(super) sentence: String,
    everybody: String,
    few: u64,
    tables: Vec<Table>,
}

impl Look {
    /// What stands below that which is read out.
    pub(super) fn rest(&self) -> Result<String, ConsoleError> {
        self.render().map_err(|error| {
            tracing::error!(%error, "a count could not be rendered");
            ConsoleError::Internal
        })
    }
}

/// Counts what is typed; the faults that are in the way.
pub(super) async fn look(
    visit: &Visit,
    actor: &Actor<EditSegments>,
    typed: &Typed,
) -> Result<(Look, Vec<Fault>), ConsoleError> {
    let words = Words { words: visit.words(), attributes: &account(visit)?.attributes };
    let sentence = match segment::read(&typed.text(), words.attributes) {
        Ok((_, written)) => words.sentence(&written),
        Err(_) => "—".to_owned(),
    };
    let look = |says, everybody, tables| Look {
        frame: visit.frame(),
        says,
        sentence,
        everybody,
        few: FEWEST_SHOWN,
        tables,
    };
    match journey::look(visit.ctx(), actor, &typed.text()).await {
        Ok((counted, split)) => {
            let everybody = words.people(counted.everybody);
            let tables = tables(&words, &split);
            Ok((look(words.people(counted.residents), everybody, tables), Vec::new()))
        }
        Err(SegmentError::Faults(faults)) => {
            Ok((look(visit.words().say("segment-not-yet"), String::new(), Vec::new()), faults))
        }
        Err(error) => Err(error.into()),
    }
}

fn table(words: &Words<'_>, by: &ByAttribute) -> Table {
    let attribute = by.attribute.as_ref().and_then(|id| words.attributes.get(id));
    let mut caption = match &by.attribute {
        Some(id) => words.label(id.as_str()),
        None => words.words.say("segment-language"),
    };
    if let (Some(role), Some(attribute)) = (&by.role, attribute)
        && let crate::domain::attribute::Kind::Places(places) = &attribute.kind
        && let Some(role) = places.roles.iter().find(|known| known.id == *role)
    {
        let of = words.best(&role.label);
        caption = words.say("segment-say-narrowed", &[("label", &caption), ("of", &of)]);
    }
    let name = |slice: &Slice| match slice {
        Slice::Choice(id) => {
            let choice = attribute.and_then(|attribute| attribute.kind.choice(id));
            choice.map_or_else(|| id.to_string(), |choice| words.best(&choice.label))
        }
        Slice::Said(yes) => words.words.say(if *yes { "segment-yes" } else { "segment-no" }),
        Slice::Language(language) => words.words.say(language_key(*language)),
        Slice::Ages(from, to) => words.age(Some(*from), Some(*to)),
    };
    let rows = by.parts.iter().map(|(slice, shown)| (name(slice), words.part_of(*shown)));
    Table {
        caption,
        note: if by.overlaps { words.words.say("segment-overlaps") } else { String::new() },
        rows: rows.collect(),
    }
}

/// The count of what is typed just now as a fragment of a page, for the script; it changes nothing.
pub(in crate::web::console) async fn count(
    visit: Visit,
    Acting(actor): Acting<EditSegments>,
) -> Result<Response, ConsoleError> {
    let (look, _) = look(&visit, &actor, &Typed::read(visit.posted())).await?;
    Ok(page(&Fragment { says: look.says.clone(), sentence: look.sentence.clone(), rest: look.rest()? }))
}

#[derive(Template)]
#[template(path = "console/segments/count.html")]
struct Fragment {
    says: String,
    sentence: String,
    rest: String,
}
