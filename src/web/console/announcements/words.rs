//! What announcements, their states and their findings are called for staff.

use super::super::{names::language_key, segments::words::Words as SegmentWords};
use crate::{
    catalogue::ConsoleWords,
    domain::{
        account::Account,
        announcement::{
            Announcement, Audience, Draft, Kind, Part, PauseReason, Place, Refusal, Stage, Step, Wrong,
            lint::{Finding, Severity, What},
        },
        message::LimitError,
        segment::Named,
    },
    journeys::announce::{AnnounceError, AudienceError},
};

/// The sentences of an account's pages.
pub(super) struct Words<'a> {
    pub(super) words: ConsoleWords,
    pub(super) account: &'a Account,
    /// The named segments.
    pub(super) segments: &'a [Named],
}

pub(super) fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Ordinary => "ann-kind-ordinary",
        Kind::Alert => "ann-kind-alert",
        Kind::Drill => "ann-kind-drill",
        Kind::Correction => "ann-kind-correction",
    }
}

pub(super) fn kind_code(kind: Kind) -> &'static str {
    match kind {
        Kind::Ordinary => "ordinary",
        Kind::Alert => "alert",
        Kind::Drill => "drill",
        Kind::Correction => "correction",
    }
}

pub(super) fn stage_key(announcement: &Announcement) -> &'static str {
    match announcement.way.stage() {
        Stage::Draft => "ann-stage-draft",
        Stage::Waiting { .. } => "ann-stage-waiting",
        Stage::Held { .. } => "ann-stage-held",
        Stage::Sending { paused: true, .. } => "ann-stage-paused",
        Stage::Sending { .. } => "ann-stage-sending",
        Stage::Sent { .. } => "ann-stage-sent",
        Stage::Cancelled { .. } => "ann-stage-cancelled",
    }
}

/// A name of the stage for the script, which loads the page anew when it becomes another.
pub(super) fn stage_code(announcement: &Announcement) -> &'static str {
    match announcement.way.stage() {
        Stage::Sending { paused: true, .. } => "paused",
        Stage::Sending { .. } => "sending",
        Stage::Held { .. } => "held",
        Stage::Sent { .. } => "sent",
        Stage::Cancelled { .. } => "cancelled",
        Stage::Draft | Stage::Waiting { .. } => "before",
    }
}

pub(super) fn step_key(step: Step) -> &'static str {
    match step {
        Step::Written => "ann-step-written",
        Step::Submitted => "ann-step-submitted",
        Step::Returned => "ann-step-returned",
        Step::Approved => "ann-step-approved",
        Step::BrokenGlass => "ann-step-broken-glass",
        Step::Begun => "ann-step-begun",
        Step::Paused => "ann-step-paused",
        Step::Resumed => "ann-step-resumed",
        Step::Cancelled => "ann-step-cancelled",
        Step::Finished => "ann-step-finished",
        Step::Reviewed => "ann-step-reviewed",
    }
}

/// Why it is paused and what to do, in one sentence.
pub(super) fn pause_key(reason: PauseReason) -> &'static str {
    match reason {
        PauseReason::Asked => "ann-paused-asked",
        PauseReason::Errors => "ann-paused-errors",
        PauseReason::Quota => "ann-paused-quota",
        PauseReason::Token => "ann-paused-token",
        PauseReason::Forbidden => "ann-paused-forbidden",
        PauseReason::Restored => "ann-paused-restored",
    }
}

/// Why it was not done, in one sentence.
pub(super) fn trouble_key(error: &AnnounceError) -> Option<&'static str> {
    Some(match error {
        AnnounceError::Refused(refusal) => match refusal {
            Refusal::Elsewhere => "ann-trouble-elsewhere",
            Refusal::Changed => "ann-trouble-changed",
            Refusal::SamePerson => "ann-trouble-same-person",
            Refusal::Miscounted => "ann-trouble-miscounted",
            Refusal::Nobody => "ann-trouble-nobody",
            Refusal::Held => "ann-trouble-held",
            Refusal::NoReview => "ann-trouble-no-review",
        },
        AnnounceError::Audience(AudienceError::Content(faults))
            if faults.iter().any(|fault| matches!(fault.wrong, Wrong::NoValue(_))) =>
        {
            "ann-trouble-no-value"
        }
        AnnounceError::Content(_) | AnnounceError::Audience(AudienceError::Content(_)) => {
            "ann-trouble-content"
        }
        AnnounceError::Audience(error) => match error {
            AudienceError::NoStaffGroup => "ann-trouble-no-staff-group",
            AudienceError::TooManyVariants => "ann-trouble-too-many-variants",
            AudienceError::OneWording => "ann-trouble-one-wording",
            AudienceError::Predicate(_) => "ann-trouble-predicate",
            AudienceError::NoEarlier => "ann-trouble-no-earlier",
            _ => return None,
        },
        AnnounceError::NotADeputy => "ann-trouble-not-a-deputy",
        AnnounceError::OnlyAlerts => "ann-trouble-only-alerts",
        AnnounceError::TooLate => "ann-trouble-too-late",
        AnnounceError::NotAgreed => "ann-trouble-not-agreed",
        AnnounceError::TooManyTemplates => "ann-trouble-too-many-templates",
        AnnounceError::Line(_) => "ann-trouble-line",
        _ => return None,
    })
}

pub(super) fn severity_key(severity: Severity) -> &'static str {
    match severity {
        Severity::Stops => "ann-severity-stops",
        Severity::AsksToConfirm => "ann-severity-confirm",
        Severity::Hint => "ann-severity-hint",
    }
}

fn finding_key(code: &str) -> &'static str {
    const KEYS: [&str; 36] = [
        "finding-past-date",
        "finding-wrong-weekday",
        "finding-no-such-day",
        "finding-drill-words",
        "finding-drill-unsaid",
        "finding-alert-words",
        "finding-foreign-link",
        "finding-disguised-link",
        "finding-plain-link",
        "finding-turning-character",
        "finding-invisible-character",
        "finding-unknown-character",
        "finding-no-body",
        "finding-nothing-said",
        "finding-empty-alt",
        "finding-mobile-number",
        "finding-my-number",
        "finding-private-mail",
        "finding-unknown-field",
        "finding-no-default",
        "finding-placeholder",
        "finding-long-sentence",
        "finding-hard-word",
        "finding-era-year",
        "finding-empty",
        "finding-too-long",
        "finding-too-many",
        "finding-address",
        "finding-no-expression",
        "finding-field-unclosed",
        "finding-field-unopened",
        "finding-field-unreadable",
        "finding-field-name",
        "finding-field-value",
        "finding-days",
        "finding-other",
    ];
    KEYS.into_iter().find(|key| key.strip_prefix("finding-") == Some(code)).unwrap_or("finding-other")
}

const WEEK: [&str; 7] = [
    "weekday-monday",
    "weekday-tuesday",
    "weekday-wednesday",
    "weekday-thursday",
    "weekday-friday",
    "weekday-saturday",
    "weekday-sunday",
];

impl Words<'_> {
    pub(super) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.say_with(key, values)
    }

    /// A finding in one sentence.
    pub(super) fn finding(&self, finding: &Finding) -> String {
        let weekday = |day: jiff::civil::Weekday| {
            let at = usize::try_from(day.to_monday_zero_offset()).unwrap_or_default();
            self.words.say(WEEK.get(at).copied().unwrap_or("weekday-sunday"))
        };
        let (what, most) = match &finding.what {
            What::PastDate(date) => (date.to_string(), String::new()),
            What::WrongWeekday(date, day) => (format!("{date}"), weekday(*day)),
            What::ForeignLink(host) | What::DisguisedLink(host) => (host.clone(), String::new()),
            What::TurningCharacter(number)
            | What::InvisibleCharacter(number)
            | What::UnknownCharacter(number) => (format!("U+{number:04X}"), String::new()),
            What::NoBody { instead } => (self.words.say(language_key(*instead)), String::new()),
            What::UnknownField(name) | What::NoDefault(name) => (name.clone(), String::new()),
            What::LongSentence(length) => (length.to_string(), String::new()),
            What::HardWord(easier) => ((*easier).to_owned(), String::new()),
            What::Fault(wrong) => match wrong {
                Wrong::Limit(LimitError::TooLong { actual, max, .. }) => {
                    (actual.to_string(), max.to_string())
                }
                Wrong::NoField(name) | Wrong::NoValue(name) => (name.clone(), String::new()),
                _ => (String::new(), String::new()),
            },
            _ => (String::new(), String::new()),
        };
        let words: String = finding.words.chars().take(60).collect();
        let values = [("words", words.as_str()), ("what", what.as_str()), ("most", most.as_str())];
        self.say(finding_key(finding.what.code()), &values)
    }

    /// Where it stands, for example 日本語・2つ目の本文.
    pub(super) fn place(&self, place: &Place) -> String {
        let Some(language) = place.language else { return self.words.say("ann-place-whole") };
        let language = self.words.say(language_key(language));
        let Some(block) = place.block else { return language };
        let part = self.words.say(match place.part {
            Part::Whole => "ann-part-whole",
            Part::Text => "ann-part-text",
            Part::Title => "ann-part-title",
            Part::Alt => "ann-part-alt",
            Part::Original => "ann-part-original",
            Part::Preview => "ann-part-preview",
            Part::Label(_) => "ann-part-label",
            Part::Uri(_) => "ann-part-uri",
        });
        let number = (block + 1).to_string();
        let values = [("language", language.as_str()), ("number", number.as_str()), ("part", part.as_str())];
        self.say("ann-place", &values)
    }

    /// For whom it is meant, in one sentence.
    pub(super) fn audience(&self, draft: &Draft) -> String {
        if draft.kind == Kind::Drill {
            return self.words.say("ann-to-staff");
        }
        match &draft.audience {
            Audience::AllFriends => self.words.say("ann-to-all"),
            Audience::StaffGroup => self.words.say("ann-to-staff"),
            Audience::Reached { .. } => self.words.say("ann-to-reached"),
            Audience::Unsettled { .. } => self.words.say("ann-to-unsettled"),
            Audience::Picked { predicate, segment } => {
                let words = SegmentWords { words: self.words, attributes: &self.account.attributes };
                let sentence = words.sentence(predicate);
                let name = segment.and_then(|id| self.segments.iter().find(|named| named.id == id));
                match name {
                    Some(named) => self.say(
                        "ann-to-segment",
                        &[("name", named.name.as_str()), ("sentence", sentence.as_str())],
                    ),
                    None => sentence,
                }
            }
        }
    }
}

/// A whole number with separators.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
