//! Every place with what came of it; the forms that add, rename and put away.

use askama::Template;
use axum::{extract::Query, response::Response};

use super::{
    super::{
        frame::Frame,
        names::Names,
        period::{self, Choice, Wanted},
        session::Acting,
        visit::{Visit, page, page_with_problems, see},
    },
    base,
};
use crate::{
    domain::{
        place::PlaceCode,
        staff::{
            Department,
            rights::{KeepPlaces, SeeFigures},
        },
        version::Version,
    },
    journeys::grow::{
        came::{self, OfPlace},
        places::{self, Described, PlaceError},
    },
    web::error::ConsoleError,
};

struct Row {
    code: String,
    name: String,
    department: String,
    made: String,
    address: Option<String>,
    taps: u64,
    came: u64,
}

#[derive(Template)]
#[template(path = "console/places/list.html")]
struct PlacesPage {
    frame: Frame,
    base: String,
    /// Where its forms are posted.
    change: String,
    version: u64,
    choices: Vec<Choice>,
    period: String,
    rows: Vec<Row>,
    away: Vec<Row>,
    friends: u64,
    by_places: u64,
    shared: u64,
    share: Option<String>,
    departments: Vec<String>,
    may_keep: bool,
    /// What was typed, and what is wrong with it.
    typed: (String, String),
    trouble: Option<&'static str>,
}

/// Shows them.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(_): Acting<SeeFigures>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ConsoleError> {
    Ok(page(&places_page(&visit, &wanted, None).await?))
}

async fn places_page(
    visit: &Visit,
    wanted: &Wanted,
    problem: Option<((String, String), &'static str)>,
) -> Result<PlacesPage, ConsoleError> {
    let actor = visit.actor::<SeeFigures>()?;
    let (account, ctx) = (visit.account()?, visit.ctx());
    let (code, of) = period::chosen(visit, wanted)?;
    let names = Names::of(visit).await?;
    // Named before the figures are read: a place that comes in between is in neither.
    let version = places::places(ctx, &actor).await?.version.0;
    let came = came::came(ctx, &actor, of).await?;
    let (friends, by_places, shared) = (came.friends, came.by_places(), came.shared);
    let row = |of: OfPlace| Row {
        code: of.place.code.to_string(),
        name: of.place.name.to_string(),
        department: of.place.department.as_ref().map_or_else(String::new, ToString::to_string),
        made: names.time(of.place.made),
        address: ctx.pages.place_address(&of.place.code),
        taps: of.taps,
        came: of.came,
    };
    let (away, used): (Vec<OfPlace>, Vec<OfPlace>) =
        came.places.into_iter().partition(|of| of.place.closed.is_some());
    let (typed, trouble) = problem.map_or_else(Default::default, |(typed, trouble)| (typed, Some(trouble)));
    let departments = ctx.library.account(account).map(|account| account.departments.clone());
    Ok(PlacesPage {
        base: base(visit)?,
        change: format!("{}/change", base(visit)?),
        version,
        choices: period::choices(visit, &code)?,
        period: code,
        rows: used.into_iter().map(row).collect(),
        away: away.into_iter().map(row).collect(),
        friends,
        by_places,
        shared,
        share: ctx.pages.share_address(account),
        departments: departments.unwrap_or_default().iter().map(ToString::to_string).collect(),
        may_keep: visit.actor::<KeepPlaces>().is_ok(),
        typed,
        trouble,
        frame: visit.frame(),
    })
}

/// Adds a place, renames one, puts one away or takes it out again.
pub(in crate::web::console) async fn act(
    visit: Visit,
    Acting(actor): Acting<KeepPlaces>,
) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let seen = Version(posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?);
    let (verb, code) = posted.text("act").split_once(':').unwrap_or((posted.text("act"), ""));
    let code = || code.parse::<PlaceCode>().map_err(|_| ConsoleError::BadForm);
    let typed = (posted.text("name").to_owned(), posted.text("department").to_owned());
    let done = match verb {
        "add" | "describe" => match described(&typed) {
            Err(trouble) => Err(trouble),
            Ok(described) if verb == "add" => {
                told(places::add(visit.ctx(), &actor, seen, described).await.map(drop))?
            }
            Ok(described) => told(places::describe(visit.ctx(), &actor, (code()?, seen), described).await)?,
        },
        "close" | "reopen" => {
            told(places::set_closed(visit.ctx(), &actor, (code()?, seen), verb == "close").await)?
        }
        _ => return Err(ConsoleError::BadForm),
    };
    match done {
        Ok(()) => Ok(see(&base(&visit)?)),
        Err(trouble) => {
            let usual = Wanted { period: String::new() };
            Ok(page_with_problems(&places_page(&visit, &usual, Some((typed, trouble))).await?))
        }
    }
}

fn described((name, department): &(String, String)) -> Result<Described, &'static str> {
    let name = name.parse().map_err(|_| "place-no-name")?;
    let department = Some(department.trim()).filter(|text| !text.is_empty()).map(str::parse::<Department>);
    let department = department.transpose().map_err(|_| "place-no-department")?;
    Ok(Described { name, department })
}

/// What the person can mend is told beside the form.
fn told(done: Result<(), PlaceError>) -> Result<Result<(), &'static str>, ConsoleError> {
    match done {
        Ok(()) => Ok(Ok(())),
        Err(PlaceError::NameTaken) => Ok(Err("place-name-taken")),
        Err(PlaceError::UnknownDepartment) => Ok(Err("place-no-department")),
        Err(PlaceError::TooMany) => Ok(Err("place-too-many")),
        Err(PlaceError::NotFound) => Err(ConsoleError::NotFound),
        Err(PlaceError::Store(error)) => Err(error.into()),
    }
}
