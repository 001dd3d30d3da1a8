//! Signed bodies, changed at random: no change makes the server fail.

use serde_json::Value;
use todoke::simulator::Act;

use crate::{
    support::{Town, body},
    town::{Random, knob},
};

const PIECES: &[&str] = &[
    "null",
    "{}",
    "[]",
    "\"\"",
    "0",
    "-1",
    "1e999",
    "true",
    "\\u0000",
    "\\ud83e",
    "\\",
    "\"",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\u{0}",
    "\u{7f}",
    "\u{202e}",
    "９",
    "999999999999999999999",
    "\"type\":\"message\"",
    "\"events\":[]",
];

#[tokio::test]
async fn a_changed_body_is_200_or_400_and_the_server_lives() {
    let town = Town::new().await;
    let mut chance = Random::from_environment();
    let friends = [town.friend(), town.friend()];
    let mut events: Vec<Value> = Vec::new();
    for act in [
        Act::Text { text: "粗大ごみを捨てたい\u{1f6cb}".into() },
        Act::Follow,
        Act::Postback { data: "a:garbage.bulky".into(), display_text: None, picked: None },
        Act::Unsend { message_id: "1".into() },
        Act::Location,
    ] {
        events.push(town.draft(chance.pick(&friends), act).await);
    }
    let sound = body(&events).into_bytes();
    let (mut taken, mut refused) = (0, 0);
    for round in 0..knob("TODOKE_TEST_MUTATIONS").unwrap_or(600) {
        let mut changed = sound.clone();
        for _ in 0..=chance.below(4) {
            mutate(&mut changed, &mut chance);
        }
        match town.post(changed.clone()).await {
            (200, _) => taken += 1,
            (400, _) => refused += 1,
            other => panic!("round {round}: {other:?} for {}", String::from_utf8_lossy(&changed)),
        }
    }
    println!("{taken} changed bodies were taken, {refused} refused");
    assert!(taken > 20 && refused > 20, "both ways were walked: {taken}, {refused}");
    town.until_nothing_waits().await;
    town.verified().await;
    town.still_answers().await;
}

fn mutate(bytes: &mut Vec<u8>, chance: &mut Random) {
    let at = chance.below(bytes.len());
    let end = (at + 1 + chance.below(12)).min(bytes.len());
    match chance.below(7) {
        0 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        3 => drop(bytes.splice(at..at, chance.pick(PIECES).bytes())),
        4 | 5 => replace_a_value(bytes, chance),
        _ if chance.below(8) == 0 => bytes.truncate(at),
        _ => {}
    }
}

/// Puts something else where a member's value begins, so that most bodies stay JSON.
fn replace_a_value(bytes: &mut Vec<u8>, chance: &mut Random) {
    let colons: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b':').collect();
    if colons.is_empty() {
        return;
    }
    let from = *chance.pick(&colons) + 1;
    let quoted = bytes.get(from) == Some(&b'"');
    let ends = |byte: u8| if quoted { byte == b'"' } else { matches!(byte, b',' | b'}' | b']') };
    let skip = from + usize::from(quoted);
    let length = bytes[skip.min(bytes.len())..].iter().position(|byte| ends(*byte)).unwrap_or(0);
    let until = (skip + length + usize::from(quoted)).min(bytes.len());
    bytes.splice(from..until, chance.pick(&PIECES[..8]).bytes());
}
