//! What is typed as a phone shows it, in every language, with what should be looked at again; and the same alone for
//! the script.

use askama::Template;
use axum::response::Response;

use super::{
    super::{
        frame::Frame,
        names,
        session::Acting,
        visit::{Visit, page},
    },
    account,
    form::{Facts, Typed},
    words::{Words, severity_key},
};
use crate::{
    domain::{
        announcement::{
            Block, Draft, Dress,
            lint::{Finding, Severity},
            notification,
        },
        language::Language,
        message::{Messages, limit},
        segment::Named,
        staff::rights::{SeeFigures, WriteDrafts},
    },
    journeys::{announce, segments},
    preview,
    web::error::ConsoleError,
};

/// A finding as a page shows it.
pub(super) struct Told {
    /// The id of the control; empty: it is about the whole.
    pub(super) id: String,
    pub(super) severity: String,
    /// `stops`, `confirm` or `hint`, for the look.
    pub(super) class: &'static str,
    pub(super) place: String,
    pub(super) what: String,
}

/// One language as a phone shows it.
pub(super) struct Phone {
    pub(super) name: String,
    pub(super) lang: &'static str,
    /// The notification's first line.
    pub(super) first: String,
    /// The messages as HTML of `preview`, which escapes every text.
    pub(super) messages: String,
    /// How long each text is, and how long it may be.
    pub(super) lengths: Vec<String>,
}

impl Told {
    /// The same once more, beside its field.
    pub(super) fn again(&self) -> Self {
        Self {
            id: self.id.clone(),
            severity: self.severity.clone(),
            place: self.place.clone(),
            what: self.what.clone(),
            ..*self
        }
    }
}

#[derive(Template)]
#[template(path = "console/announcements/look.html")]
pub(super) struct Look {
    frame: Frame,
    words: crate::catalogue::ConsoleWords,
    pub(super) findings: Vec<Told>,
    phones: Vec<Phone>,
    hints: usize,
    /// Whether something else than hints was found.
    has_graver: bool,
}

/// Whether a person has to say that something is meant, and whether something stops it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verdict {
    pub(super) stops: bool,
    pub(super) asks: bool,
}

impl Verdict {
    pub(super) fn of(findings: &[Finding]) -> Self {
        let has = |severity| findings.iter().any(|finding| finding.severity == severity);
        Self { stops: has(Severity::Stops), asks: has(Severity::AsksToConfirm) }
    }
}

impl Look {
    pub(super) fn of(visit: &Visit, words: &Words<'_>, draft: &Draft, findings: &[Finding]) -> Self {
        let frame = visit.frame();
        let dress = announce::audience::dress(draft, false);
        let languages = draft.content.languages();
        let phones = languages.map(|language| phone(&frame, words, draft, language, &dress)).collect();
        let hints = findings.iter().filter(|finding| finding.severity == Severity::Hint).count();
        Self {
            findings: findings.iter().map(|finding| told(words, finding)).collect(),
            hints,
            has_graver: findings.len() > hints,
            phones,
            words: words.words,
            frame,
        }
    }

    /// It as a part of a page.
    pub(super) fn html(&self) -> Result<String, ConsoleError> {
        self.render().map_err(|error| {
            tracing::error!(%error, "a preview could not be rendered");
            ConsoleError::Internal
        })
    }

    /// What is read out when it changes.
    pub(super) fn says(&self) -> String {
        let count = |class: &str| self.findings.iter().filter(|told| told.class == class).count().to_string();
        let (stops, asks, hints) = (count("stops"), count("confirm"), count("hint"));
        self.words.say_with("ann-says", &[("stops", &stops), ("asks", &asks), ("hints", &hints)])
    }
}

pub(super) fn told(words: &Words<'_>, finding: &Finding) -> Told {
    let place = &finding.place;
    let id = match (place.language, place.block) {
        (Some(language), Some(block)) => format!("b.{language}.{block}"),
        (Some(language), None) => format!("b.{language}"),
        _ => String::new(),
    };
    Told {
        id,
        severity: words.say(severity_key(finding.severity), &[]),
        class: match finding.severity {
            Severity::Stops => "stops",
            Severity::AsksToConfirm => "confirm",
            Severity::Hint => "hint",
        },
        place: words.place(place),
        what: words.finding(finding),
    }
}

fn phone(frame: &Frame, words: &Words<'_>, draft: &Draft, language: Language, dress: &Dress) -> Phone {
    let shown = draft.content.example(language, dress).ok();
    let lengths = draft.content.body(language).iter().enumerate().filter_map(|(at, block)| {
        let (text, limit) = match block {
            Block::Text(text) => (text, limit::TEXT),
            Block::Image(picture) => (&picture.alt, limit::ALT_TEXT),
            Block::Card(card) if card.title.is_none() && card.image.is_none() => {
                (&card.text, limit::BUTTONS_TEXT)
            }
            Block::Card(card) => (&card.text, limit::TITLED_TEXT),
        };
        let (number, length, most) =
            ((at + 1).to_string(), limit.measure(text).to_string(), limit.max().to_string());
        let values = [("number", number.as_str()), ("length", length.as_str()), ("most", most.as_str())];
        (!text.is_empty()).then(|| words.say("ann-length", &values))
    });
    Phone {
        name: names::language(frame, language),
        lang: language.html(),
        first: shown.as_ref().map(|messages| notification(messages).to_owned()).unwrap_or_default(),
        messages: shown.as_ref().map(preview::still).unwrap_or_default(),
        lengths: lengths.collect(),
    }
}

/// Messages that are ready as a phone shows them.
pub(super) fn ready(frame: &Frame, language: Language, messages: &Messages) -> Phone {
    Phone {
        name: names::language(frame, language),
        lang: language.html(),
        first: notification(messages).to_owned(),
        messages: preview::still(messages),
        lengths: Vec::new(),
    }
}

/// The named segments that are in use.
pub(super) async fn segments_of(visit: &Visit) -> Result<Vec<Named>, ConsoleError> {
    // Whoever has no right to figures chooses among none.
    let Ok(actor) = visit.actor::<SeeFigures>() else { return Ok(Vec::new()) };
    let all = segments::list(visit.ctx(), &actor).await?;
    let mut named: Vec<Named> =
        all.into_iter().map(|known| known.value).filter(|named| !named.removed).collect();
    named.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(named)
}

#[derive(Template)]
#[template(path = "console/announcements/preview.html")]
struct Fragment {
    says: String,
    rest: String,
}

/// The preview of what is typed just now as a fragment of a page, for the script; it changes nothing.
pub(in crate::web::console) async fn fragment(
    visit: Visit,
    Acting(_): Acting<WriteDrafts>,
) -> Result<Response, ConsoleError> {
    let (account, segments) = (account(&visit)?, segments_of(&visit).await?);
    let words = Words { words: visit.words(), account, segments: &segments };
    let facts = Facts { segments: &segments, attributes: &account.attributes, zone: &account.time_zone };
    let draft = Typed::read(visit.posted()).looked_at(&facts).ok_or(ConsoleError::BadForm)?;
    let look = Look::of(&visit, &words, &draft, &announce::check(visit.ctx(), account, &draft));
    Ok(page(&Fragment { says: look.says(), rest: look.html()? }))
}
