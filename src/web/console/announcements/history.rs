//! Every step of an announcement (決裁履歴), on paper too.

use askama::Template;
use axum::{extract::Path, response::Response};

use super::{
    super::{
        frame::Frame,
        names::Names,
        session::Acting,
        visit::{Visit, page},
    },
    account, address, load,
    look::{Phone, ready, segments_of},
    view::{Facts, MOST_SHOWN},
    words::{Words, number, step_key},
};
use crate::{
    domain::{audit::Who, staff::rights::ViewConsole},
    journeys::announce,
    web::error::ConsoleError,
};

struct Row {
    at: String,
    who: String,
    step: &'static str,
    remark: String,
    count: String,
    /// The beginning of the content's hash: enough to tell one from another.
    content: String,
}

#[derive(Template)]
#[template(path = "console/announcements/history.html")]
struct HistoryPage {
    frame: Frame,
    here: String,
    facts: Facts,
    rows: Vec<Row>,
    phones: Vec<Phone>,
    printed: String,
}

/// Shows them.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<ViewConsole>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let known = load(&visit, &actor, &id).await?.value;
    let (frame, names, account) = (visit.frame(), Names::of(&visit).await?, account(&visit)?);
    let segments = segments_of(&visit).await?;
    let words = Words { words: visit.words(), account, segments: &segments };
    let who = |who: Who| match who {
        Who::Staff(id) => names.person(id),
        Who::CommandLine => frame.t("who-command-line"),
        _ => frame.t("who-system"),
    };
    let steps = announce::history(visit.ctx(), &actor, known.id).await?;
    let rows = steps.into_iter().map(|taken| Row {
        at: names.time(taken.at),
        who: taken.instead_of.map_or_else(
            || who(taken.by),
            |of| format!("{}{}", who(taken.by), frame.tv("ann-instead-of", "name", names.person(of))),
        ),
        step: step_key(taken.step),
        remark: taken.remark,
        count: taken.count.map(number).unwrap_or_default(),
        content: taken.content.to_string().chars().take(12).collect(),
    });
    let rows = rows.collect();
    let variants = visit.ctx().store.frozen_variants(actor.account(), known.id).await?;
    let shown = variants.iter().take(MOST_SHOWN);
    Ok(page(&HistoryPage {
        here: address(&visit, known.id)?,
        facts: Facts::of(&frame, &words, &names, &known),
        rows,
        phones: shown.map(|(variant, _)| ready(&frame, variant.language, &variant.messages)).collect(),
        printed: names.time(visit.ctx().clock.now()),
        frame,
    }))
}
