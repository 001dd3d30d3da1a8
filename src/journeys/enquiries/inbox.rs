//! What staff see of enquiries. Somebody with a department sees the enquiries of that department and no
//! others; somebody without one works for the whole city (the general desk, which hands over what came to
//! the wrong place) and sees all of the account's.

use super::handle::HandleError;
use crate::{
    domain::{
        audit::Action,
        enquiry::{
            CannedAnswer, Enquiry, EnquiryId, Head, LONGEST_TITLE, MOST_CHARACTERS, Receipt, State,
            checked_text,
        },
        id::StaffId,
        staff::{Actor, Department, Right, rights::WorkInbox},
        version::Version,
    },
    journeys::Ctx,
    store::{
        StoreError,
        enquiries::{Cursor, NoticeRecord},
    },
};

/// How many enquiries are looked at for one page, where only some of them are wanted.
const LOOKED_AT: usize = 1_000;
/// How many are read at once.
const PORTION: usize = 100;
/// How far a count goes; there it says "or more".
pub const MOST_COUNTED: usize = 1_000;
/// How many texts staff may keep for sending often.
pub const MOST_CANNED: usize = 200;

/// Whose enquiries are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    All,
    /// One's own.
    Mine,
    /// Those that nobody has taken.
    Nobodys,
}

/// What is listed.
#[derive(Debug, Clone)]
pub struct Filter {
    /// In which state.
    pub state: State,
    /// Of which division; only for those who see all.
    pub division: Option<String>,
    /// Whose.
    pub whose: Whose,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Without their words.
    pub heads: Vec<Head>,
    /// Where the next page begins, if there may be one.
    pub next: Option<Cursor>,
}

/// Whether somebody may see an enquiry of a division.
pub fn may_see(actor: &Actor<WorkInbox>, division: &str) -> bool {
    actor.doer().department.as_ref().is_none_or(|own| own.as_str() == division)
}

/// The division whose enquiries are listed: one's own, if there is one.
fn division<'a>(actor: &'a Actor<WorkInbox>, wanted: Option<&'a str>) -> Option<&'a str> {
    actor.doer().department.as_ref().map(Department::as_str).or(wanted)
}

/// Enquiries in a state, those that wait longest first.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    filter: &Filter,
    mut after: Option<Cursor>,
    most: usize,
) -> Result<Listed, StoreError> {
    let (mut heads, mut looked_at) = (Vec::new(), 0);
    let division = division(actor, filter.division.as_deref());
    while heads.len() < most && looked_at < LOOKED_AT {
        let portion =
            ctx.store.list_enquiries(actor.account(), division, filter.state, after, PORTION).await?;
        let is_last = portion.len() < PORTION;
        for head in portion {
            if heads.len() == most {
                return Ok(Listed { heads, next: after });
            }
            (after, looked_at) = (Some((head.opened, head.id)), looked_at + 1);
            let wanted = match filter.whose {
                Whose::All => true,
                Whose::Mine => head.assigned.is_some_and(|staff| actor.doer().is(staff)),
                Whose::Nobodys => head.assigned.is_none(),
            };
            if wanted {
                heads.push(head);
            }
        }
        if is_last {
            return Ok(Listed { heads, next: None });
        }
    }
    Ok(Listed { heads, next: after })
}

/// How many enquiries are in each state, counted up to [`MOST_COUNTED`].
pub async fn counts(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    wanted: Option<&str>,
) -> Result<Vec<(State, usize)>, StoreError> {
    let division = division(actor, wanted);
    let mut counts = Vec::new();
    for state in State::ALL {
        let count = ctx.store.count_enquiries(actor.account(), division, state, MOST_COUNTED).await?;
        counts.push((state, count));
    }
    Ok(counts)
}

/// An enquiry with the last notice about it. One of another division is not told from one that is not there.
pub async fn load(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    id: EnquiryId,
) -> Result<(Enquiry, Option<NoticeRecord>), HandleError> {
    let found = ctx.store.load_enquiry(actor.account(), id).await?;
    found.filter(|(enquiry, _)| may_see(actor, &enquiry.head.division)).ok_or(HandleError::NotFound)
}

/// The enquiry of a receipt number, as people read it to each other.
pub async fn find_by_receipt(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    number: &str,
) -> Result<Option<EnquiryId>, StoreError> {
    let Some(receipt) = Receipt::read(number) else { return Ok(None) };
    let Some(id) = ctx.store.enquiry_by_receipt(actor.account(), &receipt).await? else { return Ok(None) };
    match load(ctx, actor, id).await {
        Ok(_) => Ok(Some(id)),
        Err(HandleError::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Who may be given an enquiry of a division: id and name.
pub async fn colleagues(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    division: &str,
) -> Result<Vec<(StaffId, String)>, StoreError> {
    let account = actor.account();
    let Some(today) = ctx.today(account) else { return Ok(Vec::new()) };
    let listed = ctx.store.list_staff(account, None, 10_000).await?;
    let able = listed.into_iter().filter(|staff| {
        staff.value.membership(account).is_some_and(|membership| {
            membership.holds(today)
                && membership.grants(Right::WorkInbox)
                && membership.department.as_ref().is_none_or(|own| own.as_str() == division)
        })
    });
    Ok(able.map(|staff| (staff.value.id, staff.value.name.to_string())).collect())
}

/// The departments to which an enquiry may be handed.
pub fn destinations(ctx: &Ctx, actor: &Actor<WorkInbox>) -> Vec<String> {
    let id = actor.account();
    let (Some(account), Some(snapshot)) = (ctx.library.account(id), ctx.library.snapshot(id)) else {
        return Vec::new();
    };
    let mut all = super::divisions(account, &snapshot);
    for department in &account.departments {
        if !all.iter().any(|known| known == department.as_str()) {
            all.push(department.to_string());
        }
    }
    all
}

/// The texts that staff send often: those of all and of one's own department; the list's version.
pub async fn canned_answers(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
) -> Result<(Vec<(usize, CannedAnswer)>, Version), StoreError> {
    let (list, version) = ctx.store.canned_answers(actor.account()).await?;
    let mine = |(_, answer): &(usize, CannedAnswer)| may_use(actor, answer);
    Ok((list.into_iter().enumerate().filter(mine).collect(), version))
}

fn may_use(actor: &Actor<WorkInbox>, answer: &CannedAnswer) -> bool {
    answer.division.as_ref().is_none_or(|division| may_see(actor, division))
}

/// A change of the texts that staff send often.
#[derive(Debug, Clone)]
pub enum CannedChange {
    /// A new one; somebody with a department adds it for that department.
    Add {
        /// By what staff find it.
        title: String,
        /// What is filled in.
        text: String,
    },
    /// Another wording of the one at this place of the whole list.
    Rewrite {
        /// Its place.
        place: usize,
        /// By what staff find it.
        title: String,
        /// What is filled in.
        text: String,
    },
    /// The one at this place goes.
    Remove {
        /// Its place.
        place: usize,
    },
}

/// Changes the list as it was read at `expected`.
pub async fn change_canned(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    expected: Version,
    change: CannedChange,
) -> Result<(), HandleError> {
    let (mut list, version) = ctx.store.canned_answers(actor.account()).await?;
    if version != expected {
        return Err(StoreError::Conflict.into());
    }
    let own = |list: &[CannedAnswer], place: usize| {
        list.get(place).filter(|answer| may_use(actor, answer)).map(|_| place).ok_or(HandleError::NotFound)
    };
    let what = match change {
        CannedChange::Add { title, text } => {
            if list.len() >= MOST_CANNED {
                return Err(HandleError::TooManyCanned);
            }
            let division = actor.doer().department.as_ref().map(ToString::to_string);
            list.push(CannedAnswer {
                title: checked_text(&title, LONGEST_TITLE)?.replace('\n', " "),
                text: checked_text(&text, MOST_CHARACTERS)?,
                division,
            });
            "added"
        }
        CannedChange::Rewrite { place, title, text } => {
            let place = own(&list, place)?;
            list[place].title = checked_text(&title, LONGEST_TITLE)?.replace('\n', " ");
            list[place].text = checked_text(&text, MOST_CHARACTERS)?;
            "rewritten"
        }
        CannedChange::Remove { place } => {
            list.remove(own(&list, place)?);
            "removed"
        }
    };
    let mut note =
        actor.note(ctx.clock.now(), Action::CannedAnswersChanged, format_args!("v{}", version.next().0));
    note.detail = vec![("what".into(), what.into())];
    ctx.store.save_canned_answers(actor.account(), expected, list, note).await?;
    Ok(())
}
