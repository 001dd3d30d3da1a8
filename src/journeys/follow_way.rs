//! Somebody taps the button to an online procedure: where it leads, and one more tap on that day.
//!
//! It leads to the intent's own link as it is published now, and nowhere else: an old button follows a
//! changed address, and nobody can make an address of the city's that leads to another site.

use super::Ctx;
use crate::intent::Intent;

/// The address of the procedure behind a code; `None`: the code is none of ours, or the procedure is gone.
///
/// `counts` is whether a person seems to have tapped. A count that cannot be written keeps nobody from the
/// procedure.
pub async fn follow_way(ctx: &Ctx, code: &str, counts: bool) -> Option<String> {
    let (account, intent) = ctx.pages.links.read_way(code)?;
    let snapshot = ctx.library.snapshot(&account)?;
    let link = snapshot.intent(&intent).and_then(|Intent { link, .. }| link.as_ref())?;
    if counts {
        let counted = ctx.store.count_fact(&account, ctx.clock.now(), &format!("tap.{intent}")).await;
        if let Err(error) = counted {
            tracing::error!(%error, "a tap could not be counted");
        }
    }
    Some(link.url.clone())
}
