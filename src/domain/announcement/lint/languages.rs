//! Languages that the account offers and that say nothing.

use super::{City, Finding, Severity, What};
use crate::domain::announcement::{Content, Place};

pub fn find(content: &Content, city: &City<'_>) -> Vec<Finding> {
    let finding = |severity, place, what| Finding { severity, place, words: String::new(), what };
    if content.languages().next().is_none() {
        return vec![finding(Severity::Stops, Place::WHOLE, What::NothingSaid)];
    }
    // Whoever cannot read an alert is in danger; of other news somebody can ask.
    let severity = if city.is_alert { Severity::AsksToConfirm } else { Severity::Hint };
    let missing = city.languages.iter().filter(|language| content.body(**language).is_empty());
    let told = missing.filter_map(|language| {
        let instead = content.spoken_to(*language, &[])?;
        Some(finding(severity, Place::of(*language), What::NoBody { instead }))
    });
    told.collect()
}
