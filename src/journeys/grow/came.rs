//! What came of the places: taps, and new friends within the hour of one.
//!
//! An estimate, and called one wherever it is shown: LINE does not say where a friend came from. A tap is of one new
//! friend at most, the one who came first; so the sum over all places is never more than the new friends there were.

use std::collections::BTreeMap;

use crate::{
    domain::{
        place::{NEW_FRIEND, Place, SHARED, came_fact, tap_fact},
        staff::{Actor, rights::SeeFigures},
    },
    journeys::{Ctx, figures::Period},
    store::StoreError,
};

/// One place in a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfPlace {
    /// Which.
    pub place: Place,
    /// How often its link was tapped or its code scanned.
    pub taps: u64,
    /// New friends within the hour of a tap: an estimate.
    pub came: u64,
}

/// All of a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Came {
    /// Every place; those in use first, each group by how many came.
    pub places: Vec<OfPlace>,
    /// Everybody who became a friend, however they came.
    pub friends: u64,
    /// How often somebody told others by our button.
    pub shared: u64,
}

impl Came {
    /// New friends who came within the hour of a tap at any place.
    pub fn by_places(&self) -> u64 {
        self.places.iter().map(|of| of.came).sum()
    }
}

/// Reads what came in a time.
pub async fn came(ctx: &Ctx, actor: &Actor<SeeFigures>, period: Period) -> Result<Came, StoreError> {
    let places = ctx.store.places(actor.account()).await?.value;
    let mut all: BTreeMap<String, u64> = BTreeMap::new();
    for day in ctx.store.days(actor.account(), period.from, period.to).await? {
        for (name, count) in day.counts.into_iter().filter(|(name, _)| name.starts_with("add.")) {
            *all.entry(name).or_default() += count;
        }
    }
    let count = |name: &str| all.get(name).copied().unwrap_or_default();
    let mut places: Vec<OfPlace> = places
        .into_iter()
        .map(|place| {
            let (taps, came) = (count(&tap_fact(&place.code)), count(&came_fact(&place.code)));
            OfPlace { place, taps, came }
        })
        .collect();
    // A stable sort keeps the order of making among equals.
    places.sort_by_key(|of| (of.place.closed.is_some(), std::cmp::Reverse((of.came, of.taps))));
    Ok(Came { places, friends: count(NEW_FRIEND), shared: count(SHARED) })
}
