//! Places as one sealed list; taps under their moment, so that the newest stands last and the oldest first.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::SignedDuration;

use super::{
    AccountKeys, SledStore, key, lists,
    writer::{self, Txn},
};
use crate::{
    domain::{
        audit::Note,
        id::AccountId,
        place::{NEW_FRIEND, Place, PlaceCode, SKEW, SOON, came_fact, led_from, tap_fact},
        time::Timestamp,
        version::Version,
    },
    store::{StoreError, places::Places, staff::Versioned},
};

/// So many taps that are over go with each new one: what came in a crowd does not leave in a crowd.
const SWEPT: usize = 8;

/// Where taps of a moment and later begin.
fn taps_from(account: &AccountId, at: Timestamp) -> Vec<u8> {
    let at = u64::try_from(at.as_millisecond()).unwrap_or_default();
    key::growing(account, b't', &at.to_be_bytes())
}

fn tap_place(account: &AccountId, at: Timestamp, code: PlaceCode) -> Vec<u8> {
    [&taps_from(account, at)[..], code.as_bytes()].concat()
}

/// When and where a tap was, by its key.
fn read_tap(account: &AccountId, place: &[u8]) -> Option<(Timestamp, PlaceCode)> {
    let rest = place.strip_prefix(&key::growing(account, b't', &[])[..])?;
    let (at, code) = rest.split_at_checked(8)?;
    let at = i64::try_from(u64::from_be_bytes(at.try_into().ok()?)).ok()?;
    Some((Timestamp::from_millisecond(at).ok()?, PlaceCode::from_bytes(code)?))
}

/// Counts a new friend within a request, and for the place of the newest tap that may have led here; each tap is of one
/// friend.
pub(super) fn befriended(
    account: &Arc<AccountKeys>,
    txn: &mut Txn<'_>,
    follow: Timestamp,
) -> Result<(), StoreError> {
    let day = follow.to_zoned(account.zone.clone()).date();
    txn.count(&key::fact(&account.id, day, NEW_FRIEND), 1)?;
    // Only what may have led here is looked at, the newest first: the writer waits for nobody's crowd.
    let (first, last) = led_from(follow);
    let until = taps_from(&account.id, last.checked_add(SignedDuration::from_millis(1)).unwrap_or(last));
    let Some(place) = txn.last_within(&taps_from(&account.id, first), &until)? else { return Ok(()) };
    let Some((_, code)) = read_tap(&account.id, &place) else { return Ok(()) };
    let left = txn.get(&place)?.and_then(|bytes| bytes.try_into().ok()).map_or(1, u64::from_be_bytes);
    if left > 1 {
        txn.put(&place, &(left - 1).to_be_bytes())?;
    } else {
        txn.remove(&place)?;
    }
    txn.count(&key::fact(&account.id, day, &came_fact(&code)), 1)
}

#[async_trait]
impl Places for SledStore {
    async fn places(&self, account: &AccountId) -> Result<Versioned<Vec<Place>>, StoreError> {
        let account = self.account(account)?;
        let place = key::growing(&account.id, b'p', &[]);
        lists::read(account, &place, writer::read(&self.tree, &place)?)
    }

    async fn save_places(
        &self,
        account: &AccountId,
        expected: Version,
        places: Vec<Place>,
        note: Note,
    ) -> Result<Version, StoreError> {
        let account = self.account(account)?;
        self.save_list(account, key::growing(&account.id, b'p', &[]), expected, places, note).await
    }

    async fn tap_place(&self, account: &AccountId, code: PlaceCode, at: Timestamp) -> Result<(), StoreError> {
        let account = Arc::clone(self.account(account)?);
        let tapping = move |txn: &mut Txn<'_>| {
            let all = key::growing(&account.id, b't', &[]);
            // No follow that comes from now on can be of these.
            let over = at.checked_sub(SOON + SKEW).unwrap_or(Timestamp::MIN);
            for place in txn.first_below(&all, SWEPT)? {
                if read_tap(&account.id, &place).is_none_or(|(tapped, _)| tapped < over) {
                    txn.remove(&place)?;
                }
            }
            txn.count(&tap_place(&account.id, at, code), 1)?;
            let day = at.to_zoned(account.zone.clone()).date();
            txn.count(&key::fact(&account.id, day, &tap_fact(&code)), 1)
        };
        self.writer.write(tapping, |()| ()).await
    }
}
