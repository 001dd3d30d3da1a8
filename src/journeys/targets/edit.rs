//! What staff do with targets: set up, change, remove, put back, evaluate a year.

use crate::domain::{
    audit::Action,
    figure::{
        FigureName,
        evaluation::{Evaluation, Lacking, Mark},
        fiscal::FiscalYear,
        target::{Better, Indicator, Point, Target, TargetId, TargetName, Wrong},
    },
    staff::{
        Actor, Department,
        rights::{EditTargets, SeeFigures},
    },
    time::Date,
    version::Version,
};
use crate::{
    journeys::Ctx,
    store::{StoreError, staff::Versioned},
};

/// The most targets of an account: each is forecast whenever the list is looked at.
pub const MOST: usize = 40;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// It is no target.
    #[error("the target has {} faults", .0.len())]
    Wrong(Vec<Wrong>),
    /// The evaluation is not complete.
    #[error("the evaluation lacks {} things", .0.len())]
    Lacking(Vec<Lacking>),
    /// There are too many.
    #[error("there are {MOST} targets already; remove one that is over")]
    TooMany,
    /// There is no such target.
    #[error("there is no such target")]
    NotFound,
    /// The store did not do it; [`StoreError::Conflict`]: somebody else has changed it meanwhile.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The name.
    pub name: TargetName,
    /// What is counted.
    pub figure: FigureName,
    /// Which kind of indicator it is.
    pub indicator: Indicator,
    /// Which way is better.
    pub better: Better,
    /// Where it begins.
    pub baseline: Point,
    /// Where it has to be; sorted by day when it is saved.
    pub goals: Vec<Point>,
    /// Who answers for it.
    pub department: Option<Department>,
    /// What else is to be known.
    pub note: String,
}

/// Every target, and those that were removed and can be put back.
pub async fn list(ctx: &Ctx, actor: &Actor<SeeFigures>) -> Result<Vec<Versioned<Target>>, TargetError> {
    let now = ctx.clock.now();
    let all = ctx.store.list_targets(actor.account()).await?;
    Ok(all.into_iter().filter(|known| !known.value.is_over(now)).collect())
}

async fn require(
    ctx: &Ctx,
    actor: &Actor<EditTargets>,
    id: TargetId,
) -> Result<Versioned<Target>, TargetError> {
    let now = ctx.clock.now();
    let all = ctx.store.list_targets(actor.account()).await?;
    let found = all.into_iter().find(|known| known.value.id == id && !known.value.is_over(now));
    found.ok_or(TargetError::NotFound)
}

/// Sets a target up, or with an id and the version that was seen changes one.
pub async fn save(
    ctx: &Ctx,
    actor: &Actor<EditTargets>,
    seen: Option<(TargetId, Version)>,
    wanted: Wanted,
) -> Result<(TargetId, Version), TargetError> {
    let all = ctx.store.list_targets(actor.account()).await?;
    let before = seen.and_then(|(id, _)| all.iter().find(|known| known.value.id == id));
    let others =
        all.iter().filter(|known| !known.value.removed && seen.is_none_or(|(id, _)| known.value.id != id));
    if others.count() >= MOST {
        return Err(TargetError::TooMany);
    }
    if seen.is_some() && before.is_none() {
        return Err(TargetError::NotFound);
    }
    let (id, expected) = seen.unwrap_or_else(|| (TargetId(ctx.ids.uuid_v7()), Version::default()));
    let (now, me) = (ctx.clock.now(), actor.doer().person().ok());
    let Wanted { name, figure, indicator, better, baseline, mut goals, department, note } = wanted;
    goals.sort_by_key(|goal| goal.day);
    let target = Target {
        id,
        name,
        figure,
        indicator,
        better,
        baseline,
        goals,
        department,
        note,
        // Whoever changes a target does not become its owner.
        owner: before.map_or(me, |before| before.value.owner),
        changed: now,
        changed_by: me,
        removed: false,
    };
    let wrong = target.check();
    if !wrong.is_empty() {
        return Err(TargetError::Wrong(wrong));
    }
    let note = actor.note(now, Action::TargetSaved, id);
    let version = ctx.store.save_target(actor.account(), expected, target, note).await?;
    Ok((id, version))
}

/// Removes a target, so that it can be put back for 30 days; those that were removed before that are dropped.
pub async fn remove(
    ctx: &Ctx,
    actor: &Actor<EditTargets>,
    id: TargetId,
    seen: Version,
) -> Result<(), TargetError> {
    mark(ctx, actor, id, seen, Action::TargetRemoved).await?;
    let now = ctx.clock.now();
    for known in ctx.store.list_targets(actor.account()).await? {
        if known.value.is_over(now) {
            let id = known.value.id;
            let mut note = actor.note(now, Action::TargetRemoved, id);
            note.detail.push(("for-good".into(), "yes".into()));
            match ctx.store.drop_target(actor.account(), known.version, id, note).await {
                // Put back, or dropped by somebody else.
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// Puts a target back that was removed.
pub async fn restore(
    ctx: &Ctx,
    actor: &Actor<EditTargets>,
    id: TargetId,
    seen: Version,
) -> Result<(), TargetError> {
    mark(ctx, actor, id, seen, Action::TargetRestored).await
}

/// Removes a target that is there, or puts one back that is not: anything else is a conflict.
async fn mark(
    ctx: &Ctx,
    actor: &Actor<EditTargets>,
    id: TargetId,
    seen: Version,
    action: Action,
) -> Result<(), TargetError> {
    let removed = action == Action::TargetRemoved;
    let Versioned { value: before, version } = require(ctx, actor, id).await?;
    if version != seen || before.removed == removed {
        return Err(StoreError::Conflict.into());
    }
    let all = ctx.store.list_targets(actor.account()).await?;
    if !removed && all.iter().filter(|known| !known.value.removed).count() >= MOST {
        return Err(TargetError::TooMany);
    }
    let now = ctx.clock.now();
    let target = Target { changed: now, changed_by: actor.doer().person().ok(), removed, ..before };
    ctx.store.save_target(actor.account(), seen, target, actor.note(now, action, id)).await?;
    Ok(())
}

/// The evaluations of a target, the earliest year first.
pub async fn evaluations(
    ctx: &Ctx,
    actor: &Actor<SeeFigures>,
    id: TargetId,
) -> Result<Vec<Versioned<Evaluation>>, TargetError> {
    Ok(ctx.store.list_evaluations(actor.account(), id).await?)
}

/// What the numbers say of a year: the last value known within it, what was planned for that day, and the mark that follows.
pub fn suggested_for(
    target: &Target,
    days: &[(Date, f64)],
    year: FiscalYear,
) -> (Option<Point>, Option<u64>, Mark) {
    let within = |day: Date| day >= year.first_day() && day <= year.last_day();
    let last = days.iter().rev().find(|(day, _)| within(*day)).copied();
    let Some((day, value)) = last else { return (None, None, Mark::None) };
    let planned = target.planned(day).map(rounded);
    (Some(Point { day, value: rounded(value) }), planned, Mark::suggested(target, Some(value), day))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures are small and not negative"
)]
fn rounded(value: f64) -> u64 {
    value.max(0.0).round() as u64
}

/// Writes the evaluation of a year that was seen in a version; 0: there was none. `days` is the figure's history.
pub async fn evaluate(
    ctx: &Ctx,
    actor: &Actor<EditTargets>,
    (id, seen): (TargetId, Version),
    (year, mark): (FiscalYear, Mark),
    (reason, next_step): (String, String),
    days: &[(Date, f64)],
) -> Result<Version, TargetError> {
    let target = require(ctx, actor, id).await?.value;
    let (value, planned, _) = suggested_for(&target, days, year);
    let (now, by) = (ctx.clock.now(), actor.doer().person().ok());
    let evaluation = Evaluation { year, mark, value, planned, reason, next_step, at: now, by };
    let lacking = evaluation.check();
    if !lacking.is_empty() {
        return Err(TargetError::Lacking(lacking));
    }
    let mut note = actor.note(now, Action::TargetEvaluated, id);
    note.detail.push(("year".into(), year.to_string()));
    note.detail.push(("mark".into(), mark.code().into()));
    Ok(ctx.store.save_evaluation(actor.account(), id, seen, evaluation, note).await?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn a_year_is_judged_by_its_last_known_day() {
        let target = Target {
            id: TargetId(uuid::Uuid::from_u128(1)),
            name: "友だち".parse().unwrap(),
            figure: FigureName::Friends,
            indicator: Indicator::Result,
            better: Better::More,
            baseline: Point { day: date(2025, 3, 31), value: 100 },
            goals: vec![Point { day: date(2026, 3, 31), value: 465 }],
            department: None,
            note: String::new(),
            owner: None,
            changed: Timestamp::UNIX_EPOCH,
            changed_by: None,
            removed: false,
        };
        let days = [(date(2025, 3, 31), 100.0), (date(2026, 3, 29), 460.4), (date(2026, 4, 1), 900.0)];
        let year = FiscalYear::new(2025).unwrap();
        let (value, planned, mark) = suggested_for(&target, &days, year);
        assert_eq!(value, Some(Point { day: date(2026, 3, 29), value: 460 }));
        assert_eq!((planned, mark), (Some(463), Mark::Nearly));
        assert_eq!(suggested_for(&target, &days, year.next().unwrap()).2, Mark::Reached);
        let empty = suggested_for(&target, &days, FiscalYear::new(2027).unwrap());
        assert_eq!(empty, (None, None, Mark::None));
    }
}
