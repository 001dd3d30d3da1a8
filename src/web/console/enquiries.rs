//! The inbox: enquiries by division and state, those that wait longest first, and the way to one by its
//! receipt number. A list shows nothing that a resident wrote.

use askama::Template;
use axum::{extract::Query, response::Response};
use serde::Deserialize;

use super::{
    frame::Frame,
    names::{self, Choice, Names},
    session::Acting,
    visit::{Visit, page, see},
};
use crate::{
    domain::{
        enquiry::{EnquiryId, Head, State},
        staff::rights::WorkInbox,
        time::Timestamp,
    },
    journeys::enquiries::inbox::{self, Filter, MOST_COUNTED, Whose},
    web::error::ConsoleError,
};

/// So many enquiries a page shows.
const A_PAGE: usize = 50;

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    state: String,
    #[serde(default)]
    whose: String,
    #[serde(default)]
    division: String,
    /// A receipt number: it opens nothing and names nobody.
    #[serde(default)]
    number: String,
    #[serde(default)]
    after: String,
}

impl Wanted {
    fn address(&self, path: &str, state: State, after: Option<(Timestamp, EnquiryId)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", state.label());
        for (name, value) in [("whose", &self.whose), ("division", &self.division)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some((at, id)) = after {
            query.append_pair("after", &format!("{}.{id}", at.as_microsecond()));
        }
        format!("{path}?{}", query.finish())
    }

    fn after(&self) -> Option<(Timestamp, EnquiryId)> {
        let (at, id) = self.after.split_once('.')?;
        Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.parse().ok()?))
    }
}

struct Tab {
    href: String,
    label: String,
    count: String,
    current: bool,
}

struct Row {
    href: String,
    receipt: String,
    opened: String,
    changed: String,
    division: String,
    about: String,
    language: String,
    assigned: String,
}

#[derive(Template)]
#[template(path = "console/enquiries.html")]
struct ListPage {
    frame: Frame,
    path: String,
    tabs: Vec<Tab>,
    state: &'static str,
    whose: Vec<Choice>,
    /// The departments to choose from, for those who see all of them.
    divisions: Vec<Choice>,
    /// The only department that is seen.
    own: Option<String>,
    rows: Vec<Row>,
    number: String,
    not_found: bool,
    next: Option<String>,
}

/// The list, or the enquiry of a receipt number.
pub(super) async fn list(
    visit: Visit,
    Acting(actor): Acting<WorkInbox>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ConsoleError> {
    let (ctx, frame) = (visit.ctx(), visit.frame());
    let path = visit.path().to_owned();
    if !wanted.number.is_empty()
        && let Some(id) = inbox::find_by_receipt(ctx, &actor, &wanted.number).await?
    {
        return Ok(see(&format!("{path}/enquiry/{id}")));
    }
    let names = Names::of(&visit).await?;
    let division = Some(wanted.division.as_str()).filter(|division| !division.is_empty());
    let counts = inbox::counts(ctx, &actor, division).await?;
    let state = State::read(&wanted.state).unwrap_or(State::Open);
    let whose = match wanted.whose.as_str() {
        "mine" => Whose::Mine,
        "nobodys" => Whose::Nobodys,
        _ => Whose::All,
    };
    let filter = Filter { state, division: division.map(ToOwned::to_owned), whose };
    let listed = inbox::list(ctx, &actor, &filter, wanted.after(), A_PAGE).await?;
    let tab = |(of, count): (State, usize)| Tab {
        href: wanted.address(&path, of, None),
        label: names::state(&frame, of),
        count: if count < MOST_COUNTED { count.to_string() } else { format!("{count}+") },
        current: of == state,
    };
    let row = |head: &Head| Row {
        href: format!("{path}/enquiry/{}", head.id),
        receipt: head.receipt.to_string(),
        opened: names.time(head.opened),
        changed: names.time(head.changed),
        division: head.division.clone(),
        about: head.about.as_ref().map_or_else(String::new, |intent| names.intent(intent)),
        language: names::language(&frame, head.language),
        assigned: head.assigned.map_or_else(|| frame.t("assigned-nobody"), |id| names.person(id)),
    };
    let own = actor.doer().department.as_ref().map(ToString::to_string);
    let destinations = if own.is_some() { Vec::new() } else { inbox::destinations(ctx, &actor) };
    let all = (!destinations.is_empty()).then(|| Choice::new("", frame.t("all"), &wanted.division));
    let departments = destinations.iter().map(|one| Choice::new(one, one.clone(), &wanted.division));
    let whose = [("", "all"), ("mine", "whose-mine"), ("nobodys", "whose-nobodys")];
    Ok(page(&ListPage {
        tabs: counts.into_iter().map(tab).collect(),
        state: state.label(),
        whose: whose.map(|(value, key)| Choice::new(value, frame.t(key), &wanted.whose)).into(),
        divisions: all.into_iter().chain(departments).collect(),
        own,
        rows: listed.heads.iter().map(row).collect(),
        not_found: !wanted.number.is_empty(),
        next: listed.next.map(|place| wanted.address(&path, state, Some(place))),
        number: wanted.number,
        path,
        frame,
    }))
}
