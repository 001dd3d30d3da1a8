//! After the start: each account checks in with LINE, again and again with longer pauses until it is fine.

use std::time::Duration;

use tokio::{sync::watch, time::timeout};

use crate::{
    domain::id::AccountId,
    journeys::{
        Ctx,
        check_in::{Checked, check_in},
    },
};

/// The pause after the first answer that was not fine; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// A token that is put right, or a network that is back, is noticed within this.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// Works until the account is fine or `stop` turns true. One call at a time, each as long as the client allows.
pub async fn run(ctx: Ctx, account: AccountId, mut stop: watch::Receiver<bool>) {
    let mut pause = FIRST_PAUSE;
    while !*stop.borrow() {
        let checked = tokio::select! {
            checked = check_in(&ctx, &account) => checked,
            _ = stop.changed() => return,
        };
        if checked == Checked::Fine {
            return;
        }
        let _ = timeout(pause, stop.changed()).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
