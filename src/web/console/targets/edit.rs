//! The form of a target: set up, changed, removed, put back.

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
    words::{Words, whole},
};
use crate::{
    domain::{
        figure::{
            FigureName,
            target::{Better, Indicator, MOST_GOALS, Point, Target, TargetId, TargetName, Wrong},
        },
        staff::{Actor, rights::EditTargets},
        version::Version,
    },
    journeys::targets::{self as journey, TargetError, Wanted},
    store::{StoreError, staff::Versioned},
    web::error::ConsoleError,
};

/// So many empty rows for goals are offered beside those that are filled in.
const SPARE: usize = 3;

/// What is wrong, and at which field.
type Problems = Vec<(String, &'static str)>;

/// A target as it is typed.
#[derive(Default)]
struct Typed {
    name: String,
    figure: String,
    indicator: String,
    better: String,
    baseline: (String, String),
    goals: Vec<(String, String)>,
    department: String,
    note: String,
}

impl Typed {
    fn new() -> Self {
        Self {
            figure: FigureName::Friends.to_string(),
            indicator: Indicator::Result.code().to_owned(),
            better: Better::More.code().to_owned(),
            ..Self::default()
        }
    }

    fn of(target: &Target) -> Self {
        let point = |point: &Point| (point.day.to_string(), point.value.to_string());
        Self {
            name: target.name.as_str().to_owned(),
            figure: target.figure.to_string(),
            indicator: target.indicator.code().to_owned(),
            better: target.better.code().to_owned(),
            baseline: point(&target.baseline),
            goals: target.goals.iter().map(point).collect(),
            department: target.department.as_ref().map_or_else(String::new, |of| of.as_str().to_owned()),
            note: target.note.clone(),
        }
    }

    fn read(visit: &Visit) -> Self {
        let posted = visit.posted();
        let text = |name: &str| posted.text(name).trim().to_owned();
        let goal = |at: usize| (text(&format!("goal-day-{at}")), text(&format!("goal-value-{at}")));
        Self {
            name: text("name"),
            figure: text("figure"),
            indicator: text("indicator"),
            better: text("better"),
            baseline: (text("baseline-day"), text("baseline-value")),
            goals: (0..MOST_GOALS)
                .map(goal)
                .filter(|(day, value)| !day.is_empty() || !value.is_empty())
                .collect(),
            department: text("department"),
            note: posted.text("note").trim().replace("\r\n", "\n"),
        }
    }

    /// What it says, or what is wrong with it.
    fn wanted(&self) -> Result<Wanted, Problems> {
        let mut problems = Problems::new();
        let mut point = |day_field: String, value_field: String, (day, value): &(String, String)| {
            let (day, value) = (day.parse().ok(), whole(value));
            if day.is_none() {
                problems.push((day_field, "target-wrong-day"));
            }
            if value.is_none() {
                problems.push((value_field, "target-wrong-value"));
            }
            Some(Point { day: day?, value: value? })
        };
        let baseline = point("baseline-day".into(), "baseline-value".into(), &self.baseline);
        let goals: Vec<Option<Point>> = self
            .goals
            .iter()
            .enumerate()
            .map(|(at, goal)| point(format!("goal-day-{at}"), format!("goal-value-{at}"), goal))
            .collect();
        let name = self.name.parse::<TargetName>().ok();
        if name.is_none() {
            problems.insert(0, ("name".into(), "target-wrong-name"));
        }
        let figure = self.figure.parse::<FigureName>().ok();
        if figure.is_none() {
            problems.push(("figure".into(), "target-wrong-figure"));
        }
        let department = match self.department.as_str() {
            "" => None,
            text => match text.parse() {
                Ok(department) => Some(department),
                Err(_) => {
                    problems.push(("department".into(), "target-wrong-department"));
                    None
                }
            },
        };
        let indicator = Indicator::ALL.into_iter().find(|one| one.code() == self.indicator);
        let better = Better::ALL.into_iter().find(|one| one.code() == self.better);
        let (Some(name), Some(figure), Some(baseline), true) = (name, figure, baseline, problems.is_empty())
        else {
            return Err(problems);
        };
        Ok(Wanted {
            name,
            figure,
            indicator: indicator.unwrap_or(Indicator::Result),
            better: better.unwrap_or(Better::More),
            baseline,
            goals: goals.into_iter().flatten().collect(),
            department,
            note: self.note.clone(),
        })
    }
}

/// The problems of a target as a whole, at the fields of its goals in their order by day.
fn problems_of(wrong: &[Wrong]) -> Problems {
    let problem = |wrong: &Wrong| match wrong {
        Wrong::NoGoal => ("goal-day-0".into(), "target-wrong-no-goal"),
        Wrong::TooManyGoals => ("goal-day-0".into(), "target-wrong-too-many-goals"),
        Wrong::NotLater(at) => (format!("goal-day-{at}"), "target-wrong-not-later"),
        Wrong::WrongWay(at) => (format!("goal-value-{at}"), "target-wrong-way"),
        Wrong::LongNote => ("note".into(), "target-wrong-note"),
    };
    wrong.iter().map(problem).collect()
}

/// A row of the form for a goal.
struct GoalRow {
    at: usize,
    number: usize,
    day: String,
    value: String,
    day_problem: Option<&'static str>,
    value_problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "console/targets/edit.html")]
struct EditPage {
    frame: Frame,
    base: String,
    action: String,
    /// 0: there is none yet.
    version: u64,
    title: String,
    trouble: Option<&'static str>,
    problems: Problems,
    typed: Typed,
    figures: Vec<Choice>,
    indicators: Vec<Choice>,
    betters: Vec<Choice>,
    departments: Vec<String>,
    goals: Vec<GoalRow>,
}

/// What a page shows beside the form.
#[derive(Default)]
struct Beside {
    trouble: Option<&'static str>,
    problems: Problems,
}

fn edit_page(
    visit: &Visit,
    version: Version,
    mut typed: Typed,
    Beside { trouble, problems }: Beside,
) -> Result<EditPage, ConsoleError> {
    let words = Words { words: visit.words(), account: account(visit)? };
    // What is judged stands in order of days, and so does the form.
    typed.goals.sort();
    let mut offered = words.offered();
    if let Ok(current) = typed.figure.parse::<FigureName>()
        && !offered.contains(&current)
    {
        offered.push(current);
    }
    let figures = offered.iter().map(|name| {
        let label = format!("{}（{}）", words.figure(name), words.how(name));
        Choice::new(&name.to_string(), label, &typed.figure)
    });
    let problem = |field: &str| problems.iter().find(|(at, _)| at == field).map(|(_, key)| *key);
    let rows = (typed.goals.len() + SPARE).min(MOST_GOALS);
    let goals = (0..rows).map(|at| {
        let (day, value) = typed.goals.get(at).cloned().unwrap_or_default();
        GoalRow {
            at,
            number: at + 1,
            day,
            value,
            day_problem: problem(&format!("goal-day-{at}")),
            value_problem: problem(&format!("goal-value-{at}")),
        }
    });
    let title = if version == Version::default() { "target-new" } else { "target-edit" };
    Ok(EditPage {
        base: base(visit)?,
        action: visit.path().to_owned(),
        version: version.0,
        title: visit.words().say(title),
        trouble,
        figures: figures.collect(),
        indicators: Indicator::ALL
            .map(|one| Choice::new(one.code(), words.indicator(one), &typed.indicator))
            .into(),
        betters: Better::ALL.map(|one| Choice::new(one.code(), words.better(one), &typed.better)).into(),
        departments: words.account.departments.iter().map(|of| of.as_str().to_owned()).collect(),
        goals: goals.collect(),
        problems,
        typed,
        frame: visit.frame(),
    })
}

async fn load(visit: &Visit, id: TargetId) -> Result<Versioned<Target>, ConsoleError> {
    let all = journey::list(visit.ctx(), &visit.actor()?).await?;
    all.into_iter().find(|known| known.value.id == id).ok_or(ConsoleError::NotFound)
}

/// Begins a new one.
pub(in crate::web::console) async fn begin(
    visit: Visit,
    Acting(_): Acting<EditTargets>,
) -> Result<Response, ConsoleError> {
    Ok(page(&edit_page(&visit, Version::default(), Typed::new(), Beside::default())?))
}

/// Shows the form of one.
pub(in crate::web::console) async fn open(
    visit: Visit,
    Acting(_): Acting<EditTargets>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let known = load(&visit, target_id(&id)?).await?;
    if known.value.removed {
        return Ok(see(&base(&visit)?));
    }
    Ok(page(&edit_page(&visit, known.version, Typed::of(&known.value), Beside::default())?))
}

/// Sets a new one up.
pub(in crate::web::console) async fn create(
    visit: Visit,
    Acting(actor): Acting<EditTargets>,
) -> Result<Response, ConsoleError> {
    save(&visit, &actor, None).await
}

/// Does what the pressed button says.
pub(in crate::web::console) async fn act(
    visit: Visit,
    Acting(actor): Acting<EditTargets>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let id = target_id(&id)?;
    let version = visit.posted().text("version").parse().map_err(|_| ConsoleError::BadForm)?;
    let (version, base) = (Version(version), base(&visit)?);
    match visit.posted().text("act") {
        "remove" => {
            journey::remove(visit.ctx(), &actor, id, version).await?;
            Ok(see(&format!("{base}?done=removed")))
        }
        "restore" => {
            journey::restore(visit.ctx(), &actor, id, version).await?;
            Ok(see(&format!("{base}?done=restored")))
        }
        "save" => save(&visit, &actor, Some((id, version))).await,
        _ => Err(ConsoleError::BadForm),
    }
}

async fn save(
    visit: &Visit,
    actor: &Actor<EditTargets>,
    seen: Option<(TargetId, Version)>,
) -> Result<Response, ConsoleError> {
    let typed = Typed::read(visit);
    let version = seen.map_or(Version::default(), |(_, version)| version);
    let again = |typed, beside| Ok(page_with_problems(&edit_page(visit, version, typed, beside)?));
    let mut wanted = match typed.wanted() {
        Ok(wanted) => wanted,
        Err(problems) => return again(typed, Beside { problems, trouble: None }),
    };
    wanted.goals.sort_by_key(|goal| goal.day);
    match journey::save(visit.ctx(), actor, seen, wanted).await {
        Ok((id, _)) => Ok(see(&format!("{}/target/{id}?done=saved", base(visit)?))),
        Err(TargetError::Wrong(wrong)) => {
            again(typed, Beside { problems: problems_of(&wrong), trouble: None })
        }
        Err(TargetError::TooMany) => {
            again(typed, Beside { trouble: Some("target-too-many"), problems: Problems::new() })
        }
        Err(TargetError::Store(StoreError::Conflict)) => {
            // What was typed stays; the version is the one that stands now, so that the next save is meant.
            let now = match seen {
                Some((id, _)) => load(visit, id).await?.version,
                None => version,
            };
            let beside = Beside { trouble: Some("target-conflict"), problems: Problems::new() };
            Ok(conflicting(page(&edit_page(visit, now, typed, beside)?)))
        }
        Err(error) => Err(error.into()),
    }
}
