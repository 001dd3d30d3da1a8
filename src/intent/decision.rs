//! From evidence to a decision: the only place with thresholds.

use super::{
    catalog::{FixedId, SafetyId},
    language,
    matcher::{Evidence, Says},
    normalize,
    personal::{self, Personal},
    safety,
    snapshot::{Query, Snapshot},
};
use crate::domain::{id::IntentId, language::Language};

/// From here on a message that resembles those of people in danger is treated as one.
const DANGER: f32 = 0.80;
/// From here on an intent is answered outright.
const ANSWER: f32 = 0.66;
/// From here on an intent is worth being offered as a choice.
const OFFER: f32 = 0.10;
/// Below this even the best is refused; between this and [`ANSWER`] the bot asks back.
const ASK: f32 = 0.25;
/// A runner-up this close to the best makes the question ambiguous, however sure the best is.
const TOO_CLOSE: f32 = 0.06;
/// How many choices are offered at most.
const CHOICES: usize = 5;
/// How many nearby questions a refusal names at most.
const NEARBY: usize = 3;
/// Below this a question is not even near.
const NEAR: f32 = 0.12;
/// The confidence in an intent that only odds speak for.
const UNSEEN: f32 = 0.15;
/// How many candidates are carried along.
const RANKED: usize = 10;

/// What is to be said, in which language, how surely, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What is to be said.
    pub kind: DecisionKind,
    /// In which language.
    pub language: Language,
    /// How sure it is that the best intent is meant, 0 to 1.
    pub confidence: f32,
    /// The best candidates with their scores.
    pub ranked: Vec<(IntentId, f32)>,
    /// The reasons in the order in which they applied, without the resident's words.
    pub why: Vec<String>,
}

/// The kinds of decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecisionKind {
    /// Somebody may be in danger.
    Safety(SafetyId),
    /// A fixed reply of the city's own.
    Fixed(FixedId),
    /// The resident asks for another language without naming one.
    ChooseLanguage,
    /// The resident named a language.
    SetLanguage(Language),
    /// This intent is answered.
    Answer(IntentId),
    /// The resident is asked which of these is meant.
    Ask {
        /// Two to five intents, the likeliest first.
        choices: Vec<IntentId>,
        /// Whether the message holds several matters, rather than one that is unclear.
        several: bool,
    },
    /// Nothing fits.
    Refuse {
        /// What is nearest, at most three.
        nearby: Vec<IntentId>,
    },
}

impl DecisionKind {
    /// The kind's name in `ask --json` and traces.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Safety(_) => "safety",
            Self::Fixed(_) | Self::ChooseLanguage | Self::SetLanguage(_) => "fixed",
            Self::Answer(_) => "answer",
            Self::Ask { .. } => "ask",
            Self::Refuse { .. } => "refuse",
        }
    }
}

/// An intent with the evidence of all matchers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) intent: usize,
    pub(super) score: f32,
    confidence: f32,
    /// Which matcher was surest.
    by: &'static str,
    /// By how much other evidence raises the odds.
    odds: f32,
}

impl Candidate {
    fn add(&mut self, evidence: &Evidence, matcher: &'static str) {
        self.score += evidence.score;
        match evidence.says {
            Says::Confidence(confidence) if confidence > self.confidence => {
                self.confidence = confidence;
                self.by = matcher;
            }
            Says::Confidence(_) => {}
            Says::Odds(odds) => {
                self.odds *= odds;
                if self.by.is_empty() {
                    self.by = matcher;
                }
            }
        }
    }

    /// Brings confidence and odds together.
    fn weigh(&mut self) {
        if self.odds > 1.0 {
            let prior = self.confidence.max(UNSEEN);
            self.confidence = prior * self.odds / (prior * self.odds + 1.0 - prior);
        }
    }
}

/// Decides. The order of the steps is the order of their urgency.
pub(super) fn decide(snapshot: &Snapshot, query: &Query<'_>) -> Decision {
    let normal = normalize(query.text);
    let language = language_of(query, &normal);
    let say = |kind, confidence, why: String| Decision {
        kind,
        language,
        confidence,
        ranked: Vec::new(),
        why: vec![why],
    };
    if let Some(kind) = safety::by_pattern(&snapshot.content().safety, &normal) {
        let why = format!("a safety pattern of the kind {} applies; nothing else was tried", kind.as_str());
        return say(DecisionKind::Safety(kind), 1.0, why);
    }
    if let Some(command) = language_command(&normal, query.offered) {
        let language = if let DecisionKind::SetLanguage(chosen) = command { chosen } else { language };
        let why = vec!["the message is about the language of the chat".to_owned()];
        return Decision { kind: command, language, confidence: 1.0, ranked: Vec::new(), why };
    }
    let fixed = snapshot.content().fixed.iter();
    if let Some(fixed) = fixed.into_iter().find(|f| f.patterns.as_ref().is_some_and(|p| p.is_match(&normal)))
    {
        let why = format!("the whole message is one of the phrases of {}", fixed.id.as_str());
        return say(DecisionKind::Fixed(fixed.id.clone()), 1.0, why);
    }
    // After the phrases that the city knows word for word: 「ありがとうございました」 alone is thanks.
    let likeness = snapshot.learned().and_then(|learned| learned.judge(&normal, DANGER));
    if let Some((kind, confidence)) = likeness
        && let Some(kind) = snapshot.content().safety.get(kind)
    {
        let why = format!(
            "the message resembles the safety examples of the kind {} ({confidence:.2}; {DANGER:.2} is enough)",
            kind.id.as_str()
        );
        return say(DecisionKind::Safety(kind.id.clone()), confidence, why);
    }
    if let Some(found) = personal::find(&normal) {
        let what = match found {
            Personal::Telephone => "a telephone number",
            Personal::Mail => "a mail address",
            Personal::Address => "an address",
            Personal::MyNumber => "an individual number",
            Personal::Card => "a card number",
        };
        let kind = DecisionKind::Fixed(FixedId("personal-data".into()));
        return say(kind, 1.0, format!("the message seems to hold {what}; it was not used and is not kept"));
    }
    by_intents(snapshot, query, &normal, language)
}

fn by_intents(snapshot: &Snapshot, query: &Query<'_>, normal: &str, language: Language) -> Decision {
    let candidates = rank(snapshot, normal, Some(query.today));
    let id = |candidate: &Candidate| snapshot.content().intents[candidate.intent].id.clone();
    let mut why = Vec::new();
    if let Some(best) = candidates.first() {
        why.push(format!(
            "{} is nearest by {} (confidence {:.2}; {ANSWER:.2} answers, {ASK:.2} asks back)",
            id(best),
            best.by,
            best.confidence
        ));
    }
    let confidence = candidates.first().map_or(0.0, |best| best.confidence);
    let is_certain = candidates.first().is_some_and(certain);
    let kind = if let Some(questions) = snapshot.topic_called(normal).filter(|_| !is_certain) {
        why.push("the message is the name of a topic".into());
        DecisionKind::Ask { choices: questions.take(CHOICES).cloned().collect(), several: false }
    } else if let Some(choices) = several_matters(snapshot, query, normal) {
        why.push("the message holds several matters".into());
        DecisionKind::Ask { choices, several: true }
    } else {
        let offered: Vec<IntentId> =
            candidates.iter().filter(|c| c.confidence >= OFFER).take(CHOICES).map(id).collect();
        match candidates.as_slice() {
            [best, second, ..]
                if best.confidence >= ANSWER
                    && second.confidence >= ANSWER
                    && best.confidence - second.confidence < TOO_CLOSE
                    && best.by == second.by =>
            {
                why.push("the second is too close to the best".into());
                DecisionKind::Ask { choices: offered, several: false }
            }
            [best, ..] if best.confidence >= ANSWER => DecisionKind::Answer(id(best)),
            [best, ..] if best.confidence >= ASK && offered.len() >= 2 => {
                why.push("it is not sure enough to answer outright".into());
                DecisionKind::Ask { choices: offered, several: false }
            }
            [best, second, ..] if best.confidence >= ASK => {
                why.push("it is not sure enough to answer outright".into());
                DecisionKind::Ask { choices: vec![id(best), id(second)], several: false }
            }
            _ => {
                why.push("nothing is near enough".into());
                let near = candidates.iter().filter(|c| c.confidence >= NEAR);
                DecisionKind::Refuse { nearby: near.take(NEARBY).map(id).collect() }
            }
        }
    };
    let ranked = candidates.iter().map(|c| (id(c), c.score)).collect();
    Decision { kind, language, confidence, ranked, why }
}

/// All matchers' evidence as one ranking, best first. With a day, intents that do not hold on it are
/// left out.
pub(super) fn rank(snapshot: &Snapshot, normal: &str, today: Option<jiff::civil::Date>) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::with_capacity(RANKED * 2);
    for matcher in snapshot.matchers() {
        for evidence in matcher.find(normal, RANKED) {
            if today.is_some_and(|day| !snapshot.content().intents[evidence.intent].is_valid_on(day)) {
                continue;
            }
            let place = candidates.iter().position(|candidate| candidate.intent == evidence.intent);
            let place = place.unwrap_or_else(|| {
                candidates.push(Candidate {
                    intent: evidence.intent,
                    score: 0.0,
                    confidence: 0.0,
                    by: "",
                    odds: 1.0,
                });
                candidates.len() - 1
            });
            candidates[place].add(&evidence, matcher.name());
        }
    }
    candidates.iter_mut().for_each(Candidate::weigh);
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.intent.cmp(&b.intent)));
    // Asking needs the surest first; ranking by score alone keeps ties of certainty in order.
    candidates.sort_by_key(|candidate| !certain(candidate));
    candidates.truncate(RANKED);
    candidates
}

/// Exact phrases and patterns come before everything that is only similar.
fn certain(candidate: &Candidate) -> bool {
    candidate.confidence >= ANSWER && matches!(candidate.by, "exact" | "pattern")
}

/// Two or more parts that each ask for something of their own, surely: 「粗大ごみと転入届」.
fn several_matters(snapshot: &Snapshot, query: &Query<'_>, normal: &str) -> Option<Vec<IntentId>> {
    let parts: Vec<&str> = split_matters(normal);
    if parts.len() < 2 || parts.len() > CHOICES {
        return None;
    }
    let mut choices = Vec::new();
    for part in parts {
        let ranked = rank(snapshot, part, Some(query.today));
        let best = ranked.first().filter(|best| best.confidence >= ANSWER)?;
        let id = &snapshot.content().intents[best.intent].id;
        if !choices.contains(id) {
            choices.push(id.clone());
        }
    }
    (choices.len() >= 2).then_some(choices)
}

fn split_matters(normal: &str) -> Vec<&str> {
    let mut parts = vec![normal];
    for separator in ["。", "、", "?", "\n", "それから", "あと", "と", " and ", ", "] {
        parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
    }
    parts.into_iter().map(str::trim).filter(|part| part.chars().count() >= 2).collect()
}

/// The resident's choice; else the message's own language if it is offered; else the usual one.
fn language_of(query: &Query<'_>, normal: &str) -> Language {
    let detected = || language::detect(normal).filter(|language| query.offered.contains(language));
    query.language.or_else(detected).or_else(|| query.offered.first().copied()).unwrap_or(Language::Ja)
}

/// 「English」, 「やさしい日本語」, 「言語」: the whole message is about the language.
fn language_command(normal: &str, offered: &[Language]) -> Option<DecisionKind> {
    let named = match normal {
        "日本語" | "にほんご" | "japanese" | "日语" | "일본어" => Language::Ja,
        "やさしい日本語" | "やさしいにほんご" | "easy japanese" | "優しい日本語" | "易しい日本語" => {
            Language::JaEasy
        }
        "english" | "英語" | "えいご" | "in english" | "english please" => Language::En,
        "中文" | "中国語" | "ちゅうごくご" | "简体中文" | "汉语" | "chinese" => Language::Zh,
        "한국어" | "韓国語" | "かんこくご" | "korean" => Language::Ko,
        "tiếng việt" | "tieng viet" | "ベトナム語" | "べとなむご" | "vietnamese" => {
            Language::Vi
        }
        "português" | "portugues" | "ポルトガル語" | "ぽるとがるご" | "portuguese" => {
            Language::Pt
        }
        "filipino" | "tagalog" | "フィリピノ語" | "タガログ語" | "フィリピン語" => {
            Language::Tl
        }
        "language" | "languages" | "言語" | "ことば" | "言葉" | "外国語" | "language / 言語"
        | "言語を変える" | "言語変更" | "change language" | "语言" | "언어" | "ngôn ngữ" | "idioma"
        | "wika" => {
            return Some(DecisionKind::ChooseLanguage);
        }
        _ => return None,
    };
    offered.contains(&named).then_some(DecisionKind::SetLanguage(named))
}
