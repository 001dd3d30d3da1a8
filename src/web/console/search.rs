//! Answers for somebody who answers the telephone: one field, what the chat would say, whom to put through
//! to. What is typed may be a caller's own words, so it is posted and stands in no address.

use askama::Template;
use axum::{extract::Query, response::Response};
use serde::Deserialize;

use super::{
    frame::Frame,
    names::{self, Choice},
    session::Acting,
    visit::{Visit, page, see},
};
use crate::{
    domain::{
        language::{Language, Localized},
        staff::{Actor, rights::SearchAnswers},
    },
    journeys::search as journey,
    preview,
    web::error::ConsoleError,
};

struct Hit {
    title: String,
    confidence: String,
    /// The messages as HTML of `preview`, which escapes every text.
    shown: String,
    owner: String,
    contact: String,
    tel: String,
    hours: String,
    source: Option<String>,
}

#[derive(Template)]
#[template(path = "console/search.html")]
struct SearchPage {
    frame: Frame,
    path: String,
    text: String,
    languages: Vec<Choice>,
    lang: &'static str,
    searched: bool,
    /// The kind of danger, and what the chat says to it.
    danger: Option<(String, String)>,
    /// What the chat would do, as a key.
    decision: Option<&'static str>,
    hits: Vec<Hit>,
    /// What became of a question that was not found, as a key.
    kept: Option<&'static str>,
}

/// What was done just now.
#[derive(Deserialize)]
pub(super) struct Kept {
    #[serde(default)]
    kept: String,
}

fn search_page(visit: &Visit, actor: &Actor<SearchAnswers>) -> Result<SearchPage, ConsoleError> {
    let (ctx, frame, posted) = (visit.ctx(), visit.frame(), visit.posted());
    let account = ctx.library.account(actor.account()).ok_or(ConsoleError::NotFound)?;
    let language: Language = posted.text("language").parse().unwrap_or_else(|_| account.default_language());
    let text = posted.text("text").to_owned();
    let found = match text.as_str() {
        "" => None,
        text => journey::search(ctx, actor, text, language),
    };
    let languages = account.languages.iter();
    let languages =
        languages.map(|one| Choice::new(one.code(), names::language(&frame, *one), language.code()));
    let read = |text: &Localized<String>| {
        text.best(visit.words().language()).map_or_else(String::new, |(_, text)| text.clone())
    };
    let mut shown = SearchPage {
        path: visit.path().to_owned(),
        languages: languages.collect(),
        lang: language.html(),
        searched: found.is_some(),
        danger: None,
        decision: None,
        hits: Vec::new(),
        kept: None,
        text,
        frame,
    };
    let Some(found) = found else { return Ok(shown) };
    shown.decision = Some(match found.decision {
        "answer" => "search-answer",
        "ask" => "search-ask",
        "safety" => "search-safety",
        "refuse" => "search-refuse",
        _ => "search-fixed",
    });
    shown.danger = found.danger.map(|(kind, messages)| (read(&kind), preview::still(&messages)));
    let hit = |hit: journey::Hit| Hit {
        title: read(&hit.title),
        confidence: format!("{:.0}%", hit.confidence * 100.0),
        shown: preview::still(&hit.shown),
        owner: hit.owner,
        contact: read(&hit.contact.name),
        tel: hit.contact.tel.unwrap_or_default(),
        hours: read(&hit.contact.hours),
        source: hit.source.filter(|source| source.starts_with("https://")),
    };
    shown.hits = found.hits.into_iter().map(hit).collect();
    Ok(shown)
}

/// Asks for the words.
pub(super) async fn show(
    visit: Visit,
    Acting(actor): Acting<SearchAnswers>,
    Query(Kept { kept }): Query<Kept>,
) -> Result<Response, ConsoleError> {
    let kept = match kept.as_str() {
        "yes" => Some("search-kept"),
        "no" => Some("search-not-kept"),
        _ => None,
    };
    Ok(page(&SearchPage { kept, ..search_page(&visit, &actor)? }))
}

/// Searches, or keeps what was not found.
pub(super) async fn search(
    visit: Visit,
    Acting(actor): Acting<SearchAnswers>,
) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    if posted.text("act") != "not-found" {
        return Ok(page(&search_page(&visit, &actor)?));
    }
    let language = posted.text("language").parse().unwrap_or(Language::Ja);
    let kept = journey::not_found(visit.ctx(), &actor, posted.text("text"), language).await?;
    Ok(see(&format!("{}?kept={}", visit.path(), if kept.is_some() { "yes" } else { "no" })))
}
