//! The stored form of a profile: short, since a city has a million of them. Moments and events that several
//! fields share are written once.

use serde::{Deserialize, Serialize};

use super::{Field, Profile, Slot, Stamp, Value, Word};
use crate::domain::{
    announcement::AnnouncementId, attribute::AttributeId, event::EventKey, fewer::Series, time::Timestamp,
};

/// What is written.
#[derive(Serialize, Deserialize)]
pub(super) struct Form {
    /// When the first word was said, in nanoseconds.
    #[serde(rename = "f", skip_serializing_if = "Option::is_none")]
    first: Option<i128>,
    /// When, in nanoseconds, and the event in hexadecimal.
    #[serde(rename = "s")]
    stamps: Vec<(i128, String)>,
    /// Attribute, part, number of the stamp, value.
    #[serde(rename = "w")]
    words: Vec<(AttributeId, Slot, usize, Option<Value>)>,
    /// Announcements of which fewer are wanted, number of the stamp, because of which one.
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    fewer: Vec<(Series, usize, Option<AnnouncementId>)>,
}

impl From<Profile> for Form {
    fn from(profile: Profile) -> Self {
        let of_fields = profile.words.values().map(|word| word.at);
        let mut stamps: Vec<Stamp> = of_fields.chain(profile.fewer.values().map(|word| word.at)).collect();
        stamps.sort_unstable();
        stamps.dedup();
        let number = |at: Stamp| stamps.partition_point(|stamp| *stamp < at);
        let words = profile.words.into_iter();
        let words =
            words.map(|(Field(attribute, slot), word)| (attribute, slot, number(word.at), word.value));
        let fewer = profile.fewer.into_iter().map(|(series, word)| (series, number(word.at), word.value));
        Self {
            words: words.collect(),
            fewer: fewer.collect(),
            first: profile.first.map(Timestamp::as_nanosecond),
            stamps: stamps.iter().map(|(at, key)| (at.as_nanosecond(), hex(key.as_bytes()))).collect(),
        }
    }
}

/// The form is none of ours.
#[derive(Debug, thiserror::Error)]
#[error("no profile")]
pub(super) struct NoProfile;

impl TryFrom<Form> for Profile {
    type Error = NoProfile;

    fn try_from(form: Form) -> Result<Self, NoProfile> {
        let moment = |at: i128| Timestamp::from_nanosecond(at).map_err(|_| NoProfile);
        let stamps = form.stamps.iter().map(|(at, key)| Ok((moment(*at)?, event(key).ok_or(NoProfile)?)));
        let stamps = stamps.collect::<Result<Vec<Stamp>, NoProfile>>()?;
        let stamp = |number: usize| stamps.get(number).copied().ok_or(NoProfile);
        let words = form.words.into_iter().map(|(attribute, slot, number, value)| {
            Ok((Field(attribute, slot), Word { at: stamp(number)?, value }))
        });
        let fewer = form.fewer.into_iter();
        let fewer = fewer.map(|(series, number, value)| Ok((series, Word { at: stamp(number)?, value })));
        Ok(Self {
            words: words.collect::<Result<_, NoProfile>>()?,
            fewer: fewer.collect::<Result<_, NoProfile>>()?,
            first: form.first.map(moment).transpose()?,
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn event(text: &str) -> Option<EventKey> {
    let mut bytes = [0; 17];
    if text.len() != 34 || !text.is_ascii() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(EventKey::from_bytes(bytes))
}
