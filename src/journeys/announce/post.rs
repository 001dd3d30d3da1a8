//! Announcements that other systems post with a key: the same once, also where the answer was lost on the way.

use jiff::SignedDuration;

use super::{AnnounceError, look, submit, write::write_as};
pub use crate::store::api_keys::Known as Answered;
use crate::{
    domain::{
        account::Account,
        announcement::{Announcement, AnnouncementId, Audience, Draft, Fault, Stage, batch::Progress},
        audit::Who,
        segment::{self, Fault as SegmentFault, SegmentId, Written},
        staff::{
            Actor, CheckedKey, Denied, Hash,
            rights::{Announce, SeeFigures, WriteDrafts},
        },
    },
    journeys::{
        Ctx,
        staff::{StaffError, check_department},
    },
    store::{StoreError, api_keys::Once},
};

/// So long the answer to a post is known under its idempotency key.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The key, or the person who answers for it, may not.
    #[error("the key may not do this")]
    Denied(Denied),
    /// It speaks for another department than the key's, or for one that the account does not have.
    #[error("the key does not write for this department")]
    Department,
    /// There is no such segment.
    #[error("the account has no such segment")]
    NoSegment,
    /// The predicate cannot be used.
    #[error("the predicate has {} faults", .0.len())]
    Predicate(Vec<SegmentFault>),
    /// What is said cannot go out so.
    #[error("the content has {} faults", .0.len())]
    Content(Vec<Fault>),
    /// There is no such announcement that the key may see.
    #[error("there is no such announcement")]
    NotFound,
    /// It was not written, or not shown to anybody.
    #[error(transparent)]
    Announce(#[from] AnnounceError),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Denied> for PostError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

/// For whom it is meant, as another system says it.
#[derive(Debug, Clone)]
pub enum ForWhom {
    /// Those for whom a predicate holds.
    Predicate(Written),
    /// Those in a segment of the account, as it is now.
    Segment(SegmentId),
    /// Every friend of the account.
    AllFriends,
    /// The account's staff group.
    StaffGroup,
}

/// What may be written: checked, and nothing of it done.
pub struct Ready {
    draft: Draft,
    writes: Actor<WriteDrafts>,
    /// Who shows it to a second person; `None`: nobody does yet.
    submits: Option<Actor<Announce>>,
}

/// How an announcement stands.
pub struct Standing {
    /// It.
    pub announcement: Announcement,
    /// How many people stand where; `None`: it was never approved.
    pub progress: Option<Progress>,
}

fn account_of<'a>(ctx: &'a Ctx, key: &CheckedKey) -> Result<&'a Account, PostError> {
    ctx.library.account(&key.key().account).ok_or(PostError::Announce(AnnounceError::NoAccount))
}

fn today(ctx: &Ctx, account: &Account) -> jiff::civil::Date {
    ctx.clock.now().to_zoned(account.time_zone.clone()).date()
}

/// Checks what is posted. The audience of `draft` is replaced by `whom`. What is to be shown to a second person at once
/// has to be fit to go out; a draft may be unfinished.
pub async fn check(
    ctx: &Ctx,
    key: &CheckedKey,
    (mut draft, whom): (Draft, ForWhom),
    submits: bool,
) -> Result<Ready, PostError> {
    let account = account_of(ctx, key)?;
    let day = today(ctx, account);
    let writes = key.actor::<WriteDrafts>(day)?;
    let submits = submits.then(|| key.actor::<Announce>(day)).transpose()?;
    match (&key.key().department, &draft.content.department) {
        (Some(own), None) => draft.content.department = Some(own.clone()),
        (Some(own), Some(named)) if own != named => return Err(PostError::Department),
        _ => {}
    }
    check_department(ctx, &account.id, draft.content.department.as_ref()).map_err(|error| match error {
        StaffError::Store(error) => PostError::Store(error),
        _ => PostError::Department,
    })?;
    draft.audience = match whom {
        ForWhom::Predicate(predicate) => Audience::Picked { predicate, segment: None },
        ForWhom::Segment(id) => {
            let known = ctx.store.list_segments(&account.id).await?.into_iter().map(|known| known.value);
            let named = known.into_iter().find(|named| named.id == id && !named.removed);
            let predicate = named.ok_or(PostError::NoSegment)?.predicate;
            Audience::Picked { predicate, segment: Some(id) }
        }
        ForWhom::AllFriends => Audience::AllFriends,
        ForWhom::StaffGroup => Audience::StaffGroup,
    };
    if let Audience::Picked { predicate, .. } = &draft.audience {
        segment::read_again(predicate, &account.attributes).map_err(PostError::Predicate)?;
    }
    let faults = draft.content.faults();
    if submits.is_some() && !faults.is_empty() {
        return Err(PostError::Content(faults));
    }
    Ok(Ready { draft, writes, submits })
}

/// What an earlier post under this idempotency key came to; `None`: there was none, or it was not answered.
pub async fn known(
    ctx: &Ctx,
    key: &CheckedKey,
    name: &Hash,
    body: &Hash,
) -> Result<Option<Answered>, StoreError> {
    let key = key.key();
    let known = ctx.store.known_post(&key.account, key.id, name, body).await?;
    Ok(known.filter(|known| !matches!(known, Answered::Makes(_))))
}

/// What is known of a post: the hash of its idempotency key, and of everything that was posted. One that is not known is
/// noted.
pub async fn begin(ctx: &Ctx, key: &CheckedKey, name: Hash, body: Hash) -> Result<Answered, StoreError> {
    let (at, makes) = (ctx.clock.now(), AnnouncementId(ctx.ids.uuid_v7()));
    let forget = at.checked_sub(REMEMBERED).unwrap_or(at);
    let key = key.key();
    ctx.store.begin_post(&key.account, key.id, Once { name, body, at, makes }, forget).await
}

/// Keeps the answer for whoever posts the same again.
pub async fn end(ctx: &Ctx, key: &CheckedKey, name: &Hash, answer: String) -> Result<(), StoreError> {
    ctx.store.end_post(&key.key().account, key.key().id, name, answer).await
}

/// Writes it under the id that belongs to the post and, where that was asked, shows it to a second person. Whatever of
/// that was done by an earlier try is not done again.
pub async fn post(ctx: &Ctx, id: AnnouncementId, ready: Ready) -> Result<(), AnnounceError> {
    let Ready { draft, writes, submits } = ready;
    match write_as(ctx, &writes, id, draft.clone(), None).await {
        // Or an earlier try has written it.
        Ok(_) | Err(AnnounceError::Store(StoreError::Conflict)) => {}
        Err(error) => return Err(error),
    }
    let Some(submits) = submits else { return Ok(()) };
    let known = super::open(ctx, &writes, id).await?;
    let is_as_posted = known.value.draft == draft && Ok(known.value.way.author()) == writes.doer().person();
    if *known.value.way.stage() == Stage::Draft && is_as_posted {
        submit(ctx, &submits, (id, known.version)).await?;
    }
    Ok(())
}

/// How an announcement stands. A key sees what it began; to see all it needs a scope for that.
pub async fn stands(ctx: &Ctx, key: &CheckedKey, id: AnnouncementId) -> Result<Standing, PostError> {
    let day = today(ctx, account_of(ctx, key)?);
    let (announcement, seen) = match key.actor::<SeeFigures>(day) {
        Ok(actor) => (look::open(ctx, &actor, id).await, look::progress(ctx, &actor, id).await),
        Err(_) => {
            let actor = key.actor::<WriteDrafts>(day)?;
            (look::open(ctx, &actor, id).await, look::progress(ctx, &actor, id).await)
        }
    };
    let announcement = match announcement {
        Ok(known) => known.value,
        Err(AnnounceError::NotFound) => return Err(PostError::NotFound),
        Err(error) => return Err(error.into()),
    };
    let may_see_all = key.actor::<SeeFigures>(day).is_ok();
    if !may_see_all && announcement.begun_by != Who::ApiKey(key.key().id) {
        return Err(PostError::NotFound);
    }
    Ok(Standing { announcement, progress: seen?.progress })
}
