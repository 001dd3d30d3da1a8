//! From evidence to a decision: the only place with thresholds.

use super::{
    catalog::{FixedId, SafetyId},
    elsewhere::Whose,
    language,
    matcher::{Evidence, Says},
    normalize, personal, safety,
    snapshot::{Query, Snapshot, Target},
};
use crate::domain::{id::IntentId, language::Language, reason::Reason};

/// From here on a message that resembles those of people in danger is treated as one.
const DANGER: f32 = 0.80;
/// From here on a message that was not treated as one of danger is still not kept for others to read.
const MAYBE_DANGER: f32 = 0.50;
/// From here on an intent is answered outright.
const ANSWER: f32 = 0.66;
/// From here on an intent is worth being offered as a choice.
const OFFER: f32 = 0.10;
/// Below this even the best is refused; between this and [`ANSWER`] the bot asks back.
const ASK: f32 = 0.25;
/// A runner-up this close to the best makes the question ambiguous, however sure the best is.
const TOO_CLOSE: f32 = 0.06;
/// From here on something that is somebody else's is told to be so.
const ELSEWHERE: f32 = 0.50;
/// An intent must be this much surer than what is somebody else's, or both are told.
const AHEAD: f32 = 0.05;
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
    pub why: Vec<Reason>,
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
        /// Who else does it, where that is known.
        elsewhere: Option<Whose>,
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
    pub(super) confidence: f32,
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
    let say = |kind, confidence, why: Reason| Decision {
        kind,
        language,
        confidence,
        ranked: Vec::new(),
        why: vec![why],
    };
    if let Some(kind) = safety::by_pattern(&snapshot.content().safety, &normal) {
        let why = Reason::SafetyPattern { kind: kind.as_str().to_owned() };
        return say(DecisionKind::Safety(kind), 1.0, why);
    }
    if let Some(command) = language_command(&normal, query.offered) {
        let language = if let DecisionKind::SetLanguage(chosen) = command { chosen } else { language };
        let why = vec![Reason::AboutLanguage];
        return Decision { kind: command, language, confidence: 1.0, ranked: Vec::new(), why };
    }
    let fixed = snapshot.content().fixed.iter();
    if let Some(fixed) = fixed.into_iter().find(|f| f.patterns.as_ref().is_some_and(|p| p.is_match(&normal)))
    {
        let why = Reason::FixedPhrase { id: fixed.id.as_str().to_owned() };
        return say(DecisionKind::Fixed(fixed.id.clone()), 1.0, why);
    }
    // After the phrases that the city knows word for word: 「ありがとうございました」 alone is thanks.
    let likeness = snapshot.learned().and_then(|learned| learned.judge(&normal, DANGER));
    if let Some((kind, confidence)) = likeness
        && let Some(kind) = snapshot.content().safety.get(kind)
    {
        let why = Reason::SafetyLikeness { kind: kind.id.as_str().to_owned(), confidence, enough: DANGER };
        return say(DecisionKind::Safety(kind.id.clone()), confidence, why);
    }
    if let Some(what) = personal::find(&normal) {
        let kind = DecisionKind::Fixed(FixedId("personal-data".into()));
        return say(kind, 1.0, Reason::PersonalData { what });
    }
    by_intents(snapshot, query, &normal, language)
}

/// Whether a text may be from somebody in danger, surely or not: it is never kept for others to read.
pub(super) fn sounds_grave(snapshot: &Snapshot, text: &str) -> bool {
    let normal = normalize(text);
    safety::by_pattern(&snapshot.content().safety, &normal).is_some()
        || snapshot.learned().and_then(|learned| learned.judge(&normal, MAYBE_DANGER)).is_some()
}

fn by_intents(snapshot: &Snapshot, query: &Query<'_>, normal: &str, language: Language) -> Decision {
    let Ranked { intents: candidates, elsewhere } = rank(snapshot, normal, Some(query.today));
    let id = |candidate: &Candidate| snapshot.content().intents[candidate.intent].id.clone();
    // Beside what is somebody else's only what could well be meant instead.
    let nearby = || candidates.iter().filter(|c| c.confidence >= ASK).take(NEARBY).map(id).collect();
    let mut why = Vec::new();
    if let Some(best) = candidates.first() {
        why.push(Reason::Nearest {
            intent: id(best),
            by: best.by.to_owned(),
            confidence: best.confidence,
            answers: ANSWER,
            asks: ASK,
        });
    }
    let confidence = candidates.first().map_or(0.0, |best| best.confidence);
    let is_certain = candidates.first().is_some_and(certain);
    let kind = if let Some(questions) = snapshot.topic_called(normal).filter(|_| !is_certain) {
        why.push(Reason::TopicName);
        DecisionKind::Ask { choices: questions.take(CHOICES).cloned().collect(), several: false }
    } else if let Some(place) = snapshot.places().and_then(|places| places.other(normal)) {
        why.push(Reason::OtherMunicipality);
        DecisionKind::Refuse { nearby: nearby(), elsewhere: Some(Whose::Municipality(place.clone())) }
    } else if let Some(matter) = elsewhere.filter(|matter| is_elsewhere(candidates.first(), matter))
        && let Target::Matter(what) = snapshot.target(matter.intent)
    {
        why.push(Reason::Elsewhere {
            matter: what.id.as_str().to_owned(),
            by: matter.by.to_owned(),
            confidence: matter.confidence,
            enough: ELSEWHERE,
        });
        DecisionKind::Refuse { nearby: nearby(), elsewhere: Some(Whose::Office(what.id.clone())) }
    } else if let Some(choices) = several_matters(snapshot, query, normal) {
        why.push(Reason::SeveralMatters);
        DecisionKind::Ask { choices, several: true }
    } else {
        by_confidence(&candidates, id, &mut why)
    };
    let ranked = candidates.iter().map(|c| (id(c), c.score)).collect();
    Decision { kind, language, confidence, ranked, why }
}

/// Whether what is somebody else's is meant, rather than the best intent: it is told wherever the two are close,
/// since an answer that is not for the question does harm, and the intent is offered beside it.
fn is_elsewhere(best: Option<&Candidate>, matter: &Candidate) -> bool {
    let Some(best) = best else { return matter.confidence >= ELSEWHERE };
    match (certain(best), certain(matter)) {
        (true, false) => false,
        (false, true) => true,
        _ => matter.confidence >= ELSEWHERE && best.confidence < matter.confidence + AHEAD,
    }
}

/// Answer, ask back or refuse, by how sure the best are.
fn by_confidence(
    candidates: &[Candidate],
    id: impl Fn(&Candidate) -> IntentId,
    why: &mut Vec<Reason>,
) -> DecisionKind {
    let offered: Vec<IntentId> =
        candidates.iter().filter(|c| c.confidence >= OFFER).take(CHOICES).map(&id).collect();
    match candidates {
        [best, second, ..]
            if best.confidence >= ANSWER
                && second.confidence >= ANSWER
                && best.confidence - second.confidence < TOO_CLOSE
                && best.by == second.by =>
        {
            why.push(Reason::SecondTooClose);
            DecisionKind::Ask { choices: offered, several: false }
        }
        [best, ..] if best.confidence >= ANSWER => DecisionKind::Answer(id(best)),
        [best, ..] if best.confidence >= ASK && offered.len() >= 2 => {
            why.push(Reason::NotSureEnough);
            DecisionKind::Ask { choices: offered, several: false }
        }
        [best, second, ..] if best.confidence >= ASK => {
            why.push(Reason::NotSureEnough);
            DecisionKind::Ask { choices: vec![id(best), id(second)], several: false }
        }
        _ => {
            why.push(Reason::NothingNear);
            let near = candidates.iter().filter(|c| c.confidence >= NEAR);
            DecisionKind::Refuse { nearby: near.take(NEARBY).map(id).collect(), elsewhere: None }
        }
    }
}

/// What the matchers see in a text.
pub(super) struct Ranked {
    /// The intents, best first.
    pub(super) intents: Vec<Candidate>,
    /// The best of what is somebody else's.
    elsewhere: Option<Candidate>,
}

/// All matchers' evidence as one ranking, best first. With a day, intents that do not hold on it are
/// left out.
pub(super) fn rank(snapshot: &Snapshot, normal: &str, today: Option<jiff::civil::Date>) -> Ranked {
    let top = if snapshot.content().elsewhere.matters.is_empty() { RANKED } else { 2 * RANKED };
    let is_matter = |place: usize| matches!(snapshot.target(place), Target::Matter(_));
    let mut candidates: Vec<Candidate> = Vec::with_capacity(RANKED * 2);
    for matcher in snapshot.matchers() {
        for evidence in matcher.find(normal, top) {
            if let (Some(day), Target::Intent(intent)) = (today, snapshot.target(evidence.intent))
                && !intent.is_valid_on(day)
            {
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
    let (matters, mut intents): (Vec<Candidate>, Vec<Candidate>) =
        candidates.into_iter().partition(|candidate| is_matter(candidate.intent));
    intents.truncate(RANKED);
    Ranked { intents, elsewhere: matters.into_iter().next() }
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
        let ranked = rank(snapshot, part, Some(query.today)).intents;
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
