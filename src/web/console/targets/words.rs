//! What figures, statuses and marks are called, and numbers as people read them.

use jiff::civil::Date;

use crate::{
    catalogue::ConsoleWords,
    domain::{
        account::Account,
        attribute::{ChoiceId, Kind},
        figure::{
            AgeBand, FigureName, Measure,
            evaluation::Mark,
            fiscal::{FiscalYear, japanese_day},
            forecast::When,
            status::Status,
            target::{Better, Indicator},
        },
        language::Language,
    },
    web::console::names::language_key,
};

/// The console's words for targets of an account.
pub(super) struct Words<'a> {
    pub(super) words: ConsoleWords,
    pub(super) account: &'a Account,
}

impl Words<'_> {
    pub(super) fn say(&self, key: &str) -> String {
        self.words.say(key)
    }

    pub(super) fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.say_with(key, values)
    }

    /// A figure's name.
    pub(super) fn figure(&self, name: &FigureName) -> String {
        let named = |key: &str, name: &str| self.with(key, &[("name", name)]);
        match name {
            FigureName::Friends => self.say("target-figure-friends"),
            FigureName::LineFollowers => self.say("target-figure-followers"),
            FigureName::LineBlocks => self.say("target-figure-blocks"),
            FigureName::LineReaches => self.say("target-figure-reaches"),
            FigureName::OwnFriends => self.say("target-figure-own"),
            FigureName::Registered => self.say("target-figure-registered"),
            FigureName::RegisteredTopic(id) => named("target-figure-topic", &self.choice(id)),
            FigureName::RegisteredWard(id) => named("target-figure-ward", &self.choice(id)),
            FigureName::RegisteredChild(band) => named("target-figure-child", &self.band(*band)),
            FigureName::Language(language) => {
                named("target-figure-language", &self.say(language_key(*language)))
            }
            FigureName::Questions => self.say("target-figure-questions"),
            FigureName::QuestionsAnswered => self.say("target-figure-answered"),
            FigureName::QuestionsAsked => self.say("target-figure-asked"),
            FigureName::QuestionsRefused => self.say("target-figure-refused"),
            FigureName::AnswersUseful => self.say("target-figure-useful"),
            FigureName::AnswersWrong => self.say("target-figure-wrong"),
            FigureName::Taps => self.say("target-figure-taps"),
            FigureName::SentAnnouncements => self.say("target-figure-sent"),
            FigureName::SentRecipients => self.say("target-figure-recipients"),
            FigureName::SentBlocks => self.say("target-figure-sent-blocks"),
            FigureName::DepartmentAnnouncements(of) => named("target-figure-of-sent", of.as_str()),
            FigureName::DepartmentRecipients(of) => named("target-figure-of-recipients", of.as_str()),
            FigureName::DepartmentBlocks(of) => named("target-figure-of-blocks", of.as_str()),
        }
    }

    fn band(&self, band: AgeBand) -> String {
        match band {
            AgeBand::Expected => self.say("target-band-expected"),
            band => self.with("target-band", &[("years", band.code())]),
        }
    }

    fn choice(&self, id: &ChoiceId) -> String {
        let all = self.account.attributes.plain().flat_map(|attribute| attribute.kind.choices());
        let found = all.into_iter().find(|choice| choice.id == *id);
        let label = found.and_then(|choice| choice.label.best(self.words.language()));
        label.map_or_else(|| id.to_string(), |(_, label)| label.clone())
    }

    /// Whether it is added up over a year, for a note.
    pub(super) fn how(&self, name: &FigureName) -> String {
        match name.measure() {
            Measure::State => self.say("target-state"),
            Measure::Daily => self.say("target-sum"),
        }
    }

    /// What a target can be about: the closed set, and what this account asks.
    pub(super) fn offered(&self) -> Vec<FigureName> {
        let mut all: Vec<FigureName> = FigureName::plain().collect();
        for attribute in self.account.attributes.plain() {
            match &attribute.kind {
                Kind::Topics(_) => {
                    let topics = attribute.kind.choices();
                    all.extend(topics.map(|choice| FigureName::RegisteredTopic(choice.id.clone())));
                }
                Kind::Places(_) => {
                    let wards = attribute.kind.choices().filter(|choice| choice.within.is_none());
                    all.extend(wards.map(|choice| FigureName::RegisteredWard(choice.id.clone())));
                }
                Kind::Children { .. } => all.extend(AgeBand::ALL.map(FigureName::RegisteredChild)),
                _ => {}
            }
        }
        all.extend(self.account.languages.iter().copied().map(FigureName::Language));
        for of in &self.account.departments {
            all.push(FigureName::DepartmentRecipients(of.clone()));
        }
        all
    }

    /// A status, and the rule by which it is that.
    pub(super) fn status(&self, status: Status) -> (String, String) {
        let (label, rule) = match status {
            Status::Met => ("target-met", "target-rule-met"),
            Status::OnTheWay => ("target-on-the-way", "target-rule-on-the-way"),
            Status::AtRisk => ("target-at-risk", "target-rule-at-risk"),
            Status::Behind => ("target-behind", "target-rule-behind"),
            Status::Unknown => ("target-unknown", "target-rule-unknown"),
        };
        (self.say(label), self.say(rule))
    }

    pub(super) fn indicator(&self, indicator: Indicator) -> String {
        self.say(match indicator {
            Indicator::Course => "target-course",
            Indicator::Result => "target-result",
        })
    }

    pub(super) fn better(&self, better: Better) -> String {
        self.say(match better {
            Better::More => "target-more",
            Better::Fewer => "target-fewer",
        })
    }

    pub(super) fn mark(&self, mark: Mark) -> String {
        self.say(match mark {
            Mark::Reached => "target-mark-reached",
            Mark::Nearly => "target-mark-nearly",
            Mark::Missed => "target-mark-missed",
            Mark::None => "target-mark-none",
        })
    }

    /// A fiscal year: 令和7年度 (2025), or FY2025.
    pub(super) fn year(&self, year: FiscalYear) -> String {
        match self.words.language() {
            Language::Ja | Language::JaEasy => format!("{}（{}）", year.japanese(), year.number()),
            _ => year.to_string(),
        }
    }

    /// A day: 令和8年11月28日, or 2026-11-28.
    pub(super) fn day(&self, day: Date) -> String {
        match self.words.language() {
            Language::Ja | Language::JaEasy => japanese_day(day),
            _ => day.to_string(),
        }
    }

    /// When a goal would be met, in a sentence.
    pub(super) fn when(&self, when: When) -> String {
        let day = |day: Option<Date>| match day {
            Some(day) => self.day(day),
            None => self.say("target-not-in-ten-years"),
        };
        if when.earliest.is_none() {
            return self.say("target-never");
        }
        let (earliest, likely, latest) = (day(when.earliest), day(when.likely), day(when.latest));
        self.with("target-when", &[("earliest", &earliest), ("likely", &likely), ("latest", &latest)])
    }
}

/// A number with commas, rounded.
pub(super) fn number(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let sign = if value < 0.0 && digits != "0" { "−" } else { "" };
    let groups: Vec<&str> = {
        let first = digits.len() % 3;
        let head = (first > 0).then(|| &digits[..first]);
        head.into_iter().chain((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3])).collect()
    };
    format!("{sign}{}", groups.join(","))
}

/// A pace with one digit behind the point and its sign.
pub(super) fn pace(value: f64) -> String {
    let text = format!("{:.1}", value.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let whole = number(whole.parse().unwrap_or(0.0));
    let sign = if text == "0.0" {
        "±"
    } else if value < 0.0 {
        "−"
    } else {
        "＋"
    };
    format!("{sign}{whole}.{part}")
}

/// What somebody typed as a number: with commas, or in full-width digits.
pub(super) fn whole(text: &str) -> Option<u64> {
    let plain = |c: char| match c {
        '０'..='９' => char::from_u32(u32::from('0') + (u32::from(c) - u32::from('０'))),
        ',' | '，' | '、' => None,
        other => Some(other),
    };
    let digits: String = text.trim().chars().filter_map(plain).collect();
    (!digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_written_as_people_do() {
        for (value, text) in [
            (0.0, "0"),
            (999.4, "999"),
            (58_049.0, "58,049"),
            (1_650_000.2, "1,650,000"),
            (-1_234.0, "−1,234"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!([pace(55.46), pace(-1_234.5), pace(0.01)], ["＋55.5", "−1,234.5", "±0.0"]);
        assert_eq!(whole(" ５８，０４９ "), Some(58_049));
        assert_eq!(whole("160,000"), Some(160_000));
        for wrong in ["", "-1", "1.5", "一万", "99999999999999999999999"] {
            assert_eq!(whole(wrong), None, "{wrong}");
        }
    }
}
