//! The city's table comes in, or goes.

use axum::response::Response;

use super::{
    super::{
        session::Acting,
        sheet::unreadable,
        visit::{Visit, page_with_problems, see},
    },
    look::{Trouble, Wanted, reach_page},
};
use crate::{
    domain::{staff::rights::EditTargets, version::Version},
    journeys::reach::{self, New, Problem, ReachError, Wrong},
    sheet,
    web::error::ConsoleError,
};

/// So many problems are shown.
const MOST_PROBLEMS: usize = 50;

/// Keeps the table that was sent, or removes one.
pub(in crate::web::console) async fn change(
    visit: Visit,
    Acting(actor): Acting<EditTargets>,
) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let seen = Version(posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?);
    if let Some(day) = posted.text("act").strip_prefix("remove:") {
        let day = day.parse().map_err(|_| ConsoleError::BadForm)?;
        reach::forget(visit.ctx(), &actor, seen, day).await?;
        return back(&visit);
    }
    let (as_of, source) = (posted.text("as-of").to_owned(), posted.text("source").to_owned());
    let trouble = |what: String, lines| Trouble { what, lines, as_of: as_of.clone(), source: source.clone() };
    let words = visit.words();
    let new = match (as_of.parse(), source.parse(), posted.file("table")) {
        (Err(_), ..) => Err(trouble(words.say("reach-no-day"), Vec::new())),
        (_, Err(_), _) => Err(trouble(words.say("reach-no-source"), Vec::new())),
        (.., None) => Err(trouble(words.say("reach-no-file"), Vec::new())),
        (Ok(as_of), Ok(source), Some(file)) => match sheet::read_numbered(file) {
            Ok(rows) => Ok(New { as_of, source, rows }),
            Err(error) => Err(trouble(unreadable(words, &error), Vec::new())),
        },
    };
    let done = match new {
        Ok(new) => match reach::keep(visit.ctx(), &actor, seen, new).await {
            Ok(()) => Ok(()),
            Err(ReachError::Unreadable(problems)) => {
                let lines = problems.iter().take(MOST_PROBLEMS).map(|one| line(&visit, one)).collect();
                Err(trouble(words.say("reach-unreadable"), lines))
            }
            Err(ReachError::InFuture) => Err(trouble(words.say("reach-no-day"), Vec::new())),
            Err(error) => return Err(error.into()),
        },
        Err(trouble) => Err(trouble),
    };
    match done {
        Ok(()) => back(&visit),
        Err(trouble) => Ok(page_with_problems(&reach_page(&visit, &Wanted::default(), trouble).await?)),
    }
}

fn back(visit: &Visit) -> Result<Response, ConsoleError> {
    Ok(see(&format!("/console/{}/reach", visit.account()?)))
}

fn line(visit: &Visit, problem: &Problem) -> String {
    let key = match problem.wrong {
        Wrong::NoColumns => "reach-line-columns",
        Wrong::Ward => "reach-line-ward",
        Wrong::Age => "reach-line-age",
        Wrong::People => "reach-line-people",
        Wrong::TooMany => "reach-line-many",
        Wrong::Nobody => "reach-line-nobody",
    };
    visit.words().say_with(key, &[("line", &problem.line.to_string()), ("text", &problem.text)])
}
