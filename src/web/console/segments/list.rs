//! The named segments: what each means, how many that are, whose it is. What was removed can be put back.

use askama::Template;
use axum::{extract::Query, response::Response};
use serde::Deserialize;

use super::{
    super::{
        frame::Frame,
        names::Names,
        session::Acting,
        visit::{Visit, page},
    },
    account, base,
    words::Words,
};
use crate::{
    domain::{
        segment::{Named, SegmentId, Shown},
        staff::rights::{EditSegments, SeeFigures},
    },
    journeys::segments as journey,
    store::staff::Versioned,
    web::error::ConsoleError,
};

/// What is looked for, and what was done just now.
#[derive(Deserialize)]
pub(in crate::web::console) struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    removed: String,
}

struct Row {
    href: String,
    name: String,
    sentence: String,
    count: String,
    /// Whether the count is a number, which stands on one line.
    is_number: bool,
    owner: String,
    changed: String,
}

/// One that was removed.
struct Removed {
    /// Where the form that puts it back is posted.
    action: String,
    version: u64,
    name: String,
    label: String,
    when: String,
}

#[derive(Template)]
#[template(path = "console/segments/list.html")]
struct ListPage {
    frame: Frame,
    base: String,
    may_edit: bool,
    q: String,
    rows: Vec<Row>,
    found: usize,
    /// Whether there is none at all, whatever is looked for.
    is_empty: bool,
    /// What was removed just now.
    just_removed: Option<Removed>,
    removed: Vec<Removed>,
}

/// Shows them.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Query(search): Query<Search>,
) -> Result<Response, ConsoleError> {
    let (names, base) = (Names::of(&visit).await?, base(&visit)?);
    let words = Words { words: visit.words(), attributes: &account(&visit)?.attributes };
    let may_edit = visit.actor::<EditSegments>().is_ok();
    let owner = |named: &Named| match named.owner {
        Some(person) => names.person(person),
        None => visit.words().say("who-command-line"),
    };
    let (mut removed, mut known): (Vec<_>, Vec<_>) =
        journey::list(visit.ctx(), &actor).await?.into_iter().partition(|known| known.value.removed);
    known.sort_by(|one, other| one.value.name.cmp(&other.value.name));
    removed.sort_by_key(|known| std::cmp::Reverse(known.value.changed));
    let wanted = search.q.trim().to_lowercase();
    let mut rows = Vec::new();
    for Versioned { value, .. } in &known {
        let (sentence, owner) = (words.sentence(&value.predicate), owner(value));
        let fits =
            [value.name.as_str(), &sentence, &owner].iter().any(|text| text.to_lowercase().contains(&wanted));
        if !fits {
            continue;
        }
        let counted = journey::count_named(visit.ctx(), &actor, &value.predicate).await?;
        let count = match counted {
            Some(shown) => words.people(shown),
            None => visit.words().say("segment-unusable"),
        };
        rows.push(Row {
            href: format!("{base}/segment/{}", value.id),
            name: value.name.as_str().to_owned(),
            sentence,
            count,
            is_number: matches!(counted, Some(Shown::Exactly(_))),
            owner,
            changed: names.time(value.changed),
        });
    }
    let put_back = |known: &Versioned<Named>| Removed {
        action: format!("{base}/segment/{}", known.value.id),
        version: known.version.0,
        name: known.value.name.as_str().to_owned(),
        label: visit.words().say_with("segment-restore", &[("name", known.value.name.as_str())]),
        when: names.time(known.value.changed),
    };
    let just: Option<SegmentId> = search.removed.parse().ok();
    let just_removed = removed.iter().find(|known| Some(known.value.id) == just).map(put_back);
    let removed = if may_edit { removed.iter().map(put_back).collect() } else { Vec::new() };
    Ok(page(&ListPage {
        frame: visit.frame(),
        base,
        may_edit,
        q: search.q,
        found: rows.len(),
        is_empty: known.is_empty(),
        rows,
        just_removed: just_removed.filter(|_| may_edit),
        removed,
    }))
}
