//! The evaluation of a fiscal year: a mark, its reason, what is done next.

use askama::Template;
use axum::{extract::Path, response::Response};

use super::{
    super::{
        frame::Frame,
        names::Choice,
        session::Acting,
        visit::{Visit, conflicting, page, page_with_problems, see},
    },
    account, base, target_id,
    words::{Words, number},
};
use crate::{
    domain::{
        figure::{
            evaluation::{Lacking, Mark},
            fiscal::FiscalYear,
        },
        staff::rights::EditTargets,
        version::Version,
    },
    journeys::targets::{self as journey, Outlook, TargetError},
    store::StoreError,
    web::error::ConsoleError,
};

#[derive(Template)]
#[template(path = "console/targets/year.html")]
struct YearPage {
    frame: Frame,
    back: String,
    action: String,
    version: u64,
    name: String,
    year: String,
    is_over: bool,
    value: String,
    planned: String,
    suggested: String,
    marks: Vec<Choice>,
    reason: String,
    next_step: String,
    trouble: Option<&'static str>,
    problems: Vec<(String, &'static str)>,
}

/// A year that is evaluated.
struct Editing {
    outlook: Outlook,
    year: FiscalYear,
    version: Version,
    mark: String,
    reason: String,
    next_step: String,
}

async fn load(visit: &Visit, id: &str, year: &str) -> Result<Editing, ConsoleError> {
    let (id, ctx, actor) = (target_id(id)?, visit.ctx(), visit.actor()?);
    let year = year.parse().ok().and_then(FiscalYear::new).ok_or(ConsoleError::NotFound)?;
    let outlook = journey::outlook(ctx, &actor, id).await?.ok_or(ConsoleError::NotFound)?;
    let today = ctx.today(actor.account()).ok_or(ConsoleError::NotFound)?;
    // A year that has not begun cannot be judged, nor one from before the baseline.
    if year.first_day() > today || year.last_day() < outlook.target.value.baseline.day {
        return Err(ConsoleError::NotFound);
    }
    let known = journey::evaluations(ctx, &actor, id).await?;
    let known = known.into_iter().find(|known| known.value.year == year);
    let (_, _, suggested) = journey::suggested_for(&outlook.target.value, &outlook.days, year);
    Ok(match known {
        Some(known) => Editing {
            outlook,
            year,
            version: known.version,
            mark: known.value.mark.code().to_owned(),
            reason: known.value.reason,
            next_step: known.value.next_step,
        },
        None => Editing {
            outlook,
            year,
            version: Version::default(),
            mark: suggested.code().to_owned(),
            reason: String::new(),
            next_step: String::new(),
        },
    })
}

fn year_page(
    visit: &Visit,
    editing: Editing,
    trouble: Option<&'static str>,
    problems: Vec<(String, &'static str)>,
) -> Result<YearPage, ConsoleError> {
    let words = Words { words: visit.words(), account: account(visit)? };
    let Editing { outlook, year, version, mark, reason, next_step } = editing;
    let target = &outlook.target.value;
    let (value, planned, suggested) = journey::suggested_for(target, &outlook.days, year);
    let today = visit.ctx().today(visit.account()?).ok_or(ConsoleError::NotFound)?;
    let sign = |mark: Mark| format!("{} {}", mark.sign(), words.mark(mark));
    Ok(YearPage {
        back: format!("{}/target/{}", base(visit)?, target.id),
        action: visit.path().to_owned(),
        version: version.0,
        name: target.name.as_str().to_owned(),
        year: words.year(year),
        is_over: year.is_over(today),
        value: value.map_or_else(
            || words.say("target-not-known"),
            |point| {
                let (value, day) = (number(point.value as f64), words.day(point.day));
                words.with("target-as-of", &[("value", &value), ("day", &day)])
            },
        ),
        planned: planned.map_or_else(|| words.say("target-not-known"), |planned| number(planned as f64)),
        suggested: sign(suggested),
        marks: Mark::ALL.map(|one| Choice::new(one.code(), sign(one), &mark)).into(),
        reason,
        next_step,
        trouble,
        problems,
        frame: visit.frame(),
    })
}

/// Shows the form.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(_): Acting<EditTargets>,
    Path((_, id, year)): Path<(String, String, String)>,
) -> Result<Response, ConsoleError> {
    let editing = load(&visit, &id, &year).await?;
    Ok(page(&year_page(&visit, editing, None, Vec::new())?))
}

/// Writes it.
pub(in crate::web::console) async fn evaluate(
    visit: Visit,
    Acting(actor): Acting<EditTargets>,
    Path((_, id, year)): Path<(String, String, String)>,
) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let stored = load(&visit, &id, &year).await?;
    let seen = Version(posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?);
    let mark = Mark::ALL.into_iter().find(|mark| mark.code() == posted.text("mark"));
    let text = |name: &str| posted.text(name).trim().replace("\r\n", "\n");
    let (now, editing) = (
        stored.version,
        Editing {
            version: seen,
            mark: posted.text("mark").to_owned(),
            reason: text("reason"),
            next_step: text("next-step"),
            ..stored
        },
    );
    let Some(mark) = mark else { return Err(ConsoleError::BadForm) };
    let (target, texts) =
        (editing.outlook.target.value.id, (editing.reason.clone(), editing.next_step.clone()));
    let days = &editing.outlook.days;
    match journey::evaluate(visit.ctx(), &actor, (target, seen), (editing.year, mark), texts, days).await {
        Ok(_) => Ok(see(&format!("{}/target/{target}?done=evaluated", base(&visit)?))),
        Err(TargetError::Lacking(lacking)) => {
            let problem = |lacking: &Lacking| match lacking {
                Lacking::Reason => ("reason".to_owned(), "target-lacks-reason"),
                Lacking::NextStep => ("next-step".to_owned(), "target-lacks-next-step"),
                Lacking::Shorter => ("reason".to_owned(), "target-lacks-shorter"),
            };
            let problems = lacking.iter().map(problem).collect();
            Ok(page_with_problems(&year_page(&visit, editing, None, problems)?))
        }
        Err(TargetError::Store(StoreError::Conflict)) => {
            let editing = Editing { version: now, ..editing };
            Ok(conflicting(page(&year_page(&visit, editing, Some("target-conflict"), Vec::new())?)))
        }
        Err(error) => Err(error.into()),
    }
}
