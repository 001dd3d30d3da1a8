//! What a resident changed on the page follows, beside what was said in the chat since the page was made: a
//! page never undoes what it did not show.

use super::{
    OwnDataError, Sender, count,
    form::{self, Filled, Problem, Said, Section, Wrong, name, text},
};
use crate::{
    domain::{
        attribute::{Attribute, Attributes, Kind},
        event::EventKey,
        profile::{Birth, Change, Field, Profile, Slot, Stamp, Value},
        time::Timestamp,
    },
    journeys::{Ctx, groups::enter, pages::LinkError},
    store::StoreError,
};

/// How often a change is worked out anew after somebody else's came before it.
const TRIES: usize = 5;

/// What became of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// It is stored; so it is where there was nothing to change.
    Saved {
        /// Whether the link leads nowhere by now: the page was open for long.
        is_over: bool,
    },
    /// Something is to be mended; nothing was written.
    Problems(Vec<Problem>),
    /// What was to be changed was changed elsewhere since the page was made; nothing was written.
    Meanwhile,
}

/// Takes the form of one attribute.
pub async fn change(
    ctx: &Ctx,
    word: &str,
    submit: &str,
    section: &str,
    filled: &Filled,
) -> Result<Changed, OwnDataError> {
    let now = ctx.clock.now();
    let sender = Sender::read(ctx, word, submit, now).await?;
    let account = ctx.library.account(&sender.link.account).ok_or(LinkError::Unknown)?;
    let attribute = section.parse().ok().and_then(|id| account.attributes.get(&id));
    // The account asks it no more: what the page shows now says so.
    let Some(attribute) = attribute else { return Ok(Changed::Meanwhile) };
    if !sender.visitor.may_change(attribute) {
        return Err(LinkError::Unknown.into());
    }
    let today = now.to_zoned(account.time_zone.clone()).date();
    let code = filled.get(&format!("{}.code", attribute.id)).unwrap_or_default();
    let admission = enter(ctx, &account.id, attribute, code, sender.link.resident).await?;
    let section = match form::read(attribute, filled, today, &admission) {
        Ok(section) => section,
        Err(problems) => return Ok(Changed::Problems(problems)),
    };
    let page = Page { attributes: &account.attributes, made: sender.made, submit };
    write(ctx, &sender, now, "own-data.saved", |profile| page.follow(attribute, &section, profile, now)).await
}

/// Stops every topic that the resident wanted when the page was made.
pub async fn stop(ctx: &Ctx, word: &str, submit: &str) -> Result<Changed, OwnDataError> {
    let now = ctx.clock.now();
    let sender = Sender::read(ctx, word, submit, now).await?;
    let account = ctx.library.account(&sender.link.account).ok_or(LinkError::Unknown)?;
    let page = Page { attributes: &account.attributes, made: sender.made, submit };
    // Topics are open to helpers too, unless the account seals them.
    let stopped = |profile: &Profile| {
        let wanted = profile.iter().filter(|(_, value)| matches!(value, Value::Wanted(_)));
        // What was asked for after the page was made is not what the page is about.
        let shown = wanted.filter(|(field, _)| profile.last_word(field).is_none_or(|at| at <= page.made));
        let known = |field: &Field| {
            let attribute = account.attributes.get(&field.0);
            attribute.is_some_and(|a| is_part(a, &field.1) && sender.visitor.may_change(a))
        };
        let shown = shown.filter(|(field, _)| known(field));
        let said =
            shown.map(|(field, value)| Said { field: field.clone(), was: text(Some(value)), now: None });
        let section = Section { said: said.collect(), ..Section::default() };
        page.merge(&section.said, profile, now)
    };
    write(ctx, &sender, now, "own-data.stopped", stopped).await
}

/// Whether an attribute still has that topic.
fn is_part(attribute: &Attribute, slot: &Slot) -> bool {
    matches!(slot, Slot::Named(topic) if attribute.kind.choice(topic).is_some())
}

/// Works out what follows and writes it, if nothing else was written in between.
pub(super) async fn write(
    ctx: &Ctx,
    sender: &Sender,
    now: Timestamp,
    fact: &str,
    follow: impl Fn(&Profile) -> Result<Vec<Change>, Changed>,
) -> Result<Changed, OwnDataError> {
    let (account, resident) = (&sender.link.account, sender.link.resident);
    let saved = Changed::Saved { is_over: now >= sender.link.until };
    for _ in 0..TRIES {
        let profile = ctx.store.profile(account, resident).await?;
        let changes = match follow(&profile) {
            Ok(changes) => changes,
            Err(refused) => return Ok(refused),
        };
        let is_change = !changes.is_empty();
        match ctx.store.change_profile(account, resident, Some(profile), changes).await {
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
            Ok(None) => return Err(OwnDataError::Nobody(sender.link.language)),
            Ok(Some(_)) => {
                if is_change {
                    count(ctx, &sender.link, fact).await;
                }
                return Ok(saved);
            }
        }
    }
    Err(StoreError::Conflict.into())
}

/// The page that a form came from.
struct Page<'a> {
    attributes: &'a Attributes,
    made: Timestamp,
    submit: &'a str,
}

impl Page<'_> {
    /// What a section says, beside what is stored now.
    fn follow(
        &self,
        attribute: &Attribute,
        section: &Section,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<Vec<Change>, Changed> {
        let mut said = section.said.clone();
        if let Some(birth) = section.child {
            said.extend(self.add(attribute, section, birth, profile)?);
        }
        self.merge(&said, profile, now)
    }

    /// The part for a child more; `None`: this very form has added it already.
    fn add(
        &self,
        attribute: &Attribute,
        section: &Section,
        birth: Birth,
        profile: &Profile,
    ) -> Result<Option<Said>, Changed> {
        let Kind::Children { most } = attribute.kind else { return Ok(None) };
        let known: Vec<(u8, Birth)> = profile.children(&attribute.id).collect();
        let is_added = |(number, known): &(u8, Birth)| *known == birth && !section.shown.contains(number);
        if known.iter().any(is_added) {
            return Ok(None);
        }
        let field = |number| Field(attribute.id.clone(), Slot::Child(number));
        // Somebody whom this page never showed was added and removed since: perhaps by this very form.
        let is_removed = |number: &u8| {
            let is_later = profile.last_word(&field(*number)).is_some_and(|at| at > self.made);
            is_later && profile.get(&field(*number)).is_none() && !section.shown.contains(number)
        };
        if (0..most).any(|number| is_removed(&number)) {
            return Err(Changed::Meanwhile);
        }
        let free = (0..most).find(|number| known.iter().all(|(taken, _)| taken != number));
        let problem = Problem { at: format!("{}.new", attribute.id), wrong: Wrong::Children { most } };
        let number = free.ok_or_else(|| Changed::Problems(vec![problem]))?;
        Ok(Some(Said { field: field(number), was: String::new(), now: Some(Value::Child(birth)) }))
    }

    /// Changes for what differs from what is stored; none at all where something was said of it since.
    fn merge(&self, said: &[Said], profile: &Profile, now: Timestamp) -> Result<Vec<Change>, Changed> {
        let mut changes = Vec::new();
        let at = self.stamp(said, profile, now);
        for Said { field, was, now } in said {
            let known = profile.get(field).map(|(value, _)| value);
            if known == now.as_ref() {
                continue;
            }
            // Whatever was said of the number of a new child before is over.
            let is_new_child = was.is_empty() && matches!(field.1, Slot::Child(_));
            let is_later = profile.last_word(field).is_some_and(|at| at > self.made) && !is_new_child;
            if is_later || text(known) != *was {
                return Err(Changed::Meanwhile);
            }
            let change = Change::new(self.attributes, field.clone(), now.clone(), at);
            let gone = || Changed::Problems(vec![Problem { at: name(field), wrong: Wrong::Gone }]);
            changes.push(change.map_err(|_| gone())?);
        }
        Ok(changes)
    }

    /// One moment for all that a form says, after every word that it replaces: LINE's clock may be ahead.
    fn stamp(&self, said: &[Said], profile: &Profile, now: Timestamp) -> Stamp {
        let last = said.iter().filter_map(|said| profile.last_word(&said.field)).max();
        (after(last, now), EventKey::from_raw(self.submit.as_bytes()))
    }
}

/// Now, or right after the last word where that is later.
pub(super) fn after(last: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let after = last.and_then(|at| at.checked_add(jiff::SignedDuration::from_nanos(1)).ok());
    after.map_or(now, |after| after.max(now))
}

#[cfg(test)]
mod tests;
