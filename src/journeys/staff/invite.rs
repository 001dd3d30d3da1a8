//! Inviting: an administrator hands over a link that is good once and for a week; whoever opens it sets a
//! password.

use super::{
    super::Ctx,
    Secret, StaffError, check_department, note, own_note,
    passwords::{Passwords, WeakPassword},
    sign_in::{self, Begun},
};
use crate::{
    domain::{
        audit::Action,
        id::StaffId,
        staff::{
            Actor, Credentials, Failures, Invitation, LoginName, Membership, Origin, PersonName, Staff,
            Strength, rights::ManageStaff,
        },
    },
    store::{StoreError, staff::Added},
};

/// Somebody new, as typed by an administrator.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// What is typed at sign-in.
    pub login: LoginName,
    /// The name for people.
    pub name: PersonName,
    /// What the person is; its account must be the administrator's.
    pub membership: Membership,
}

/// Somebody who was invited.
#[derive(Debug)]
pub struct Invited {
    /// Who.
    pub staff: StaffId,
    /// The secret of the link, to be handed over.
    pub secret: Secret,
}

/// Adds somebody with an invitation.
pub async fn add_staff(ctx: &Ctx, actor: &Actor<ManageStaff>, new: NewStaff) -> Result<Invited, StaffError> {
    check_membership(ctx, actor, &new.membership)?;
    let staff = Staff {
        id: StaffId(ctx.ids.uuid_v7()),
        login: new.login,
        name: new.name,
        memberships: vec![new.membership],
    };
    let (invitation, secret) = invitation(ctx, staff.id);
    let mut note = note(ctx, actor, Action::StaffAdded, staff.id);
    note.detail = about(&staff.memberships[0]);
    let id = staff.id;
    match ctx.store.add_staff(staff, invitation, note).await? {
        Added::Added => Ok(Invited { staff: id, secret }),
        Added::LoginTaken => Err(StaffError::LoginTaken),
    }
}

/// Invites somebody again, for example after a forgotten password. The second factor stays.
pub async fn invite_again(
    ctx: &Ctx,
    actor: &Actor<ManageStaff>,
    staff: StaffId,
) -> Result<Invited, StaffError> {
    require_of_account(ctx, actor, staff).await?;
    let (invitation, secret) = invitation(ctx, staff);
    ctx.store.invite(invitation, note(ctx, actor, Action::InvitationMade, staff)).await?;
    Ok(Invited { staff, secret })
}

/// Why an invitation was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum NotAccepted {
    /// It was used, replaced, or its week is over.
    #[error("the invitation is no longer good")]
    Over,
    /// The password is not worth much.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whose invitation it is, while it is good.
pub async fn load_invited(ctx: &Ctx, secret: &Secret) -> Result<Option<Staff>, StoreError> {
    let invitation = ctx.store.load_invitation(&secret.hash()).await?;
    match invitation.filter(|invitation| invitation.is_open(ctx.clock.now())) {
        Some(invitation) => Ok(ctx.store.load_staff(invitation.staff).await?.map(|staff| staff.value)),
        None => Ok(None),
    }
}

/// Uses the invitation and sets the password; what comes next is a second factor where one is needed.
pub async fn accept(
    ctx: &Ctx,
    secret: &Secret,
    password: &str,
    origin: Origin,
) -> Result<Begun, NotAccepted> {
    let staff = load_invited(ctx, secret).await?.ok_or(NotAccepted::Over)?;
    Passwords::check(password, staff.login.as_str())?;
    let hash = ctx.passwords.hash(password).await;
    let old = ctx.store.load_credentials(staff.id).await?.value;
    let stage = sign_in::stage_after_password(&staff, &old);
    let credentials = Credentials { password: Some(hash), failures: Failures::default(), ..old };
    let note = own_note(ctx.clock.now(), staff.id, &origin.address, Action::InvitationUsed);
    if !ctx.store.use_invitation(&secret.hash(), ctx.clock.now(), credentials, note).await? {
        return Err(NotAccepted::Over);
    }
    Ok(sign_in::begin(ctx, staff.id, stage, Strength::Password, origin, None, "invitation").await?)
}

pub(super) fn invitation(ctx: &Ctx, staff: StaffId) -> (Invitation, Secret) {
    let secret = Secret::new(&*ctx.entropy);
    let until = ctx.clock.now() + Invitation::LIFE;
    (Invitation { staff, token: secret.hash(), until }, secret)
}

/// The person, if one of the actor's account.
pub(super) async fn require_of_account(
    ctx: &Ctx,
    actor: &Actor<ManageStaff>,
    staff: StaffId,
) -> Result<crate::store::staff::Versioned<Staff>, StaffError> {
    let found = ctx.store.load_staff(staff).await?;
    found.filter(|staff| staff.value.membership(actor.account()).is_some()).ok_or(StaffError::Unknown)
}

pub(super) fn check_membership(
    ctx: &Ctx,
    actor: &Actor<ManageStaff>,
    membership: &Membership,
) -> Result<(), StaffError> {
    if membership.account != *actor.account() {
        return Err(StaffError::Unknown);
    }
    if membership.roles.is_empty() {
        return Err(StaffError::NoRole);
    }
    if matches!((membership.from, membership.until), (Some(from), Some(until)) if until < from) {
        return Err(StaffError::DaysExchanged);
    }
    check_department(ctx, actor.account(), membership.department.as_ref())
}

/// What the audit says about a membership.
pub(super) fn about(membership: &Membership) -> Vec<(String, String)> {
    let roles: Vec<&str> = membership.roles.iter().map(|role| role.code()).collect();
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
    vec![
        ("roles".into(), roles.join(" ")),
        ("from".into(), day(membership.from)),
        ("until".into(), day(membership.until)),
    ]
}
