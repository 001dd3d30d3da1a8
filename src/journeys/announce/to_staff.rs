//! Messages to the staff group beside announcements: trials, and that somebody let an alert out alone.

use super::{AnnounceError, audience::staff_group};
use crate::{
    catalogue::ConsoleWords,
    domain::{
        account::Account,
        announcement::{
            Announcement,
            batch::{MOST, retry_key},
        },
        id::ResidentNo,
        message::{Message, Messages, Text},
        segment::{self, Predicate, Set},
    },
    journeys::Ctx,
    messenger::{Manner, Recipients},
};

/// Sends the same to people of the staff group; for how many LINE accepted it. The keys follow from `name` and from who
/// gets it: what is sent again to the same people reaches nobody twice, and no key carries two bodies.
pub(super) async fn send(
    ctx: &Ctx,
    account: &Account,
    (people, messages): (Vec<ResidentNo>, &Messages),
    (manner, name): (Manner<'_>, &str),
) -> Result<u64, AnnounceError> {
    let users = ctx.store.line_users(&account.id, people).await?;
    let mut accepted = 0;
    for some in users.chunks(MOST as usize) {
        let numbers = some.iter().map(|(number, _)| *number);
        let key = retry_key(&account.id, name, numbers);
        let count = some.len() as u64;
        let Ok(to) = Recipients::new(some.iter().map(|(_, user)| user.clone()).collect()) else { continue };
        ctx.messenger.multicast(&account.id, &to, messages, manner, key).await?;
        accepted += count;
    }
    Ok(accepted)
}

/// Tells the staff group at once that one person let an alert out (reliability.md, design rule 5). What hinders it does
/// not hinder the alert: the console shows the review that is due all the same.
pub(super) async fn tell_of_glass(ctx: &Ctx, account: &Account, alert: &Announcement) {
    let words = ConsoleWords::new(account.default_language());
    let told = words.say_with("ann-glass-told", &[("title", alert.draft.content.title.as_str())]);
    let manner = Manner { is_urgent: true, ..Manner::default() };
    if let Err(error) = to_group(ctx, account, told, (manner, &format!("{}\0glass", alert.id))).await {
        tracing::error!(account = %account.id, announcement = %alert.id, %error, "staff could not be told of a broken glass");
    }
}

/// Tells the staff group something that is not urgent, once under one name; for how many LINE accepted it.
pub(in crate::journeys) async fn tell_staff(
    ctx: &Ctx,
    account: &Account,
    text: String,
    name: &str,
) -> Result<u64, AnnounceError> {
    to_group(ctx, account, text, (Manner::default(), name)).await
}

async fn to_group(
    ctx: &Ctx,
    account: &Account,
    text: String,
    how: (Manner<'_>, &str),
) -> Result<u64, AnnounceError> {
    let day = ctx.clock.now().to_zoned(account.time_zone.clone()).date();
    let Some(group) = staff_group(account, day) else { return Ok(0) };
    let messages = Text::new(text).and_then(|text| Messages::new(vec![Message::Text(text)]));
    // A text of our own that is too long is told nobody, now or later.
    let Ok(messages) = messages else { return Ok(0) };
    let set = Set::All(vec![segment::plan(&Predicate::Following(true), day), group]);
    let people = ctx.store.list_residents(&account.id, &set).await?;
    send(ctx, account, (people, &messages), how).await
}
