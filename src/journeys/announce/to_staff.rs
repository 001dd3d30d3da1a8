//! Messages to the staff group beside announcements: trials, and that somebody let an alert out alone.

use std::fmt::Write;

use uuid::Uuid;

use super::{AnnounceError, audience::staff_group};
use crate::{
    catalogue::ConsoleWords,
    domain::{
        account::Account,
        announcement::{Announcement, batch::MOST},
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
        let mut named = format!("{}\0{name}", account.id);
        for (ResidentNo(number), _) in some {
            let _ = write!(named, "\0{number}");
        }
        let count = some.len() as u64;
        let Ok(to) = Recipients::new(some.iter().map(|(_, user)| user.clone()).collect()) else { continue };
        let key = Uuid::new_v5(&Uuid::NAMESPACE_URL, named.as_bytes());
        ctx.messenger.multicast(&account.id, &to, messages, manner, key).await?;
        accepted += count;
    }
    Ok(accepted)
}

/// Tells the staff group at once that one person let an alert out (reliability.md, design rule 5). What hinders it does
/// not hinder the alert: the console shows the review that is due all the same.
pub(super) async fn tell_of_glass(ctx: &Ctx, account: &Account, alert: &Announcement) {
    let now = ctx.clock.now();
    let day = now.to_zoned(account.time_zone.clone()).date();
    let Some(group) = staff_group(account, day) else { return };
    let words = ConsoleWords::new(account.default_language());
    let told = words.say_with("ann-glass-told", &[("title", alert.draft.content.title.as_str())]);
    let messages = Text::new(told).and_then(|text| Messages::new(vec![Message::Text(text)]));
    let Ok(messages) = messages else { return };
    let set = Set::All(vec![segment::plan(&Predicate::Following(true), day), group]);
    let sent = async {
        let people = ctx.store.list_residents(&account.id, &set).await?;
        let manner = Manner { is_urgent: true, ..Manner::default() };
        send(ctx, account, (people, &messages), (manner, &format!("{}\0glass", alert.id))).await
    };
    if let Err(error) = sent.await {
        tracing::error!(account = %account.id, announcement = %alert.id, %error, "staff could not be told of a broken glass");
    }
}
