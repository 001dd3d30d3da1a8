//! Who approves in whose place, and when (代決): approvers name their own, administrators everybody's.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;

use super::{
    super::{
        frame::Frame,
        names::Names,
        session::Acting,
        visit::{Visit, page, page_with_problems, see},
    },
    base,
};
use crate::{
    domain::{
        id::StaffId,
        staff::{
            Deputy, Permission, Reason, Right,
            rights::{Approve, ManageStaff, ViewConsole},
        },
        version::Version,
    },
    journeys::announce::{self, AnnounceError},
    web::error::ConsoleError,
};

/// So many people an account has at most before some are not offered.
const MOST_PEOPLE: usize = 10_000;
/// So many deputies at most.
const MOST: usize = 200;

struct Row {
    at: usize,
    of: String,
    by: String,
    from: String,
    until: String,
    may_remove: bool,
}

#[derive(Template)]
#[template(path = "console/announcements/deputies.html")]
struct DeputiesPage {
    frame: Frame,
    base: String,
    action: String,
    version: u64,
    rows: Vec<Row>,
    /// Whose place it may be; one's own alone for an approver.
    places: Vec<(String, String)>,
    people: Vec<(String, String)>,
    trouble: Option<&'static str>,
}

/// Whether others' deputies may be named too.
fn names_others(visit: &Visit) -> Result<bool, ConsoleError> {
    match (visit.actor::<ManageStaff>(), visit.actor::<Approve>()) {
        (Ok(_), _) => Ok(true),
        (_, Ok(_)) => Ok(false),
        (Err(denied), Err(other)) => Err(if denied.reason == Reason::NoRole { other } else { denied }.into()),
    }
}

async fn deputies_page(
    visit: &Visit,
    me: Option<StaffId>,
    trouble: Option<&'static str>,
) -> Result<DeputiesPage, ConsoleError> {
    // Who stands in for whom everybody may see; who names them, the form shows.
    let others = visit.actor::<ManageStaff>().is_ok();
    let me = me.filter(|_| others || visit.actor::<Approve>().is_ok());
    let (names, ctx, account) = (Names::of(visit).await?, visit.ctx(), visit.account()?);
    let known = announce::deputies(ctx, &visit.actor::<ViewConsole>()?).await?;
    let today = ctx.today(account).ok_or(ConsoleError::NotFound)?;
    let staff = ctx.store.list_staff(account, None, MOST_PEOPLE).await?;
    let approves = |one: &crate::domain::staff::Staff| {
        one.membership(account)
            .is_some_and(|membership| membership.holds(today) && membership.grants(Right::Approve))
    };
    let people: Vec<(StaffId, String)> = staff
        .into_iter()
        .map(|known| known.value)
        .filter(approves)
        .map(|one| (one.id, one.name.to_string()))
        .collect();
    let rows = known.value.iter().enumerate().map(|(at, deputy)| Row {
        at,
        of: names.person(deputy.of),
        by: names.person(deputy.by),
        from: deputy.from.to_string(),
        until: deputy.until.to_string(),
        may_remove: others || me == Some(deputy.of),
    });
    let shown = |list: &mut dyn Iterator<Item = &(StaffId, String)>| {
        list.map(|(id, name)| (id.to_string(), name.clone())).collect::<Vec<_>>()
    };
    Ok(DeputiesPage {
        base: base(visit)?,
        action: visit.path().to_owned(),
        version: known.version.0,
        rows: rows.collect(),
        places: shown(&mut people.iter().filter(|(id, _)| others || me == Some(*id))),
        people: shown(&mut people.iter()),
        trouble,
        frame: visit.frame(),
    })
}

/// Shows them.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<ViewConsole>,
) -> Result<Response, ConsoleError> {
    Ok(page(&deputies_page(&visit, actor.doer().person().ok(), None).await?))
}

/// Adds one, or takes one away.
pub(in crate::web::console) async fn change(
    visit: Visit,
    Acting(actor): Acting<ViewConsole>,
) -> Result<Response, ConsoleError> {
    let others = names_others(&visit)?;
    let me = actor.doer().person().map_err(AnnounceError::from)?;
    let posted = visit.posted();
    let seen = Version(posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?);
    let mut wanted = announce::deputies(visit.ctx(), &actor).await?.value;
    match posted.text("act").split_once(':') {
        Some(("remove", at)) => {
            let at = at.parse().ok().filter(|at| *at < wanted.len()).ok_or(ConsoleError::BadForm)?;
            wanted.remove(at);
        }
        None if posted.text("act") == "add" => match added(&visit, me) {
            Some(deputy) if wanted.len() < MOST => wanted.push(deputy),
            _ => {
                let page = deputies_page(&visit, Some(me), Some("ann-deputy-wrong")).await?;
                return Ok(page_with_problems(&page));
            }
        },
        _ => return Err(ConsoleError::BadForm),
    }
    if others {
        save::<ManageStaff>(&visit, seen, wanted).await?;
    } else {
        save::<Approve>(&visit, seen, wanted).await?;
    }
    Ok(see(visit.path()))
}

async fn save<R: Permission + announce::MayName>(
    visit: &Visit,
    seen: Version,
    wanted: Vec<Deputy>,
) -> Result<(), ConsoleError> {
    announce::save_deputies(visit.ctx(), &visit.actor::<R>()?, seen, wanted).await?;
    Ok(())
}

/// The deputy that was filled in; `None`: it is none.
fn added(visit: &Visit, me: StaffId) -> Option<Deputy> {
    let posted = visit.posted();
    let of = match posted.text("of") {
        "" => me,
        of => of.parse().ok()?,
    };
    let by: StaffId = posted.text("by").parse().ok()?;
    let (from, until): (Date, Date) = (posted.text("from").parse().ok()?, posted.text("until").parse().ok()?);
    (of != by && from <= until).then_some(Deputy { of, by, from, until })
}
