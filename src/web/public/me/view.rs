//! The page of somebody's own data, from what is stored to HTML.

use askama::Template;

use super::controls::{Control, Controls, Input, said};
use crate::{
    catalogue::{Catalogue, Phrase, public::Sentence},
    domain::{
        account::Account,
        attribute::{Keeping, Retention},
        enquiry::State,
        helper::{Lasts, MOST_HELPERS, MOST_NAME},
        time::Timestamp,
    },
    journeys::own_data::{
        self, Visitor,
        form::{Filled, Problem},
    },
    web::public::page::{Frame, rendered},
};

/// What was sent and has to be mended.
pub(super) struct Posted {
    pub(super) section: String,
    pub(super) filled: Filled,
    pub(super) problems: Vec<Problem>,
}

/// What the page says of the form that was just sent.
pub(super) enum Said {
    /// Nothing was sent.
    Nothing,
    /// It is stored.
    Saved,
    /// Something else was said meanwhile.
    Meanwhile,
    /// Something is to be mended.
    Problems(Posted),
    /// A helper needs a name; this was typed.
    NoName(String),
    /// There are as many helpers as there may be.
    Full,
}

#[derive(Template)]
#[template(path = "public/me.html")]
struct Me<'a> {
    frame: Frame<'a>,
    word: &'a str,
    submit: &'a str,
    lead: String,
    until: String,
    saved: bool,
    meanwhile: bool,
    problems: Vec<(String, String)>,
    facts: Vec<String>,
    told: &'a [(String, Vec<String>)],
    enquiries: Vec<String>,
    sent: Vec<String>,
    /// Day and first line, and why it came.
    announced: Vec<(String, &'a [String])>,
    /// Series, the words about it, and those of its button.
    fewer: Vec<(String, String, String)>,
    sections: Vec<Section>,
    stoppable: bool,
    /// For the resident alone, as is what is known beside, what was asked and sent, and erasing.
    helpers: Option<Helping>,
    /// Where the resident tells others of the account.
    share: Option<String>,
}

/// The part about those who help.
struct Helping {
    /// Number, and the words about each.
    list: Vec<(String, String, String)>,
    lengths: Vec<(u16, String)>,
    most_name: usize,
    typed: String,
    problem: Option<String>,
}

struct Section {
    id: String,
    label: String,
    purpose: String,
    kept: String,
    /// Of what was sent and has to be mended: the page's that it came from.
    submit: String,
    shown: Vec<(String, String)>,
    controls: Vec<Control>,
    save: String,
}

/// The page.
pub(super) fn render(catalogue: &Catalogue, word: &str, page: &own_data::Page, said: Said) -> String {
    let title = match page.visitor {
        Visitor::Resident => Sentence::MeTitle,
        Visitor::Helper(_) => Sentence::MeHelperTitle,
    };
    let frame = Frame::new(catalogue, page.language, Some(&page.account), title);
    let helpers = (page.visitor == Visitor::Resident).then(|| helping(&frame, page, &said));
    let saved = matches!(said, Said::Saved);
    let meanwhile = matches!(said, Said::Meanwhile);
    let posted = match said {
        Said::Problems(posted) => Some(posted),
        _ => None,
    };
    let problems = posted.iter().flat_map(|posted| &posted.problems);
    let problems = problems.map(|problem| (problem.at.clone(), self::said(&frame, problem.wrong)));
    let problems = problems.chain(
        helpers
            .iter()
            .flat_map(|helping| &helping.problem)
            .map(|problem| ("helper.who".to_owned(), problem.clone())),
    );
    let problems = problems.collect();
    let (lead, until) = match &page.visitor {
        Visitor::Resident => {
            let until = moment(&page.account, page.until, "%H:%M");
            (Sentence::MeLead, frame.with(Sentence::MeUntil, &[("time", &until)]))
        }
        Visitor::Helper(_) => {
            let until = day(&page.account, page.until);
            (Sentence::MeHelperLead, frame.with(Sentence::MeHelperUntil, &[("date", &until)]))
        }
    };
    let me = Me {
        word,
        submit: &page.submit,
        lead: frame.with(lead, &[("city", &page.account.name)]),
        until,
        saved,
        meanwhile,
        problems,
        facts: facts(&frame, page),
        told: &page.told,
        enquiries: enquiries(&frame, page),
        sent: sent(&frame, page),
        announced: announced(&frame, page),
        fewer: fewer(&frame, page),
        sections: sections(&frame, page, posted.as_ref()),
        stoppable: page
            .profile
            .iter()
            .any(|(_, value)| matches!(value, crate::domain::profile::Value::Wanted(_))),
        share: (page.visitor == Visitor::Resident).then(|| format!("/p/share/{}", page.account.id)),
        helpers,
        frame,
    };
    rendered(&me)
}

fn moment(account: &Account, at: Timestamp, form: &str) -> String {
    at.to_zoned(account.time_zone.clone()).strftime(form).to_string()
}

/// The day of a moment.
pub(super) fn day(account: &Account, at: Timestamp) -> String {
    moment(account, at, "%Y-%m-%d")
}

fn helping(frame: &Frame<'_>, page: &own_data::Page, said: &Said) -> Helping {
    let list = page.helpers.iter().map(|helper| {
        let until = day(&page.account, helper.until);
        let one = frame.with(Sentence::MeHelperOne, &[("name", helper.name.as_str()), ("date", &until)]);
        let came = match helper.came {
            Some(came) => frame.with(Sentence::MeHelperCame, &[("date", &came.to_string())]),
            None => frame.say(Sentence::MeHelperNever),
        };
        let remove = frame.with(Sentence::MeHelperRemove, &[("name", helper.name.as_str())]);
        (helper.id.to_string(), format!("{one} {came}"), remove)
    });
    let length = |lasts: Lasts| {
        let days = lasts.days();
        (days, frame.with(Sentence::MeHelperDays, &[("days", &days.to_string())]))
    };
    let (typed, problem) = match said {
        Said::NoName(typed) => {
            let problem = frame.with(Sentence::MeHelperErrorName, &[("most", &MOST_NAME.to_string())]);
            (typed.clone(), Some(problem))
        }
        Said::Full => {
            let problem = frame.with(Sentence::MeHelpersFull, &[("most", &MOST_HELPERS.to_string())]);
            (String::new(), Some(problem))
        }
        _ => (String::new(), None),
    };
    Helping {
        list: list.collect(),
        lengths: Lasts::ALL.map(length).into(),
        most_name: MOST_NAME,
        typed,
        problem,
    }
}

/// What is known beside what was said.
fn facts(frame: &Frame<'_>, page: &own_data::Page) -> Vec<String> {
    let day = |at| day(&page.account, at);
    let language = match page.chosen_language {
        Some(language) => {
            let name = frame.named(language);
            frame.with(Sentence::MeLanguage, &[("language", &name)])
        }
        None => frame.say(Sentence::MeLanguageOpen),
    };
    let known = frame.with(Sentence::MeKnown, &[("date", &day(page.first_seen))]);
    let registered = page.profile.registered();
    let registered = registered.map(|at| frame.with(Sentence::MeRegistered, &[("date", &day(at))]));
    [Some(known), registered, Some(language), Some(frame.say(Sentence::MeElse))]
        .into_iter()
        .flatten()
        .collect()
}

fn enquiries(frame: &Frame<'_>, page: &own_data::Page) -> Vec<String> {
    let line = |(receipt, state): &(_, State)| {
        let state = frame.say(match state {
            State::Open => Sentence::StateOpen,
            State::InProgress => Sentence::StateInProgress,
            State::Answered => Sentence::StateAnswered,
            State::Closed => Sentence::StateClosed,
        });
        let number = ToString::to_string(receipt as &crate::domain::enquiry::Receipt);
        frame.with(Sentence::MeEnquiry, &[("number", &number), ("state", &state)])
    };
    page.enquiries.iter().map(line).collect()
}

fn sent(frame: &Frame<'_>, page: &own_data::Page) -> Vec<String> {
    let line = |(at, receipt): &(Timestamp, crate::domain::enquiry::Receipt)| {
        let (date, number) = (moment(&page.account, *at, "%Y-%m-%d"), receipt.to_string());
        frame.with(Sentence::MeSentAnswer, &[("date", &date), ("number", &number)])
    };
    page.sent.iter().map(line).collect()
}

fn announced<'a>(frame: &Frame<'_>, page: &'a own_data::Page) -> Vec<(String, &'a [String])> {
    let line = |one: &'a own_data::Announced| {
        let date = day(&page.account, one.at);
        let title = frame.with(Sentence::MeSentOne, &[("date", &date), ("line", &one.line)]);
        (title, one.why.as_slice())
    };
    page.announced.iter().map(line).collect()
}

fn fewer(frame: &Frame<'_>, page: &own_data::Page) -> Vec<(String, String, String)> {
    let line = |one: &own_data::Fewer| {
        let (what, since) = (one.what.as_str(), day(&page.account, one.since));
        let told = frame.with(Sentence::MeFewerOne, &[("what", what), ("date", &since)]);
        (one.series.to_string(), told, frame.with(Sentence::MeFewerUndo, &[("what", what)]))
    };
    page.fewer.iter().map(line).collect()
}

fn sections(frame: &Frame<'_>, page: &own_data::Page, posted: Option<&Posted>) -> Vec<Section> {
    let attributes = &page.account.attributes;
    let section = |attribute: &crate::domain::attribute::Attribute| {
        let best = |text: &crate::domain::language::Localized<String>| {
            text.best(page.language).map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let kept = match attribute.retention {
            Retention::WhileRegistered => frame.phrase(Phrase::RegKeptWhile, &[]),
            Retention::Days(days) => frame.phrase(Phrase::RegKeptDays, &[("days", &days.to_string())]),
        };
        let keeping = frame.say(match attribute.keeping {
            Keeping::Plain => Sentence::MePlain,
            Keeping::Sealed => Sentence::MeSealed,
        });
        let posted = posted.filter(|posted| posted.section == attribute.id.as_str());
        let sent = posted.and_then(|posted| posted.filled.get("submit"));
        let submit = sent.unwrap_or(&page.submit).to_owned();
        let controls = Controls { frame, attributes, profile: &page.profile, posted };
        let label = best(&attribute.label);
        Section {
            id: attribute.id.to_string(),
            purpose: best(&attribute.purpose),
            kept: format!("{keeping} {kept}"),
            submit,
            shown: controls.shown(attribute),
            controls: controls.of(attribute),
            save: frame.with(Sentence::MeSave, &[("label", &label)]),
            label,
        }
    };
    page.attributes().map(section).collect()
}
