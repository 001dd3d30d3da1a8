//! Fields that the account does not have, and those that stay empty for whoever has not said it.

use super::{City, Finding, Severity, What, scan::words};
use crate::domain::announcement::{Content, field};

pub fn find(content: &Content, city: &City<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for words in words(content) {
        // What cannot be read is a fault already.
        let Ok(cut) = field::read(words.text) else { continue };
        let unknown = |name: &field::FieldName| name.choices(city.attributes).is_none();
        for (range, name) in cut.places().into_iter().filter(|(_, name)| unknown(name)) {
            found.push(words.finding(&range, Severity::Stops, What::UnknownField(name.to_string())));
        }
        for (range, name) in cut.without_default().into_iter().filter(|(_, name)| !unknown(name)) {
            found.push(words.finding(&range, Severity::AsksToConfirm, What::NoDefault(name.to_string())));
        }
    }
    found
}
