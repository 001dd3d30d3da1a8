//! What is said about an event, before anything is sent: the one place that knows every kind of event.

use std::time::Duration;

use tokio::time::timeout;

use super::{
    NEAREST, Response, Scene, Unanswerable, announced, button::Button, compose::Composer, door::Door,
    registration,
};
use crate::{
    catalogue::Phrase,
    domain::{
        conversation::{Answered, Asked, Conversation},
        event::{Content, EventKind},
        id::IntentId,
        language::Language,
        message::Messages,
        reason::Reason,
        settlement::Trace,
        unanswered::Why,
    },
    intent::{Decision, DecisionKind, Query, normalize},
    store::StoreError,
};

/// How long the greeting waits for LINE to tell the new friend's language.
const PROFILE_WITHIN: Duration = Duration::from_secs(1);

/// Makes the response to one event.
pub(super) async fn respond(scene: &Scene<'_>) -> Result<Response, StoreError> {
    let response = match &scene.claimed.event.kind {
        EventKind::Follow { .. } => greet(scene).await,
        EventKind::Postback(postback) => match registration::pressed(scene, postback).await? {
            Some(response) => return Ok(response),
            None => match announced::pressed(scene, &postback.data).await? {
                Some(response) => response,
                None => press(scene, &postback.data),
            },
        },
        EventKind::Message(message) => match &message.content {
            Content::Text(text) => match registration::heard(scene, text).await? {
                Some(response) => return Ok(response),
                None => match announced::heard(scene, text).await? {
                    Some(response) => response,
                    None => hear(scene, text),
                },
            },
            Content::Sticker => fixed(scene, "sticker"),
            Content::Image => fixed(scene, "image"),
            Content::Video => fixed(scene, "video"),
            Content::Audio => fixed(scene, "audio"),
            Content::File => fixed(scene, "file"),
            Content::Location => fixed(scene, "location"),
            Content::Unknown { .. } => fixed(scene, "other"),
        },
        _ => Response::default(),
    };
    registration::continued(scene, response).await
}

fn chosen_language(scene: &Scene<'_>) -> Option<Language> {
    scene.claimed.resident.as_ref().and_then(|resident| resident.language)
}

/// The resident's choice; else the language of the talk so far; else the account's first.
pub(super) fn usual_language(scene: &Scene<'_>) -> Language {
    let of_talk = scene.claimed.conversation.language;
    chosen_language(scene).or(of_talk).unwrap_or_else(|| scene.account.default_language())
}

fn composer<'a>(scene: &'a Scene<'_>, language: Language) -> Composer<'a> {
    let resident = scene.claimed.resident.as_ref();
    Composer {
        catalogue: &scene.ctx.catalogue,
        account: scene.account,
        snapshot: scene.snapshot(),
        language,
        door: Door::new(scene.ctx, scene.account, resident, scene.now),
        ways: Some(&scene.ctx.pages),
    }
}

/// An intent's answer: composed once an edition.
fn answer(scene: &Scene<'_>, language: Language, intent: &IntentId) -> Messages {
    scene.edition.answer(intent, language, || composer(scene, language).answer(intent))
}

pub(super) fn trace(decision: &str, id: Option<&str>, language: Language, why: Reason) -> Trace {
    Trace {
        decision: decision.to_owned(),
        id: id.map(ToOwned::to_owned),
        language: Some(language),
        why: vec![why],
        ..Trace::default()
    }
}

/// Greets a new friend, in the language of the person's LINE where LINE tells it.
async fn greet(scene: &Scene<'_>) -> Response {
    let language = match chosen_language(scene) {
        Some(language) => language,
        None => language_of_profile(scene).await.unwrap_or_else(|| scene.account.default_language()),
    };
    Response {
        say: Some(composer(scene, language).greeting()),
        trace: trace("fixed", Some("follow"), language, Reason::BecameFriend),
        conversation: Some(Conversation::default()),
        facts: vec!["fixed.follow".into()],
        ..Response::default()
    }
}

async fn language_of_profile(scene: &Scene<'_>) -> Option<Language> {
    let user = scene.claimed.event.user()?;
    let asked = scene.ctx.messenger.profile(&scene.account.id, user);
    let told = timeout(PROFILE_WITHIN, asked).await.ok()?.ok()?.language?;
    let primary = told.split('-').next()?.parse().ok()?;
    scene.account.languages.contains(&primary).then_some(primary)
}

fn fixed(scene: &Scene<'_>, kind: &'static str) -> Response {
    let language = usual_language(scene);
    Response {
        say: Some(composer(scene, language).fixed(kind)),
        trace: trace("fixed", Some(kind), language, Reason::FixedKind),
        facts: vec![format!("fixed.{kind}")],
        ..Response::default()
    }
}

/// A button of ours was tapped.
fn press(scene: &Scene<'_>, code: &str) -> Response {
    let language = usual_language(scene);
    let composer = composer(scene, language);
    match Button::read(code) {
        Some(Button::Show(intent)) => show(scene, language, intent, Reason::ChoiceTapped),
        Some(Button::NoneOfThese) => none_of_these(scene, language),
        // A button of an intent that is gone: it must not make a counter of its own.
        Some(Button::Useful(intent) | Button::Wrong(intent))
            if scene.snapshot().intent(&intent).is_none() =>
        {
            too_old(scene, language)
        }
        Some(Button::Useful(intent)) => useful(scene, language, &intent),
        Some(Button::Wrong(intent)) => wrong(scene, language, &intent),
        Some(Button::Speak(language)) => speak(scene, language),
        Some(Button::Topic(topic)) => match composer.topic(&topic) {
            Some((say, choices)) => Response {
                say: Some(say),
                trace: trace("ask", Some(&topic), language, Reason::TopicTapped),
                conversation: Some(asked(scene, choices)),
                facts: vec![format!("topic.{topic}")],
                ..Response::default()
            },
            None => too_old(scene, language),
        },
        Some(Button::Topics) => Response {
            say: Some(composer.topics()),
            trace: trace("ask", None, language, Reason::TopicsAsked),
            ..Response::default()
        },
        None => too_old(scene, language),
    }
}

fn too_old(scene: &Scene<'_>, language: Language) -> Response {
    Response {
        say: Some(composer(scene, language).too_old()),
        trace: trace("fixed", Some("button-too-old"), language, Reason::ButtonTooOld),
        ..Response::default()
    }
}

/// Words came in: an answer to what the bot asked, feedback, or a question.
fn hear(scene: &Scene<'_>, text: &str) -> Response {
    let conversation = scene.claimed.conversation.clone().at(scene.now);
    if let Some(asked) = &conversation.asked {
        match typed_choice(scene, text, asked) {
            Some(Choice::One(intent)) => {
                return show(scene, usual_language(scene), intent, Reason::NumberTyped);
            }
            Some(Choice::None) => return none_of_these(scene, usual_language(scene)),
            None => {}
        }
    }
    if let Some(answered) = &conversation.answered {
        match scene.edition.own_words(&scene.ctx.catalogue, &normalize(text)) {
            Some(Phrase::FeedbackUseful) => return useful(scene, usual_language(scene), &answered.intent),
            Some(Phrase::FeedbackWrong) => return wrong(scene, usual_language(scene), &answered.intent),
            _ => {}
        }
    }
    let decision = scene.snapshot().decide(&Query {
        text,
        language: chosen_language(scene),
        offered: &scene.account.languages,
        today: scene.now.to_zoned(scene.account.time_zone.clone()).date(),
    });
    decided(scene, &conversation, decision)
}

fn decided(scene: &Scene<'_>, conversation: &Conversation, decision: Decision) -> Response {
    let say = match &decision.kind {
        DecisionKind::Answer(intent) => answer(scene, decision.language, intent),
        _ => composer(scene, decision.language).decision(&decision),
    };
    let mut response = Response { say: Some(say), ..Response::default() };
    let (name, id) = match &decision.kind {
        DecisionKind::Safety(kind) => {
            response.drop_body = true;
            response.facts.push(format!("safety.{}", kind.as_str()));
            ("safety", Some(kind.as_str().to_owned()))
        }
        DecisionKind::Fixed(kind) => {
            response.drop_body = kind.as_str() == "personal-data";
            response.facts.push(format!("fixed.{}", kind.as_str()));
            ("fixed", Some(kind.as_str().to_owned()))
        }
        DecisionKind::ChooseLanguage => ("fixed", Some("language".to_owned())),
        DecisionKind::SetLanguage(language) => {
            response.language = Some(*language);
            ("fixed", Some("language".to_owned()))
        }
        DecisionKind::Answer(intent) => {
            response.conversation =
                Some(Conversation { about: Some(scene.claimed.key), ..answered(scene, intent.clone()) });
            response.facts.push("decision.answer".into());
            response.facts.push(format!("intent.{intent}"));
            ("answer", Some(intent.to_string()))
        }
        DecisionKind::Ask { choices, .. } => {
            response.conversation = Some(Conversation {
                answered: conversation.answered.clone(),
                about: Some(scene.claimed.key),
                ..asked(scene, choices.clone())
            });
            response.facts.push("decision.ask".into());
            ("ask", None)
        }
        DecisionKind::Refuse { nearby, elsewhere } => {
            // The nearby questions carry numbers too.
            response.conversation =
                Some(Conversation { about: Some(scene.claimed.key), ..asked(scene, nearby.clone()) });
            response.facts.push("decision.refuse".into());
            let ranked = decision.ranked.iter().map(|(intent, _)| intent.clone());
            // Who was told whose matter it is has an answer: nothing is left to learn from that.
            response.unanswered = elsewhere.is_none().then(|| Unanswerable {
                of: scene.claimed.key,
                why: Why::Refused,
                language: decision.language,
                nearest: ranked.take(NEAREST).collect(),
            });
            // Matters are as many as the city wrote down, municipalities count as one.
            response.facts.extend(elsewhere.iter().map(|whose| format!("elsewhere.{}", whose.name())));
            ("refuse", elsewhere.as_ref().map(|whose| whose.name().to_owned()))
        }
    };
    response.trace = Trace {
        decision: name.to_owned(),
        id,
        language: Some(decision.language),
        confidence: Some(decision.confidence),
        ranked: decision.ranked,
        why: decision.why,
    };
    response
}

fn asked(scene: &Scene<'_>, choices: Vec<IntentId>) -> Conversation {
    let asked = (!choices.is_empty()).then_some(Asked { choices, at: scene.now });
    Conversation { asked, ..Conversation::default() }
}

fn answered(scene: &Scene<'_>, intent: IntentId) -> Conversation {
    Conversation { answered: Some(Answered { intent, at: scene.now }), ..Conversation::default() }
}

fn show(scene: &Scene<'_>, language: Language, intent: IntentId, why: Reason) -> Response {
    let today = scene.now.to_zoned(scene.account.time_zone.clone()).date();
    if !scene.snapshot().intent(&intent).is_some_and(|intent| intent.is_valid_on(today)) {
        return too_old(scene, language);
    }
    Response {
        say: Some(answer(scene, language, &intent)),
        trace: trace("answer", Some(intent.as_str()), language, why),
        facts: vec!["decision.answer".into(), format!("intent.{intent}")],
        // A choice was made: feedback on it is about the question that had led to the choices.
        conversation: Some(Conversation { about: talk(scene).about, ..answered(scene, intent) }),
        ..Response::default()
    }
}

fn none_of_these(scene: &Scene<'_>, language: Language) -> Response {
    Response {
        say: Some(composer(scene, language).refusal(&[])),
        trace: trace("refuse", None, language, Reason::NoneFitted),
        unanswered: wrongly_asked(scene, language),
        conversation: Some(Conversation::default()),
        facts: vec!["decision.refuse".into()],
        ..Response::default()
    }
}

fn useful(scene: &Scene<'_>, language: Language, intent: &IntentId) -> Response {
    Response {
        say: Some(composer(scene, language).thanks_for_feedback()),
        trace: trace("feedback", Some(intent.as_str()), language, Reason::AnswerHelped),
        conversation: Some(Conversation::default()),
        facts: vec![format!("feedback.useful.{intent}")],
        ..Response::default()
    }
}

fn wrong(scene: &Scene<'_>, language: Language, intent: &IntentId) -> Response {
    Response {
        say: Some(composer(scene, language).sorry(intent)),
        trace: trace("feedback", Some(intent.as_str()), language, Reason::AnswerWrong),
        unanswered: wrongly_answered(scene, language, intent),
        conversation: Some(Conversation::default()),
        facts: vec![format!("feedback.wrong.{intent}")],
        ..Response::default()
    }
}

/// The talk as it counts now.
pub(super) fn talk(scene: &Scene<'_>) -> Conversation {
    scene.claimed.conversation.clone().at(scene.now)
}

/// The question about which the bot asked back in vain.
fn wrongly_asked(scene: &Scene<'_>, language: Language) -> Option<Unanswerable> {
    let talk = talk(scene);
    let nearest = talk.asked?.choices.into_iter().take(NEAREST).collect();
    Some(Unanswerable { of: talk.about?, why: Why::NoneOfThese, language, nearest })
}

/// The question to which this intent was no answer. A button of an older day is about another one.
fn wrongly_answered(scene: &Scene<'_>, language: Language, intent: &IntentId) -> Option<Unanswerable> {
    let talk = talk(scene);
    talk.answered.filter(|answered| answered.intent == *intent)?;
    let nearest = vec![intent.clone()];
    Some(Unanswerable { of: talk.about?, why: Why::Wrong(intent.clone()), language, nearest })
}

fn speak(scene: &Scene<'_>, language: Language) -> Response {
    Response {
        say: Some(composer(scene, language).language_chosen(language)),
        trace: trace("fixed", Some("language"), language, Reason::LanguageTapped),
        language: Some(language),
        ..Response::default()
    }
}

enum Choice {
    One(IntentId),
    None,
}

/// A typed number: `2`, `２`, `②`, `2番`, `2.`; `0` means none of them.
fn typed_choice(scene: &Scene<'_>, text: &str, asked: &Asked) -> Option<Choice> {
    let said = normalize(text);
    if scene.edition.own_words(&scene.ctx.catalogue, &said) == Some(Phrase::NoneOfThese) {
        return Some(Choice::None);
    }
    let digits = said.trim_end_matches(['.', ')', '番', '目', '。', ' ']);
    if digits.len() > 2 {
        return None;
    }
    match digits.parse::<usize>().ok()? {
        0 => Some(Choice::None),
        // The button below the last choice.
        number if number == asked.choices.len() + 1 => Some(Choice::None),
        number => asked.choices.get(number - 1).cloned().map(Choice::One),
    }
}
