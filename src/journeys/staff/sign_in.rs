//! Signing in: the password, then the second factor, each a step with a token of its own; signing out.

use super::{
    super::Ctx, Assertion, Refused, RelyingParty, Secret, count_attempt, own_note, prove_key,
    recognise::Halfway, return_from_sign_on, secret::recovery_hash, settle_attempt, totp,
};
use crate::{
    domain::{
        audit::{Action, Note, Who},
        id::StaffId,
        staff::{
            Credentials, Failures, Hash, LoginName, Origin, SecondFactor, Session, SessionId, Staff, Stage,
            Strength,
        },
    },
    store::{StoreError, staff::Versioned},
};

/// So many attempts more than a name has an address: behind it may sit a whole city hall.
const FREE_OF_AN_ADDRESS: u32 = 40;

/// A step that went well: the token for the browser, and how far it leads.
#[derive(Debug)]
pub struct Begun {
    /// For the cookie; nobody else gets it.
    pub token: Secret,
    /// What comes next.
    pub stage: Stage,
}

/// The first step: name and password.
pub async fn sign_in(ctx: &Ctx, login: &str, password: &str, origin: Origin) -> Result<Begun, Refused> {
    let now = ctx.clock.now();
    let passwords = &ctx.passwords;
    if let Some(wait) = passwords.count_attempt(&origin.address, FREE_OF_AN_ADDRESS, now) {
        return Err(Refused::Wait(wait));
    }
    let name = login.parse::<LoginName>();
    let staff = match &name {
        Ok(name) => ctx.store.load_staff_by_login(name).await?,
        Err(_) => None,
    };
    let Some(staff) = staff.map(|staff| staff.value) else {
        // A name that nobody has waits like one that somebody has, and costs as much.
        let name = name.map_or_else(|_| String::new(), String::from);
        if let Some(wait) = passwords.count_attempt(&format!("name {name}"), 0, now) {
            return Err(Refused::Wait(wait));
        }
        passwords.verify(password, None).await;
        // Written down as well: otherwise the missing write would tell, by its time, that there is nobody.
        let mut note = refusal(ctx, &origin, "password");
        note.object = "unknown".into();
        ctx.store.append_audit(note).await?;
        return Err(Refused::Wrong);
    };
    let Versioned { value: credentials, version } = count_attempt(ctx, staff.id).await?;
    let right = passwords.verify(password, credentials.password.as_deref()).await;
    if !right || !ctx.has_access(&staff) {
        return Err(refuse(ctx, staff.id, &origin, "password").await?);
    }
    passwords.forget_attempts(&origin.address);
    let stage = stage_after_password(&staff, &credentials);
    if stage == Stage::Full {
        // With a second factor to come, the count of failures stays until that was right too.
        let cleared = Credentials { failures: Failures::default(), ..credentials };
        settle_attempt(ctx, staff.id, cleared, version, None).await?;
    }
    Ok(begin(ctx, staff.id, stage, Strength::Password, origin, None, "password").await?)
}

/// What comes after a right password.
pub(super) fn stage_after_password(staff: &Staff, credentials: &Credentials) -> Stage {
    match (credentials.has_second(), staff.needs_second_factor()) {
        (true, _) => Stage::SecondFactor,
        (false, true) => Stage::Enrol,
        (false, false) => Stage::Full,
    }
}

/// A proof of the second factor, as it came.
pub enum Proof<'a> {
    /// A code of the app, or one of the recovery codes.
    Code(&'a str),
    /// What a security key said to the console under this name.
    Key(&'a RelyingParty, &'a Assertion),
    /// A sign-in at the city's single sign-on, which came back into this session a moment ago. Good for a grave
    /// act; on the way in it is the return itself that counts.
    SignOn,
}

/// The second step: a code, or a security key.
pub async fn prove(ctx: &Ctx, halfway: &Halfway, proof: Proof<'_>, origin: Origin) -> Result<Begun, Refused> {
    let staff = halfway.staff.id;
    if halfway.session.stage != Stage::SecondFactor {
        return Err(Refused::Wrong);
    }
    let how = judge(ctx, staff, &halfway.token, proof, &origin).await?;
    Ok(begin(ctx, staff, Stage::Full, Strength::TwoFactors, origin, Some(halfway.token), how).await?)
}

/// Judges a proof, which is spent by that, and says of which kind it was.
pub(super) async fn judge(
    ctx: &Ctx,
    staff: StaffId,
    session: &Hash,
    proof: Proof<'_>,
    origin: &Origin,
) -> Result<&'static str, Refused> {
    let code = match proof {
        Proof::Code(code) => code,
        Proof::Key(party, assertion) => {
            return prove_key::judge(ctx, party, staff, session, assertion, origin).await;
        }
        Proof::SignOn => return return_from_sign_on::judge(ctx, staff, session, origin).await,
    };
    let Versioned { value: mut credentials, version } = count_attempt(ctx, staff).await?;
    let (right, how) = if totp::is_code(code) {
        let step = match &credentials.second {
            Some(SecondFactor::Totp(totp)) => totp::step_of(&totp.seed, code, ctx.clock.now()),
            None => None,
        };
        (step.is_some_and(|step| credentials.use_step(step)), "totp")
    } else {
        (credentials.use_recovery_code(&recovery_hash(code)), "recovery-code")
    };
    if !right {
        return Err(refuse(ctx, staff, origin, how).await?);
    }
    credentials.failures = Failures::default();
    let note = (how == "recovery-code").then(|| {
        let mut note = own_note(ctx.clock.now(), staff, &origin.address, Action::RecoveryCodeUsed);
        note.detail.push(("left".into(), credentials.recovery.len().to_string()));
        note
    });
    settle_attempt(ctx, staff, credentials, version, note).await?;
    Ok(how)
}

/// Writes a refused attempt down.
pub(super) async fn refuse(
    ctx: &Ctx,
    staff: StaffId,
    origin: &Origin,
    how: &str,
) -> Result<Refused, StoreError> {
    let note = Note { object: staff.to_string(), ..refusal(ctx, origin, how) };
    ctx.store.append_audit(note).await?;
    Ok(Refused::Wrong)
}

fn refusal(ctx: &Ctx, origin: &Origin, how: &str) -> Note {
    Note {
        at: ctx.clock.now(),
        actor: Who::Nobody,
        action: Action::SignInRefused,
        object: String::new(),
        account: None,
        from: Some(origin.address.clone()),
        detail: vec![("by".into(), how.to_owned())],
    }
}

/// Begins a session, in place of the one of the step before.
pub(super) async fn begin(
    ctx: &Ctx,
    staff: StaffId,
    stage: Stage,
    strength: Strength,
    origin: Origin,
    replaces: Option<Hash>,
    how: &str,
) -> Result<Begun, StoreError> {
    let now = ctx.clock.now();
    let token = Secret::new(&*ctx.entropy);
    let mut form_key = [0; 32];
    ctx.entropy.fill(&mut form_key);
    let note = (stage == Stage::Full).then(|| {
        let mut note = own_note(now, staff, &origin.address, Action::SignedIn);
        note.detail.push(("by".into(), how.to_owned()));
        note
    });
    let session = Session {
        id: SessionId(ctx.ids.uuid_v7()),
        staff,
        stage,
        strength,
        begun: now,
        seen: now,
        proved: now,
        origin,
        form_key: Hash(form_key),
        offered_seed: None,
        signed_on: None,
    };
    ctx.store.begin_session(&token.hash(), session, replaces, note).await?;
    Ok(Begun { token, stage })
}

/// Ends the session, at whatever step it is.
pub async fn sign_out(ctx: &Ctx, session: &Session, origin: &Origin) -> Result<(), StoreError> {
    let note = own_note(ctx.clock.now(), session.staff, &origin.address, Action::SignedOut);
    ctx.store.end_session(session.staff, session.id, note).await.map(drop)
}
