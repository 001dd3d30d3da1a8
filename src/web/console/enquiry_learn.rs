//! The question of an enquiry, as it is left for those who keep the answers: read, mended, sent.

use askama::Template;
use axum::{extract::Path, response::Response};

use super::{
    frame::Frame,
    session::Acting,
    unanswered_group::wording_key,
    visit::{Visit, page, page_with_problems, see},
};
use crate::{
    domain::{
        enquiry::{Enquiry, EnquiryId, Side},
        staff::rights::{SeeUnanswered, WorkInbox},
        unanswered::LONGEST,
    },
    journeys::{
        enquiries::{
            inbox,
            learn::{self, LearnError},
        },
        unanswered::WordingError,
    },
    web::error::ConsoleError,
};

#[derive(Template)]
#[template(path = "console/enquiry_learn.html")]
struct LearnPage {
    frame: Frame,
    action: String,
    /// The enquiry.
    base: String,
    receipt: String,
    /// What was asked, in the resident's own words; shown, and not kept.
    asked: String,
    lang: &'static str,
    text: String,
    most: usize,
    problems: Vec<(&'static str, &'static str)>,
}

fn learn_page(visit: &Visit, base: String, enquiry: &Enquiry, text: String) -> LearnPage {
    let asked = enquiry.content.messages.iter().find(|message| message.from == Side::Resident);
    LearnPage {
        frame: visit.frame(),
        action: visit.path().to_owned(),
        base,
        receipt: enquiry.head.receipt.to_string(),
        asked: asked.map_or_else(String::new, |message| message.text.clone()),
        lang: enquiry.head.language.html(),
        text,
        most: LONGEST,
        problems: Vec::new(),
    }
}

/// Shows the question without what is personal, to be read and mended.
pub(super) async fn show(
    visit: Visit,
    Acting(actor): Acting<WorkInbox>,
    Path((_, enquiry)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let id: EnquiryId = enquiry.parse().map_err(|_| ConsoleError::NotFound)?;
    let (enquiry, _) = inbox::load(visit.ctx(), &actor, id).await?;
    let base = format!("/console/{}/enquiries/enquiry/{id}", actor.account());
    let text = learn::proposal(&enquiry);
    Ok(page(&learn_page(&visit, base, &enquiry, text)))
}

/// Keeps it, and leads on to its group, for whoever may see that.
pub(super) async fn keep(
    visit: Visit,
    Acting(actor): Acting<WorkInbox>,
    Path((_, enquiry)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let id: EnquiryId = enquiry.parse().map_err(|_| ConsoleError::NotFound)?;
    let text = visit.posted().text("text");
    let base = format!("/console/{}/enquiries/enquiry/{id}", actor.account());
    match learn::learn(visit.ctx(), &actor, id, text).await {
        Ok(question) if visit.actor::<SeeUnanswered>().is_ok() => {
            Ok(see(&format!("/console/{}/unanswered/group/{question}?done=learn", actor.account())))
        }
        Ok(_) => Ok(see(&format!("{base}?done=learn"))),
        Err(LearnError::Wording(error)) => {
            let (enquiry, _) = inbox::load(visit.ctx(), &actor, id).await?;
            let key = wording_key(&error);
            let text = match error {
                WordingError::Personal(left) => left,
                _ => text.to_owned(),
            };
            let shown = learn_page(&visit, base, &enquiry, text);
            Ok(page_with_problems(&LearnPage { problems: vec![("text", key)], ..shown }))
        }
        Err(LearnError::Handle(error)) => Err(error.into()),
    }
}
