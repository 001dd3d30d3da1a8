use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::domain::segment::sample::Random;

fn at(second: i32) -> Timestamp {
    Timestamp::from_second(i64::from(second)).unwrap()
}

fn account() -> AccountId {
    "todoke".parse().unwrap()
}

fn naming(account: &AccountId) -> Naming<'_> {
    Naming { account, announcement: AnnouncementId(Uuid::from_u128(7)), content: Link::of_text("words") }
}

fn freeze(counts: Vec<u32>) -> Freeze {
    Freeze { at: at(0), day: jiff::civil::date(2026, 12, 1), counts, route: Route::Multicast }
}

#[test]
fn everybody_of_each_variant_is_in_exactly_one_batch_of_at_most_500() {
    let account = account();
    let batches = naming(&account).cut(&freeze(vec![1_201, 0, 500, 1]));
    let parts: Vec<(u16, u32, u32)> = batches
        .iter()
        .map(|batch| match batch.people {
            People::Part { variant, from, count } => (variant, from, count),
            _ => panic!("only parts"),
        })
        .collect();
    assert_eq!(parts, [(0, 0, 500), (0, 500, 500), (0, 1_000, 201), (2, 0, 500), (3, 0, 1)]);
    let keys: BTreeSet<Uuid> = batches.iter().map(|batch| batch.retry_key).collect();
    assert_eq!(keys.len(), batches.len());
    let again = naming(&account).cut(&freeze(vec![1_201, 0, 500, 1]));
    assert_eq!(again, batches, "the keys are the same however often they are made");
}

#[test]
fn a_broadcast_is_one_call_and_an_audience_of_nobody_is_none() {
    let account = account();
    let broadcast = Freeze { route: Route::Broadcast, ..freeze(vec![1_000]) };
    assert_eq!(naming(&account).cut(&broadcast).len(), 1);
    assert!(naming(&account).cut(&freeze(vec![0, 0])).is_empty());
}

/// What a batch's outcome says of its people, added up over 20,000 sends with everything that LINE may say, in a
/// random order: nobody is accepted twice, nobody is forgotten, no key carries two bodies.
#[test]
fn whatever_line_says_everybody_ends_in_exactly_one_place_and_no_key_carries_two_bodies() {
    let mut seed = [0; 8];
    crate::domain::id::Entropy::fill(&crate::system::SystemEntropy, &mut seed);
    let seed = u64::from_be_bytes(seed);
    let mut random = Random(seed);
    let account = account();
    let mut split_sends = 0_u32;
    for send in 0..20_000_u32 {
        let count = 1 + u32::try_from(random.below(if send % 50 == 0 { 1_700 } else { 40 })).unwrap();
        let bad: BTreeSet<u32> = (0..count).filter(|_| random.one_in(30)).collect();
        let gone: BTreeSet<u32> = (0..count).filter(|_| random.one_in(20)).collect();
        let names = naming(&account);
        let mut batches = names.cut(&freeze(vec![count]));
        let (mut accepted, mut bodies) = (BTreeMap::<u32, u32>::new(), BTreeMap::<Uuid, Vec<u32>>::new());
        let mut now = 0;
        let mut taken_by_line = BTreeSet::new();
        for turn in 0.. {
            assert!(turn < 20_000, "it ends: seed {seed}");
            let Some(index) = batches.iter().position(Batch::is_open) else { break };
            now += random.below(600);
            let batch = batches.swap_remove(index);
            let people: Vec<ResidentNo> = match &batch.people {
                People::Part { from, count, .. } => (*from..from + count).map(ResidentNo).collect(),
                People::Named { people, .. } => people.clone(),
                People::Everybody { .. } => Vec::new(),
            };
            let is_first = batch.state == State::Waiting;
            let left: Vec<ResidentNo> = people.iter().copied().filter(|who| gone.contains(&who.0)).collect();
            let batch = batch.begin(if is_first { left } else { Vec::new() }, at(now));
            let called: Vec<ResidentNo> =
                people.into_iter().filter(|who| !batch.withdrawn.contains(who)).collect();
            if !matches!(batch.state, State::Begun { .. }) {
                batches.push(batch);
                continue;
            }
            let body: Vec<u32> = called.iter().map(|who| who.0).collect();
            let known = bodies.entry(batch.retry_key).or_insert_with(|| body.clone());
            assert_eq!(*known, body, "one key, one body: seed {seed}");
            let places: Vec<usize> = body
                .iter()
                .enumerate()
                .filter(|(_, who)| bad.contains(who))
                .map(|(place, _)| place)
                .collect();
            let mut accept = |key: Uuid, body: &[u32]| {
                if taken_by_line.insert(key) {
                    for who in body {
                        *accepted.entry(*who).or_default() += 1;
                    }
                }
            };
            let said = match random.below(6) {
                0 => Said::Again { at: at(now + random.below(5_000)) },
                1 if places.is_empty() => {
                    // Accepted, and the answer was lost.
                    accept(batch.retry_key, &body);
                    Said::Again { at: at(now + 1) }
                }
                2 if !places.is_empty() => Said::Halve,
                _ if !places.is_empty() => Said::Bad { places: places[..1].to_vec() },
                3 if random.one_in(50) => Said::Refused { status: 413 },
                _ => {
                    accept(batch.retry_key, &body);
                    Said::Accepted { request_id: None }
                }
            };
            let next = BatchNo(batches.iter().map(|batch| batch.no.0).max().unwrap_or(0).max(batch.no.0) + 1);
            // LINE does not refuse under a key what it has accepted under it.
            let said = match said {
                Said::Refused { .. } if taken_by_line.contains(&batch.retry_key) => {
                    Said::Accepted { request_id: None }
                }
                said => said,
            };
            let Settled { batch, more } = batch.settle(said, &called, (&names, next), at(now));
            split_sends += u32::from(!more.is_empty());
            batches.push(batch);
            batches.extend(more);
        }
        let progress = Progress::of(&batches);
        assert_eq!(progress.total(), u64::from(count), "seed {seed}, send {send}");
        assert!(progress.is_over() && accepted.values().all(|times| *times == 1), "seed {seed}, send {send}");
        let certain = accepted.len() as u64;
        assert!(
            (progress.accepted..=progress.accepted + progress.unknown).contains(&certain),
            "seed {seed}, send {send}: {progress:?}, LINE took {certain}"
        );
        let good = (0..count).filter(|who| !bad.contains(who) && !gone.contains(who)).count() as u64;
        assert!(progress.refused + progress.unknown + certain >= good, "nobody is skipped: seed {seed}");
    }
    assert!(split_sends > 1_000, "the walk has been where it matters: {split_sends}");
}

#[test]
fn under_a_key_of_23_hours_nothing_is_tried_again() {
    let account = account();
    let names = naming(&account);
    let batch = names.cut(&freeze(vec![1])).remove(0).begin(Vec::new(), at(0));
    let hours = |hours: i32| at(hours * 3_600);
    let next = (&names, BatchNo(1));
    let later = |when| batch.clone().settle(Said::Again { at: when }, &[ResidentNo(0)], next, hours(1)).batch;
    assert!(later(hours(22)).is_open());
    assert_eq!(later(hours(23)).state, State::Unknown { since: hours(1) });
    assert!(matches!(later(hours(22)).begin(Vec::new(), hours(24)).state, State::Unknown { .. }));
}
