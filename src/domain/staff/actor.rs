//! Who acts, with which right, on which account: values that exist only if it was checked.

use std::{fmt, marker::PhantomData};

use jiff::civil::Date;

use super::{Department, Permission, Right, Role, Session, Staff, StaffId, Stage, Strength};
use crate::domain::{
    api_key::ApiKey,
    audit::{Action, Note, Who},
    id::AccountId,
    time::Timestamp,
};

/// A session that was checked: alive, fully signed in. Made by [`Checked::check`] alone.
#[derive(Debug, Clone)]
pub struct Checked {
    staff: Staff,
    session: Session,
    now: Timestamp,
}

/// Why somebody may not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denied {
    /// The right that is missing.
    pub right: Right,
    /// Why.
    pub reason: Reason,
}

/// What stands between somebody and a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The account is not one of theirs, or not on this day. Whether it exists is not told.
    NotAMember,
    /// None of their roles grants it.
    NoRole,
    /// A role grants it, but the session was opened without a second factor.
    NoSecondFactor,
}

impl Checked {
    /// Takes a session that is alive and fully signed in, of the person given.
    pub fn check(staff: Staff, session: Session, now: Timestamp) -> Option<Self> {
        let sound = session.staff == staff.id && session.stage == Stage::Full && session.is_alive(now);
        sound.then_some(Self { staff, session, now })
    }

    /// The person.
    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The moment of the check.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether the right is there on the account; `today` is the account's day.
    pub fn may(&self, right: Right, account: &AccountId, today: Date) -> Result<(), Denied> {
        let denied = |reason| Err(Denied { right, reason });
        match self.staff.membership(account) {
            Some(membership) if membership.holds(today) => {
                if !membership.grants(right) {
                    denied(Reason::NoRole)
                } else if right.needs_second_factor() && self.session.strength != Strength::TwoFactors {
                    denied(Reason::NoSecondFactor)
                } else {
                    Ok(())
                }
            }
            _ => denied(Reason::NotAMember),
        }
    }

    /// The proof of the right, for journeys.
    pub fn actor<R: Permission>(&self, account: &AccountId, today: Date) -> Result<Actor<R>, Denied> {
        self.may(R::RIGHT, account, today)?;
        let membership =
            self.staff.membership(account).ok_or(Denied { right: R::RIGHT, reason: Reason::NotAMember })?;
        Ok(Actor {
            doer: Doer {
                who: Who::Staff(self.staff.id),
                behind: None,
                from: Some(self.session.origin.address.clone()),
                department: membership.department.clone(),
                roles: membership.roles.clone(),
            },
            account: account.clone(),
            right: PhantomData,
        })
    }
}

/// A key that another system has shown, with the person who answers for it. Made by [`CheckedKey::check`] alone.
#[derive(Debug, Clone)]
pub struct CheckedKey {
    key: ApiKey,
    owner: Staff,
    /// The address from which it was shown.
    from: String,
}

impl CheckedKey {
    /// Takes a key whose secret was shown, with the person whom it names.
    pub fn check(key: ApiKey, owner: Staff, from: String) -> Option<Self> {
        (key.owner == owner.id).then_some(Self { key, owner, from })
    }

    /// The key.
    pub fn key(&self) -> &ApiKey {
        &self.key
    }

    /// The proof of the right, for journeys: one of its scopes has to stand for it, and the person who answers for it
    /// has to have it on this day. Second factors are asked of whoever makes a key, not of machines.
    pub fn actor<R: Permission>(&self, today: Date) -> Result<Actor<R>, Denied> {
        let denied = |reason| Err(Denied { right: R::RIGHT, reason });
        let ApiKey { id, account, scopes, department, owner, .. } = &self.key;
        match self.owner.membership(account) {
            Some(membership) if membership.holds(today) => {
                let is_scope = scopes.iter().any(|scope| scope.right() == R::RIGHT);
                if !is_scope || !membership.grants(R::RIGHT) {
                    return denied(Reason::NoRole);
                }
            }
            _ => return denied(Reason::NotAMember),
        }
        Ok(Actor {
            doer: Doer {
                who: Who::ApiKey(*id),
                behind: Some(*owner),
                from: Some(self.from.clone()),
                department: department.clone(),
                roles: Vec::new(),
            },
            account: account.clone(),
            right: PhantomData,
        })
    }
}

/// Who does something, for the audit and for rules such as "not the author".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doer {
    /// The person, or the machine.
    pub who: Who,
    /// The person who answers for it, where a key acts.
    pub behind: Option<StaffId>,
    /// The address from which they act.
    pub from: Option<String>,
    /// Their department on the account.
    pub department: Option<Department>,
    /// Their roles on the account.
    pub roles: Vec<Role>,
}

/// The command line is nobody in particular, and this has to be somebody's act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("only a person can do this: sign in to the console")]
pub struct NotAPerson;

impl Doer {
    /// The member of staff, where it is one, or where one answers for it.
    pub fn person(&self) -> Result<StaffId, NotAPerson> {
        match self.who {
            Who::Staff(id) => Ok(id),
            Who::ApiKey(_) => self.behind.ok_or(NotAPerson),
            Who::CommandLine | Who::System | Who::Nobody => Err(NotAPerson),
        }
    }

    /// Whether this is the person.
    pub fn is(&self, staff: StaffId) -> bool {
        self.person() == Ok(staff)
    }
}

/// Somebody who has the right `R` on one account. A journey that needs the right takes one of these.
pub struct Actor<R> {
    doer: Doer,
    account: AccountId,
    right: PhantomData<R>,
}

impl<R: Permission> Actor<R> {
    /// The account on which the right holds. A journey works on this account and no other.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Who it is.
    pub fn doer(&self) -> &Doer {
        &self.doer
    }

    /// What the audit keeps of an act; `object` is an id, never a name.
    pub fn note(&self, at: Timestamp, action: Action, object: impl fmt::Display) -> Note {
        Note {
            at,
            actor: self.doer.who,
            action,
            object: object.to_string(),
            account: Some(self.account.clone()),
            from: self.doer.from.clone(),
            detail: Vec::new(),
        }
    }
}

impl<R> Clone for Actor<R> {
    fn clone(&self) -> Self {
        Self { doer: self.doer.clone(), account: self.account.clone(), right: PhantomData }
    }
}

impl<R: Permission> fmt::Debug for Actor<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Actor({}, {:?} on {})", self.doer.who, R::RIGHT, self.account)
    }
}

/// Whoever types commands on the machine itself, as the owner of the data folder. Named by `cli` and `app`
/// only, which `tests/architecture.rs` holds.
#[derive(Debug, Clone, Copy)]
pub struct Machine;

impl Machine {
    /// The command line has every right: its user could read the master key anyway.
    pub fn actor<R: Permission>(self, account: &AccountId) -> Actor<R> {
        let doer =
            Doer { who: Who::CommandLine, behind: None, from: None, department: None, roles: Vec::new() };
        Actor { doer, account: account.clone(), right: PhantomData }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{
        super::rights::{ManageStaff, ViewConsole},
        *,
    };
    use crate::domain::staff::{Hash, Membership, Origin, SessionId};

    fn checked(roles: &[Role], strength: Strength, until: Option<Date>) -> Checked {
        let id = StaffId(Uuid::from_u128(1));
        let membership = Membership {
            account: "todoke".parse().unwrap(),
            roles: roles.to_vec(),
            department: None,
            from: None,
            until,
        };
        let staff = Staff {
            id,
            login: "hanako".parse().unwrap(),
            name: "花子".parse().unwrap(),
            memberships: vec![membership],
        };
        let now = Timestamp::UNIX_EPOCH;
        let session = Session {
            id: SessionId(Uuid::from_u128(2)),
            staff: id,
            stage: Stage::Full,
            strength,
            begun: now,
            seen: now,
            proved: now,
            origin: Origin { address: "192.0.2.1".into(), agent: String::new() },
            form_key: Hash([0; 32]),
            offered_seed: None,
            signed_on: None,
        };
        Checked::check(staff, session, now).unwrap()
    }

    #[test]
    fn a_right_needs_a_membership_of_the_day_a_role_and_where_demanded_two_factors() {
        let (todoke, minato) = ("todoke".parse().unwrap(), "minato".parse().unwrap());
        let day = jiff::civil::date(2027, 3, 31);
        let why = |checked: &Checked, account: &AccountId, day| {
            checked.actor::<ManageStaff>(account, day).err().map(|denied| denied.reason)
        };
        let admin = checked(&[Role::Administrator], Strength::TwoFactors, Some(day));
        assert_eq!(why(&admin, &todoke, day), None);
        assert_eq!(why(&admin, &minato, day), Some(Reason::NotAMember));
        assert_eq!(why(&admin, &todoke, day.tomorrow().unwrap()), Some(Reason::NotAMember));
        let weak = checked(&[Role::Administrator], Strength::Password, None);
        assert_eq!(why(&weak, &todoke, day), Some(Reason::NoSecondFactor));
        assert!(weak.actor::<ViewConsole>(&todoke, day).is_ok());
        let viewer = checked(&[Role::Viewer], Strength::TwoFactors, None);
        assert_eq!(why(&viewer, &todoke, day), Some(Reason::NoRole));
    }

    #[test]
    fn a_key_can_do_what_its_scopes_say_and_no_more_than_the_person_behind_it() {
        use super::super::rights::{Announce, Approve, WriteDrafts};
        use crate::domain::{api_key::Scope, id::ApiKeyId};
        let day = jiff::civil::date(2027, 3, 31);
        let key = |role: Role, scopes: &[Scope]| {
            let owner = checked(&[role], Strength::Password, Some(day)).staff().clone();
            let key = ApiKey {
                id: ApiKeyId(Uuid::from_u128(7)),
                account: "todoke".parse().unwrap(),
                label: "気象".parse().unwrap(),
                scopes: scopes.to_vec(),
                department: None,
                owner: owner.id,
                made: Timestamp::UNIX_EPOCH,
            };
            CheckedKey::check(key, owner, "192.0.2.1".into()).unwrap()
        };
        let both = key(Role::Announcer, &[Scope::Draft, Scope::Submit]);
        let actor = both.actor::<WriteDrafts>(day).unwrap();
        assert_eq!(actor.doer().who, Who::ApiKey(ApiKeyId(Uuid::from_u128(7))));
        assert_eq!(actor.doer().person(), Ok(StaffId(Uuid::from_u128(1))), "somebody answers for it");
        assert!(both.actor::<Announce>(day).is_ok());
        let why = |denied: Result<Actor<Announce>, Denied>| denied.unwrap_err().reason;
        assert_eq!(why(both.actor(day.tomorrow().unwrap())), Reason::NotAMember, "whoever left has no keys");
        assert_eq!(why(key(Role::Announcer, &[Scope::Draft]).actor(day)), Reason::NoRole);
        assert_eq!(why(key(Role::OutsidePoster, Scope::ALL).actor(day)), Reason::NoRole);
        assert!(key(Role::Approver, Scope::ALL).actor::<Approve>(day).is_err(), "no scope approves");
        let stranger = Staff { id: StaffId(Uuid::from_u128(9)), ..both.owner.clone() };
        assert!(CheckedKey::check(both.key.clone(), stranger, String::new()).is_none());
    }

    #[test]
    fn a_session_ends_after_half_an_hour_of_silence_and_after_twelve_hours() {
        let session = checked(&[Role::Viewer], Strength::Password, None).session().clone();
        let after = |minutes: i64| Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(minutes);
        assert!(session.is_alive(after(30)) && !session.is_alive(after(32)));
        let busy = Session { seen: after(719), ..session };
        assert!(busy.is_alive(after(720)) && !busy.is_alive(after(721)));
        assert!(busy.is_fresh(after(5)) && !busy.is_fresh(after(6)));
    }
}
