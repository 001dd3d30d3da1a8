//! The list of intents: search and filters, fifty a page, marks of drafts, and the same as a file.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::Query,
    http::header,
    response::{IntoResponse, Response},
};
use jiff::ToSpan;
use serde::Deserialize;

use super::{
    super::{
        frame::Frame,
        session::Acting,
        visit::{Visit, page},
    },
    Place, words,
};
use crate::{
    domain::{
        language::Language,
        staff::{Right, rights::EditIntents},
    },
    intent::{
        columns,
        draft::Draft,
        listing::{self, Entry},
    },
    journeys::curate::{
        draft,
        usage::{Usage, usage},
    },
    sheet,
    web::error::ConsoleError,
};

/// So many intents a page shows.
const A_PAGE: usize = 50;
/// What expires within so many days falls due.
pub(super) const DUE_DAYS: u16 = 30;

/// What is looked for, as it stands in the address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Search {
    q: String,
    topic: String,
    owner: String,
    missing: String,
    only: String,
    page: usize,
    format: String,
}

impl Search {
    fn filter(&self, place: &Place<'_>) -> listing::Filter {
        let set = |text: &String| (!text.is_empty()).then(|| text.clone());
        let horizon = place.today().saturating_add(i32::from(DUE_DAYS).days());
        listing::Filter {
            topic: set(&self.topic),
            owner: set(&self.owner),
            missing: self.missing.parse().ok(),
            expires_by: (self.only == "expiring").then_some(horizon),
            not_checked_since: None,
            text: self.q.clone(),
        }
    }

    fn query(&self, page: usize, format: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("q", &self.q),
            ("topic", &self.topic),
            ("owner", &self.owner),
            ("missing", &self.missing),
            ("only", &self.only),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if page > 0 {
            query.append_pair("page", &page.to_string());
        }
        if !format.is_empty() {
            query.append_pair("format", format);
        }
        query.finish()
    }

    /// Whether figures have to be read for it.
    fn needs_usage(&self) -> bool {
        matches!(self.only.as_str(), "unused" | "disliked")
    }
}

/// A choice of a filter.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

impl Choice {
    pub(super) fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        Self { is_chosen: value == chosen, label: label.into(), value }
    }
}

struct Row {
    href: String,
    id: String,
    title: String,
    owner: String,
    languages: String,
    until: String,
    usage: String,
    is_drafted: bool,
}

#[derive(Template)]
#[template(path = "console/intents/list.html")]
struct ListPage<'a> {
    frame: Frame,
    base: String,
    path: &'a str,
    search: &'a Search,
    topics: Vec<Choice>,
    owners: Vec<Choice>,
    languages: Vec<Choice>,
    only: Vec<Choice>,
    found: String,
    rows: Vec<Row>,
    with_usage: bool,
    drafts: usize,
    due: usize,
    conflicts: usize,
    may_publish: bool,
    previous: Option<String>,
    next: Option<String>,
    csv: String,
    xlsx: String,
}

/// The entries that are looked for.
fn found<'a>(
    place: &'a Place<'_>,
    search: &Search,
    usage: &Usage,
    drafted: &BTreeSet<String>,
) -> Vec<Entry<'a>> {
    let mut entries = listing::list(&place.head.edition, &search.filter(place));
    match search.only.as_str() {
        "unused" => entries.retain(|entry| usage.of(entry.id).0 == 0),
        "disliked" => {
            entries.retain(|entry| usage.is_often_disliked(entry.id));
            entries.sort_by_key(|entry| std::cmp::Reverse(usage.of(entry.id).1));
        }
        "drafted" => entries.retain(|entry| drafted.contains(entry.id)),
        _ => {}
    }
    entries
}

/// Shows the list.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<EditIntents>,
    Query(search): Query<Search>,
) -> Result<Response, ConsoleError> {
    let (place, frame) = (Place::of(&visit)?, visit.frame());
    let account = actor.account();
    let usage = if search.needs_usage() { usage(place.desk, account).await? } else { Usage::default() };
    let saved = draft::names(place.desk, account).await?;
    let drafted: BTreeSet<String> = saved.iter().map(ToString::to_string).collect();
    let entries = found(&place, &search, &usage, &drafted);
    let first = search.page.saturating_mul(A_PAGE);
    let row = |entry: &Entry<'_>| {
        let (answered, disliked) = usage.of(entry.id);
        let counts = [("answered", answered.to_string()), ("disliked", disliked.to_string())];
        let counts: Vec<(&str, &str)> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
        Row {
            href: format!("{}/{}", place.base, entry.id),
            id: entry.id.to_owned(),
            title: entry.title.to_owned(),
            owner: entry.owner.to_owned(),
            languages: entry.languages.iter().map(|l| l.code()).collect::<Vec<_>>().join(" "),
            until: entry.until.map_or_else(String::new, |day| day.to_string()),
            usage: visit.words().say_with("usage-counts", &counts),
            is_drafted: drafted.contains(entry.id),
        }
    };
    let rows: Vec<Row> = entries.iter().skip(first).take(A_PAGE).map(row).collect();
    let edition = &place.head.edition;
    let all = || Choice::new("", frame.t("all"), "-");
    let chosen = |list: Vec<(String, String)>, current: &str| {
        let each = list.into_iter().map(|(value, label)| Choice::new(value, label, current));
        std::iter::once(all()).chain(each).collect()
    };
    let topics = edition.topics().map(|topic| (topic.topic.clone(), words::title(edition, &topic.topic)));
    let owners = listing::owners(edition).into_iter().map(|(owner, _)| (owner.to_owned(), owner.to_owned()));
    let languages = place.account.languages.iter().filter(|one| **one != Language::Ja);
    let languages = languages.map(|one| (one.code().to_owned(), words::language(&visit, *one)));
    let only = [
        ("expiring", "only-expiring"),
        ("drafted", "only-drafted"),
        ("unused", "only-unused"),
        ("disliked", "only-disliked"),
    ];
    let only = only.map(|(value, key)| (value.to_owned(), frame.t(key)));
    let may_publish = visit.signed()?.checked.may(Right::PublishIntents, account, place.today()).is_ok();
    Ok(page(&ListPage {
        path: visit.path(),
        topics: chosen(topics.collect(), &search.topic),
        owners: chosen(owners.collect(), &search.owner),
        languages: chosen(languages.collect(), &search.missing),
        only: chosen(only.into(), &search.only),
        found: frame.tv("intents-found", "count", entries.len()),
        with_usage: search.needs_usage(),
        drafts: drafted.len(),
        due: listing::due(edition, place.today(), DUE_DAYS, super::due::RECHECK_DAYS).len(),
        conflicts: place.head.conflict.len(),
        may_publish,
        previous: search.page.checked_sub(1).map(|page| format!("?{}", search.query(page, ""))),
        next: (first + rows.len() < entries.len() && !rows.is_empty())
            .then(|| format!("?{}", search.query(search.page + 1, ""))),
        csv: format!("{}/export?{}", place.base, search.query(0, "csv")),
        xlsx: format!("{}/export?{}", place.base, search.query(0, "xlsx")),
        rows,
        search: &search,
        base: place.base.clone(),
        frame,
    }))
}

/// The intents that are looked for as a file, which the import reads back.
pub(in crate::web::console) async fn export(
    visit: Visit,
    Acting(actor): Acting<EditIntents>,
    Query(search): Query<Search>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    let account = actor.account();
    let usage = if search.needs_usage() { usage(place.desk, account).await? } else { Usage::default() };
    let drafted = draft::names(place.desk, account).await?.iter().map(ToString::to_string).collect();
    let edition = &place.head.edition;
    let drafts = found(&place, &search, &usage, &drafted).into_iter();
    let drafts = drafts.filter_map(|entry| edition.draft(&crate::domain::id::IntentId::new(entry.id)));
    let rows = columns::to_rows(drafts.collect::<Vec<&Draft>>());
    let (format, kind, extension) = match search.format.as_str() {
        "xlsx" => {
            (sheet::Format::Xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
        }
        _ => (sheet::Format::Csv, "text/csv; charset=utf-8", "csv"),
    };
    let bytes = sheet::write(&rows, format).map_err(|error| {
        tracing::error!(%error, "the intents could not be written as a sheet");
        ConsoleError::Internal
    })?;
    let name = format!("attachment; filename=\"{account}-intents-{}.{extension}\"", place.head.revision);
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}
