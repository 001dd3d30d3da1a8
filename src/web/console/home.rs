//! Home: what went on today, and what needs a person.

use askama::Template;
use axum::response::Response;

use super::{
    frame::Frame,
    session::Acting,
    visit::{Visit, page},
};
use crate::{
    domain::staff::{Right, rights::ViewConsole},
    web::error::ConsoleError,
};

/// A number with what it counts.
struct Card {
    label: String,
    count: u64,
    note: String,
}

#[derive(Template)]
#[template(path = "console/home.html")]
struct HomePage {
    frame: Frame,
    day: String,
    cards: Vec<Card>,
    /// What is not well: reason and remedy.
    findings: Vec<(String, String)>,
}

/// Shows it; numbers only to those who may see them.
pub(super) async fn show(visit: Visit, Acting(actor): Acting<ViewConsole>) -> Result<Response, ConsoleError> {
    let (ctx, account) = (visit.ctx(), actor.account());
    let today = ctx.today(account).ok_or(ConsoleError::NotFound)?;
    let mut cards = Vec::new();
    if visit.signed()?.checked.may(Right::SeeFigures, account, today).is_ok() {
        let counts = ctx.store.day(account, today).await?;
        let sum = |name: &str| counts.iter().find(|(found, _)| found == name).map_or(0, |(_, count)| *count);
        let words = visit.words();
        let card =
            |key: &str, count| Card { label: words.say(key), count, note: words.say(&format!("{key}-note")) };
        cards = vec![
            card("card-answered", sum("decision.answer")),
            card("card-asked", sum("decision.ask")),
            card("card-refused", sum("decision.refuse")),
            card("card-replied", sum("replied")),
        ];
    }
    let findings = visit.state().0.health.findings();
    let findings = findings.into_values().map(|finding| (finding.reason, finding.remedy)).collect();
    Ok(page(&HomePage { frame: visit.frame(), day: today.to_string(), cards, findings }))
}
