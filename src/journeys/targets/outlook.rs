//! How targets stand and where they lead: what pages and answers show.

use jiff::ToSpan;

use super::{TargetError, history, list};
use crate::{
    domain::{
        figure::{
            Day,
            forecast::{Band, Forecast, When},
            pace,
            status::{self, Status, Worsening},
            target::{Better, Point, Target, TargetId},
        },
        id::AccountId,
        staff::{Actor, rights::SeeFigures},
        time::Date,
    },
    journeys::Ctx,
    store::{StoreError, staff::Versioned},
};

/// So far back facts are read: what is older says little of what comes.
const YEARS_BACK: i32 = 6;

/// A target with all that is known of it.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// The target, and in which version it was seen.
    pub target: Versioned<Target>,
    /// The figure's history.
    pub days: Vec<(Date, f64)>,
    /// Where it leads; `None`: there is too little.
    pub forecast: Option<Forecast>,
    /// How it stands.
    pub status: Status,
    /// The goal by which it is judged.
    pub goal: Option<Point>,
    /// What the figure may be on that goal's day; `None` too where the day is past.
    pub at_goal: Option<Band>,
    /// When that goal would be met.
    pub when: Option<When>,
    /// The pace of the last 7, 28 and 91 days ([`pace::LENGTHS`]), a day.
    pub paces: [Option<f64>; 3],
    /// The pace that leads to that goal, a day.
    pub needed: Option<f64>,
    /// The last worsening that staff were told of.
    pub worsening: Option<Worsening>,
}

impl Outlook {
    /// The last day with a value, and the value.
    pub fn now(&self) -> Option<(Date, f64)> {
        pace::latest(&self.days)
    }

    fn new(target: Versioned<Target>, known: &[Day], worsening: Option<Worsening>, today: Date) -> Self {
        let days = history(known, &target.value.figure);
        let forecast = Forecast::new(&days);
        let status = status::judge(&target.value, &days, forecast.as_ref(), today);
        let goal = target.value.goal_on(today);
        let last = pace::latest(&days);
        let to_come = goal.filter(|goal| last.is_some_and(|(day, _)| goal.day > day));
        let falling = target.value.better == Better::Fewer;
        Self {
            at_goal: forecast.as_ref().zip(to_come).map(|(forecast, goal)| forecast.on(goal.day)),
            when: forecast
                .as_ref()
                .zip(goal)
                .filter(|_| status != Status::Met)
                .map(|(forecast, goal)| forecast.reaches(goal.value as f64, falling)),
            paces: pace::LENGTHS.map(|length| pace::measured(&days, length)),
            needed: last.zip(goal).and_then(|(last, goal)| pace::needed(last, goal)),
            target,
            forecast,
            status,
            goal,
            days,
            worsening,
        }
    }
}

/// Every target that is not removed, in the order in which they were set up.
pub async fn outlooks(ctx: &Ctx, actor: &Actor<SeeFigures>) -> Result<Vec<Outlook>, TargetError> {
    let targets = list(ctx, actor).await?.into_iter().filter(|known| !known.value.removed).collect();
    Ok(look(ctx, actor.account(), targets).await?)
}

/// One target.
pub async fn outlook(
    ctx: &Ctx,
    actor: &Actor<SeeFigures>,
    id: TargetId,
) -> Result<Option<Outlook>, TargetError> {
    let known = list(ctx, actor).await?.into_iter();
    let found: Vec<_> = known.filter(|known| known.value.id == id && !known.value.removed).collect();
    Ok(look(ctx, actor.account(), found).await?.pop())
}

/// Reads the facts once, and works out each of these targets.
pub(super) async fn look(
    ctx: &Ctx,
    account: &AccountId,
    targets: Vec<Versioned<Target>>,
) -> Result<Vec<Outlook>, StoreError> {
    let Some(today) = ctx.today(account).filter(|_| !targets.is_empty()) else { return Ok(Vec::new()) };
    let series = ctx.store.series(account).await?;
    let from = today.saturating_sub(YEARS_BACK.years());
    let days = match series.last() {
        Some(last) => ctx.store.known_days(account, last.no, from, today).await?,
        None => Vec::new(),
    };
    let mut known = Vec::new();
    for target in targets {
        let watched = ctx.store.watched(account, target.value.id).await?;
        known.push((target, watched.and_then(|watched| watched.value.worsening)));
    }
    // A few milliseconds each: not on a thread that answers residents.
    let work = move || {
        let each = known.into_iter();
        each.map(|(target, worsening)| Outlook::new(target, &days, worsening, today)).collect()
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Backend(format!("a forecast broke off: {error}").into()))
}
