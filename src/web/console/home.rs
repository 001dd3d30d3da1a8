//! Home: what went on today, and what needs a person.

use askama::Template;
use axum::response::Response;

use super::{
    frame::Frame,
    session::Acting,
    visit::{Visit, page},
};
use crate::{
    domain::staff::{
        Actor, Right,
        rights::{Approve, ViewConsole},
    },
    web::error::ConsoleError,
};

/// A number with what it counts.
struct Card {
    label: String,
    count: u64,
    note: String,
}

/// What everybody should know at once: that emergency mode is on, or waits for a second person.
struct Banner {
    text: String,
    href: String,
    link: String,
}

#[derive(Template)]
#[template(path = "console/home.html")]
struct HomePage {
    frame: Frame,
    day: String,
    banners: Vec<Banner>,
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
    let banners = banners(&visit, &actor).await?;
    let findings = visit.state().0.health.findings();
    let findings = findings.into_values().map(|finding| (finding.reason, finding.remedy)).collect();
    Ok(page(&HomePage { frame: visit.frame(), day: today.to_string(), banners, cards, findings }))
}

async fn banners(visit: &Visit, actor: &Actor<ViewConsole>) -> Result<Vec<Banner>, ConsoleError> {
    let (ctx, account, words) = (visit.ctx(), actor.account(), visit.words());
    let (emergency, _) = ctx.store.emergency(account).await?;
    let zone = ctx.library.account(account).ok_or(ConsoleError::NotFound)?.time_zone.clone();
    let mut banners = Vec::new();
    if let Some(active) = emergency.active(ctx.clock.now()) {
        let until = active.notice().until().to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string();
        banners.push(Banner {
            text: words.say_with("banner-active", &[("time", &until)]),
            href: format!("/console/{account}/emergency"),
            link: words.say("emergency"),
        });
    }
    if let Some(draft) = emergency.draft() {
        let may_approve = visit.actor::<Approve>().is_ok() && !actor.doer().is(draft.author);
        let (href, link) = if may_approve {
            (format!("/console/{account}/emergency/approve"), "emergency-review")
        } else {
            (format!("/console/{account}/emergency"), "emergency")
        };
        banners.push(Banner { text: words.say("banner-draft"), href, link: words.say(link) });
    }
    Ok(banners)
}
