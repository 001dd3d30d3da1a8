//! A target as a card: how it stands, by which rule, and where it leads.

use super::{
    drawing::Drawing,
    words::{Words, number, pace},
};
use crate::journeys::targets::Outlook;

/// Everything that a card shows.
pub(super) struct Card {
    pub(super) id: String,
    pub(super) href: String,
    pub(super) name: String,
    pub(super) figure: String,
    pub(super) how: String,
    /// The status's code, for its looks; its name; its rule.
    pub(super) code: &'static str,
    pub(super) status: String,
    pub(super) rule: String,
    /// Said of a worsening that staff were told of.
    pub(super) worsened: Option<String>,
    /// The value now, and of which day it is.
    pub(super) value: Option<(String, String)>,
    /// Labels and what they say.
    pub(super) facts: Vec<(String, String)>,
    pub(super) drawing: Option<Drawing>,
    /// Said where the goal lies farther ahead than the forecast was measured.
    pub(super) is_guide: bool,
}

impl Card {
    pub(super) fn new(words: &Words<'_>, base: &str, outlook: &Outlook) -> Self {
        let target = &outlook.target.value;
        let (status, rule) = words.status(outlook.status);
        let worsened = outlook.worsening.filter(|worsening| worsening.to == outlook.status);
        let worsened = worsened.map(|worsening| {
            let day = words.day(worsening.day);
            let from = words.status(worsening.from).0;
            words.with("target-worsened", &[("day", &day), ("from", &from)])
        });
        Self {
            id: target.id.to_string(),
            href: format!("{base}/target/{}", target.id),
            name: target.name.as_str().to_owned(),
            figure: words.figure(&target.figure),
            how: words.how(&target.figure),
            code: outlook.status.code(),
            status,
            rule,
            worsened,
            value: outlook.now().map(|(day, value)| (number(value), words.day(day))),
            facts: facts(words, outlook),
            drawing: Drawing::new(words, outlook),
            is_guide: outlook
                .forecast
                .as_ref()
                .zip(outlook.goal)
                .is_some_and(|(forecast, goal)| goal.day > forecast.sound_until()),
        }
    }
}

fn facts(words: &Words<'_>, outlook: &Outlook) -> Vec<(String, String)> {
    let target = &outlook.target.value;
    let mut facts = Vec::new();
    if let Some(goal) = outlook.goal {
        let values = [("day", &words.day(goal.day)[..]), ("value", &number(goal.value as f64))];
        facts.push((words.say("target-goal"), words.with("target-by", &values)));
    }
    let planned = outlook.now().and_then(|(day, value)| target.planned(day).map(|planned| (value, planned)));
    if let Some((value, planned)) = planned {
        let difference = number((value - planned).abs());
        let key = if value >= planned { "target-above" } else { "target-below" };
        let difference = words.with(key, &[("count", &difference)]);
        facts.push((words.say("target-planned"), format!("{} {difference}", number(planned))));
    }
    if let (Some(goal), Some(band)) = (outlook.goal, outlook.at_goal) {
        let values = [
            ("day", &words.day(goal.day)[..]),
            ("low", &number(band.low)),
            ("likely", &number(band.likely)),
            ("high", &number(band.high)),
        ];
        facts.push((words.say("target-forecast"), words.with("target-at-goal", &values)));
    }
    if let Some(when) = outlook.when {
        facts.push((words.say("target-when-met"), words.when(when)));
    }
    if let Some(needed) = outlook.needed {
        facts.push((words.say("target-needed"), words.with("target-a-day", &[("count", &pace(needed))])));
    }
    let [week, month, quarter] = outlook.paces;
    for (key, value) in [("target-pace-7", week), ("target-pace-28", month), ("target-pace-91", quarter)] {
        let said = match value {
            Some(value) => words.with("target-a-day", &[("count", &pace(value))]),
            None => words.say("target-not-known"),
        };
        facts.push((words.say(key), said));
    }
    facts.push((words.say("target-indicator"), words.indicator(target.indicator)));
    if let Some(department) = &target.department {
        facts.push((words.say("target-department"), department.as_str().to_owned()));
    }
    facts
}
