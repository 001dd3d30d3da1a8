//! What `store verify` asks of an announcement: its records open, and its batches hold exactly those who were frozen.

use std::collections::BTreeSet;

use super::{super::AccountKeys, stored};
use crate::{
    domain::announcement::{
        Stage,
        batch::{Progress, State},
    },
    store::StoreError,
};

pub(in crate::store::sled) fn check(
    tree: &sled::Db,
    account: &AccountKeys,
    place: &[u8],
    sealed: &[u8],
) -> Result<(), StoreError> {
    let announcement = stored::read_head(account, place, sealed)?.value;
    let id = announcement.id;
    let variants = stored::variants(tree, account, id)?;
    if let Some(freeze) = &announcement.freeze {
        let counts: Vec<u64> = variants.iter().map(|(_, people)| people.len()).collect();
        let expected: Vec<u64> = freeze.counts.iter().copied().map(u64::from).collect();
        if counts != expected {
            return Err(stored::damaged("the frozen audience of an announcement"));
        }
    }
    let batches = stored::batches(tree, account, id)?;
    let is_approved = match announcement.way.stage() {
        Stage::Held { .. } | Stage::Sending { .. } | Stage::Sent { .. } => true,
        Stage::Draft | Stage::Waiting { .. } | Stage::Cancelled { .. } => false,
    };
    let progress = Progress::of(&batches);
    let bound = announcement.way.binding().map_or(0, |binding| binding.count);
    if is_approved && progress.total() != bound {
        return Err(stored::damaged(
            "the batches of an announcement: they do not hold those who were approved",
        ));
    }
    let keys: BTreeSet<_> = batches.iter().map(|batch| batch.retry_key).collect();
    if keys.len() != batches.len() {
        return Err(stored::damaged("the batches of an announcement: two have one key"));
    }
    let known: BTreeSet<_> = batches.iter().map(|batch| batch.no).collect();
    let is_whole = batches.iter().all(|batch| match &batch.state {
        State::Split { into, .. } => into.iter().all(|no| known.contains(no)),
        _ => true,
    });
    if is_whole { Ok(()) } else { Err(stored::damaged("the batches of an announcement: some are missing")) }
}
