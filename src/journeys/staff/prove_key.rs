//! Proving by a security key: the question that is put to it, and the judgement of what it says.

use super::{
    super::Ctx,
    Assertion, Refused, RelyingParty, count_attempt, own_note, settle_attempt,
    webauthn::{self, Unsound},
};
use crate::{
    domain::{
        audit::{Action, Who},
        id::StaffId,
        staff::{Challenge, Failures, Hash, KeyId, Origin, Purpose, SecurityKey},
    },
    store::StoreError,
};

/// A question, and the keys that may answer it (or, where one is to be added, those that are known).
#[derive(Debug)]
pub struct Asked {
    /// To be signed, within [`Challenge::LIFE`].
    pub challenge: [u8; 32],
    /// The person's keys, oldest first.
    pub keys: Vec<SecurityKey>,
}

/// Puts a question to the keys of somebody, within a session.
pub async fn ask(ctx: &Ctx, staff: StaffId, session: &Hash) -> Result<Asked, StoreError> {
    put(ctx, staff, session, Purpose::Prove).await
}

pub(super) async fn put(
    ctx: &Ctx,
    staff: StaffId,
    session: &Hash,
    purpose: Purpose,
) -> Result<Asked, StoreError> {
    let keys = ctx.store.load_credentials(staff).await?.value.keys;
    let mut challenge = [0; 32];
    ctx.entropy.fill(&mut challenge);
    let until = ctx.clock.now() + Challenge::LIFE;
    let kept = Challenge { bytes: Hash(challenge), purpose, until };
    ctx.store.keep_challenge(session, kept).await?;
    Ok(Asked { challenge, keys })
}

/// Takes the question away that is being answered; it does not count a second time, right or wrong.
pub(super) async fn take(
    ctx: &Ctx,
    session: &Hash,
    client_data: &[u8],
    purpose: Purpose,
) -> Result<Result<(), Unsound>, StoreError> {
    let bytes = match webauthn::challenge_of(client_data) {
        Ok(bytes) => bytes,
        Err(unsound) => return Ok(Err(unsound)),
    };
    let taken = ctx.store.take_challenge(session, &bytes).await?;
    let is_open = taken.is_some_and(|challenge| challenge.is_open(purpose, ctx.clock.now()));
    Ok(if is_open { Ok(()) } else { Err(Unsound::Challenge) })
}

/// Judges what a key said; like a code it counts as a failed attempt until it is known to be right.
pub(super) async fn judge(
    ctx: &Ctx,
    party: &RelyingParty,
    staff: StaffId,
    session: &Hash,
    assertion: &Assertion,
    origin: &Origin,
) -> Result<&'static str, Refused> {
    let counted = count_attempt(ctx, staff).await?;
    let (mut credentials, now) = (counted.value, ctx.clock.now());
    if let Err(unsound) = take(ctx, session, &assertion.client_data, Purpose::Prove).await? {
        return Err(refuse(ctx, staff, origin, None, unsound).await?);
    }
    let Some(key) = credentials.keys.iter_mut().find(|key| key.credential == assertion.credential) else {
        return Err(refuse(ctx, staff, origin, None, Unsound::UnknownKey).await?);
    };
    let id = key.id;
    let right = webauthn::check_assertion(party, key, assertion)
        .and_then(|counter| key.count(counter, now).map_err(|_| Unsound::Counter));
    if let Err(unsound) = right {
        return Err(refuse(ctx, staff, origin, Some(id), unsound).await?);
    }
    credentials.failures = Failures::default();
    let mut note = own_note(now, staff, &origin.address, Action::KeyUsed);
    note.detail.push(("key".into(), id.to_string()));
    settle_attempt(ctx, staff, credentials, counted.version, Some(note)).await?;
    Ok("security-key")
}

/// Writes down that a key, or what came in its name, was refused.
pub(super) async fn refuse(
    ctx: &Ctx,
    staff: StaffId,
    origin: &Origin,
    key: Option<KeyId>,
    why: Unsound,
) -> Result<Refused, StoreError> {
    let mut note = own_note(ctx.clock.now(), staff, &origin.address, Action::KeyRefused);
    note.actor = Who::Nobody;
    note.detail.push(("why".into(), why.to_string()));
    note.detail.extend(key.map(|key| ("key".into(), key.to_string())));
    ctx.store.append_audit(note).await?;
    Ok(Refused::Wrong)
}
