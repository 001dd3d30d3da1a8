//! What an author should look at again before anybody else does: the lints, and LINE's own word.

use super::{AnnounceError, MaySee, account_of, audience::dress};
use crate::{
    domain::{
        account::Account,
        announcement::{
            Audience, Draft, Kind,
            lint::{self, City, Finding},
        },
        language::Language,
        segment::{self, Predicate},
        staff::{Actor, rights::WriteDrafts},
    },
    journeys::{
        Ctx,
        segments::{ByAttribute, SegmentError, broken_down},
    },
    messenger::{SendError, SendKind},
};

/// Everything that should be looked at again. The day that counts is the one on which it is to go out.
pub fn check(ctx: &Ctx, account: &Account, draft: &Draft) -> Vec<Finding> {
    let out = draft.due.unwrap_or_else(|| ctx.clock.now());
    let domains = own_domains(ctx, account);
    let dress = dress(draft, false);
    let city = City {
        today: out.to_zoned(account.time_zone.clone()).date(),
        languages: &account.languages,
        domains: &domains,
        attributes: &account.attributes,
        is_alert: draft.kind == Kind::Alert,
        is_drill: draft.kind == Kind::Drill,
        dress: &dress,
    };
    lint::look(&draft.content, &city)
}

/// The hosts to which the city leads people: those that its account lists, those of its answers, and our own.
fn own_domains(ctx: &Ctx, account: &Account) -> Vec<String> {
    let mut domains = account.link_domains.clone();
    if let Some(snapshot) = ctx.library.snapshot(&account.id) {
        for intent in snapshot.intents() {
            let links = intent.link.iter().map(|link| link.url.as_str()).chain(intent.source.as_deref());
            domains.extend(links.filter_map(lint::host));
        }
    }
    domains.extend(ctx.pages.url.as_deref().and_then(lint::host));
    // The account's own page inside LINE, and LINE's own ways to an account.
    domains.extend(["liff.line.me", "lin.ee", "line.me"].map(ToOwned::to_owned));
    domains.sort_unstable();
    domains.dedup();
    domains
}

/// Lets LINE try what is written, without sending it: the languages that it refuses. What it does not tell now it
/// tells when it is sent.
pub async fn ask_line(
    ctx: &Ctx,
    actor: &Actor<WriteDrafts>,
    draft: &Draft,
) -> Result<Vec<Language>, AnnounceError> {
    account_of(ctx, actor)?;
    let dress = dress(draft, false);
    let mut refused = Vec::new();
    for language in draft.content.languages() {
        // What has faults of its own is told beside its field.
        let Ok(messages) = draft.content.example(language, &dress) else { continue };
        let said = ctx.messenger.validate(actor.account(), SendKind::Multicast, &messages).await;
        if let Err(SendError::Refused { .. }) = said {
            refused.push(language);
        }
    }
    Ok(refused)
}

/// Of what those are for whom it is meant: attributes, never people. Empty where that is no question of attributes.
pub async fn breakdown<R: MaySee>(
    ctx: &Ctx,
    actor: &Actor<R>,
    draft: &Draft,
) -> Result<Vec<ByAttribute>, AnnounceError> {
    let account = account_of(ctx, actor)?;
    let following = Predicate::Following(true);
    let predicate = match &draft.audience {
        _ if draft.kind == Kind::Drill => return Ok(Vec::new()),
        Audience::AllFriends => following,
        Audience::Picked { predicate, .. } => {
            let Ok(predicate) = segment::read_again(predicate, &account.attributes) else {
                return Ok(Vec::new());
            };
            Predicate::All(vec![following, predicate])
        }
        _ => return Ok(Vec::new()),
    };
    match broken_down(ctx, account, &predicate).await {
        Ok((_, parts)) => Ok(parts),
        Err(SegmentError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Vec::new()),
    }
}
