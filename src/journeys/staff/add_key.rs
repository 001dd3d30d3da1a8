//! Adding a security key: the first second factor of somebody, or one beside what is there.

use super::{
    super::Ctx,
    Attestation, Refused, RelyingParty,
    enrol::{self, Enrolled},
    own_note,
    prove_key::{self, Asked},
    secret::recovery_hash,
    sign_in, webauthn,
};
use crate::{
    domain::{
        audit::Action,
        id::StaffId,
        staff::{Hash, KeyId, KeyName, MOST_KEYS, Origin, Purpose, SecurityKey, Session, Stage, Strength},
    },
    store::{
        StoreError,
        staff::{Sessions, Versioned},
    },
};

/// How browsers reach keys, by the names that Web Authentication has for it (section 5.8.4).
const TRANSPORTS: [&str; 6] = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

/// The algorithms that are offered to a key, by COSE's numbers, the preferred one first.
pub const ALGORITHMS: [i8; 2] = [webauthn::ES256, webauthn::EDDSA];

/// What became of it.
pub enum Added {
    /// It stands beside what was there.
    Beside,
    /// It is the person's first second factor.
    First(Enrolled),
}

/// Why a key was not added.
#[derive(Debug, thiserror::Error)]
pub enum NotAdded {
    /// It did not answer as a key does, or too late, or it is one of the person's already.
    #[error("the key did not answer as it should")]
    Wrong,
    /// There are [`MOST_KEYS`] already.
    #[error("there are as many keys as a person may have")]
    TooMany,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts the question to a new key. `None`: this session may not add one.
pub async fn ask(ctx: &Ctx, session: &Session, token: &Hash) -> Result<Option<Asked>, StoreError> {
    if session.stage == Stage::SecondFactor {
        return Ok(None);
    }
    prove_key::put(ctx, session.staff, token, Purpose::Add).await.map(Some)
}

/// Takes what the key said. As a first second factor it brings recovery codes, a new token and, from now
/// on, two factors.
pub async fn add_key(
    ctx: &Ctx,
    party: &RelyingParty,
    session: &Session,
    token: &Hash,
    name: KeyName,
    attestation: &Attestation,
    origin: Origin,
) -> Result<Added, NotAdded> {
    let staff = session.staff;
    let answered = prove_key::take(ctx, token, &attestation.client_data, Purpose::Add).await?;
    let new = match answered.and_then(|()| webauthn::check_attestation(party, attestation)) {
        Ok(new) => new,
        Err(unsound) => return Err(refused(ctx, staff, &origin, unsound).await?),
    };
    let Versioned { value: mut credentials, version } = ctx.store.load_credentials(staff).await?;
    // Whoever came in with the password alone may set up the first second factor and never one beside.
    let may = match session.stage {
        Stage::SecondFactor => false,
        Stage::Enrol => !credentials.has_second(),
        Stage::Full => !credentials.has_second() || session.strength == Strength::TwoFactors,
    };
    if !may || credentials.keys.iter().any(|key| key.credential == new.id) {
        return Err(NotAdded::Wrong);
    }
    if credentials.keys.len() >= MOST_KEYS {
        return Err(NotAdded::TooMany);
    }
    let (is_first, now, id) = (!credentials.has_second(), ctx.clock.now(), KeyId(ctx.ids.uuid_v7()));
    let known = |transport: &String| TRANSPORTS.contains(&transport.as_str());
    credentials.keys.push(SecurityKey {
        id,
        name,
        credential: new.id,
        public: new.public,
        counter: new.counter,
        transports: attestation.transports.iter().filter(|one| known(one)).cloned().collect(),
        since: now,
        used: None,
    });
    let mut note = own_note(now, staff, &origin.address, Action::KeyAdded);
    note.detail.push(("key".into(), id.to_string()));
    if !is_first {
        ctx.store.change_credentials(staff, credentials, version, Sessions::Keep, Some(note)).await?;
        return Ok(Added::Beside);
    }
    let recovery_codes = enrol::codes(ctx);
    credentials.recovery = recovery_codes.iter().map(|code| recovery_hash(code)).collect();
    credentials.reset = None;
    // Sessions that were opened with less end.
    let others = Sessions::EndOthers(*token);
    ctx.store.change_credentials(staff, credentials, version, others, Some(note)).await?;
    let (stage, strength) = (Stage::Full, Strength::TwoFactors);
    let begun = sign_in::begin(ctx, staff, stage, strength, origin, Some(*token), "security-key").await?;
    Ok(Added::First(Enrolled { token: begun.token, recovery_codes }))
}

async fn refused(
    ctx: &Ctx,
    staff: StaffId,
    origin: &Origin,
    why: webauthn::Unsound,
) -> Result<NotAdded, StoreError> {
    match prove_key::refuse(ctx, staff, origin, None, why).await? {
        Refused::Store(error) => Err(error),
        Refused::Wrong | Refused::Wait(_) => Ok(NotAdded::Wrong),
    }
}
