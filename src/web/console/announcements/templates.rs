//! Templates: contents to begin from. One that a second person has agreed to for alerts one person may let out alone.

use askama::Template;
use axum::response::Response;

use super::{
    super::{
        frame::Frame,
        names::Names,
        session::Acting,
        visit::{Visit, page, see},
    },
    base,
};
use crate::{
    domain::{
        announcement::{Block, template::KeptTemplate},
        language::Language,
        staff::rights::{Approve, ViewConsole, WriteDrafts},
        version::Version,
    },
    journeys::announce,
    web::error::ConsoleError,
};

struct Row {
    id: String,
    name: String,
    /// The beginning of what it says.
    says: String,
    for_alerts: bool,
    agreed_by: Option<String>,
    author: String,
    changed: String,
    may_agree: bool,
}

#[derive(Template)]
#[template(path = "console/announcements/templates.html")]
struct TemplatesPage {
    frame: Frame,
    base: String,
    action: String,
    version: u64,
    rows: Vec<Row>,
    may_write: bool,
}

/// The beginning of what a template says, in Japanese or whatever there is.
fn beginning(known: &KeptTemplate) -> String {
    let content = &known.template.content;
    let language = content.spoken_to(Language::Ja, &[]);
    let first = language.and_then(|language| content.body(language).first());
    let text = match first {
        Some(Block::Text(text)) => text.as_str(),
        Some(Block::Image(picture)) => &picture.alt,
        Some(Block::Card(card)) => &card.text,
        None => "",
    };
    text.chars().take(100).collect()
}

/// Shows them. Who writes may begin from them, who approves may agree.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<ViewConsole>,
) -> Result<Response, ConsoleError> {
    let (writer, approver) = (visit.actor::<WriteDrafts>(), visit.actor::<Approve>());
    let names = Names::of(&visit).await?;
    let known = announce::templates(visit.ctx(), &actor).await?;
    let rows = known.value.iter().map(|one| Row {
        id: one.id.to_string(),
        name: one.template.name.as_str().to_owned(),
        says: beginning(one),
        for_alerts: one.template.for_alerts,
        agreed_by: one.agreed_by.map(|who| names.person(who)),
        author: names.person(one.author),
        changed: names.time(one.changed),
        may_agree: approver.is_ok()
            && one.template.for_alerts
            && one.agreed_by.is_none()
            && !actor.doer().is(one.author),
    });
    Ok(page(&TemplatesPage {
        base: base(&visit)?,
        action: visit.path().to_owned(),
        version: known.version.0,
        rows: rows.collect(),
        may_write: writer.is_ok(),
        frame: visit.frame(),
    }))
}

/// Agrees to one, or removes it.
pub(in crate::web::console) async fn act(
    visit: Visit,
    Acting(_): Acting<ViewConsole>,
) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let seen = Version(posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?);
    let (verb, id) = posted.text("act").split_once(':').ok_or(ConsoleError::BadForm)?;
    let id = id.parse().map_err(|_| ConsoleError::BadForm)?;
    match verb {
        "agree" => announce::agree_template(visit.ctx(), &visit.actor::<Approve>()?, (id, seen)).await?,
        "remove" => {
            announce::remove_template(visit.ctx(), &visit.actor::<WriteDrafts>()?, (id, seen)).await?;
        }
        _ => return Err(ConsoleError::BadForm),
    }
    Ok(see(visit.path()))
}
