//! The topics: what each is called, who answers for it, and how many questions it holds.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::response::Response;

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
        content::{PieceId, PieceKind},
        language::Language,
        staff::rights::EditIntents,
    },
    intent::{draft::TopicDraft, piece::Piece},
    journeys::curate::draft,
    web::error::ConsoleError,
};

struct Row {
    href: String,
    id: String,
    title: String,
    owner: String,
    languages: String,
    /// How many questions it holds, and where they are listed.
    questions: usize,
    questions_href: String,
    is_published: bool,
    is_drafted: bool,
}

#[derive(Template)]
#[template(path = "console/intents/topics.html")]
struct TopicsPage {
    frame: Frame,
    base: String,
    rows: Vec<Row>,
}

/// Shows every topic, also those that are only drafts.
pub(in crate::web::console) async fn list(
    visit: Visit,
    Acting(_): Acting<EditIntents>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    let edition = &place.head.edition;
    let drafted: BTreeSet<PieceId> = draft::names(place.desk, &place.account.id)
        .await?
        .into_iter()
        .filter(|piece| piece.kind() == PieceKind::Topic)
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for intent in edition.drafts() {
        *counts.entry(intent.topic()).or_default() += 1;
    }
    let row = |topic: &TopicDraft, is_published: bool| {
        let piece = topic.topic.parse::<PieceId>().ok();
        let languages = place.account.languages.iter().filter(|one| topic.title.contains_key(one));
        Row {
            href: piece.as_ref().and_then(|piece| words::editor(&place.base, piece)).unwrap_or_default(),
            id: topic.topic.clone(),
            title: topic.title.get(&Language::Ja).unwrap_or(&topic.topic).clone(),
            owner: topic.owner.clone(),
            languages: languages.map(|one| one.code()).collect::<Vec<_>>().join(" "),
            questions: counts.get(topic.topic.as_str()).copied().unwrap_or_default(),
            questions_href: format!("{}?topic={}", place.base, topic.topic),
            is_published,
            is_drafted: piece.is_some_and(|piece| drafted.contains(&piece)),
        }
    };
    let mut rows: Vec<Row> = edition.topics().map(|topic| row(topic, true)).collect();
    for piece in drafted.iter().filter(|piece| edition.hash(piece).is_none()) {
        if let Some((_, Piece::Topic(topic))) = draft::open(place.desk, &place.account.id, piece).await? {
            rows.push(row(&topic, false));
        }
    }
    Ok(page(&TopicsPage { frame: visit.frame(), base: place.base.clone(), rows }))
}
