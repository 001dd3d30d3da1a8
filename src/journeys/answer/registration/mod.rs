//! Registering in the chat: taps and typed words of a registration, and what it says.
//!
//! `respond` asks here first. A question in the middle is answered as always, and the registration goes on
//! behind it; what is older than [`FORGET_AFTER`] is let go, politely. Nothing here decides what may be said:
//! that is [`crate::domain::registration`].

mod say;

pub(in crate::journeys) use say::Speaker;

use super::{
    Response, Scene,
    compose::{finish, texts},
    door::Door,
    respond::{trace, usual_language},
};
use crate::{
    catalogue::Phrase,
    domain::{
        attribute::Kind,
        conversation::{Conversation, FORGET_AFTER},
        event::Postback,
        language::Language,
        message::{Action, Buttons, Message, Messages, QuickReply},
        profile::{Field, Profile, Slot, Value},
        reason::Reason,
        registration::{Asking, Note, Registration, Step, Tap, Turn, Typed, options, press, typed},
        roster::{Admission, typed_code},
        settlement::Said,
    },
    intent::normalize,
    journeys::groups::enter,
    store::StoreError,
};

/// What a tap of the registration leads to; `None` where it is none.
pub(super) async fn pressed(scene: &Scene<'_>, postback: &Postback) -> Result<Option<Response>, StoreError> {
    let Some(tap) = scene.account.codes.read(&postback.data) else { return Ok(None) };
    let profile = profile(scene).await?;
    let step = going_on(scene).map(|registration| registration.step);
    let turn = press(&asking(scene, &profile), tap, postback.picked, step.as_ref());
    Ok(Some(respond(scene, &profile, turn, postback.picked.is_some())))
}

/// What typed words lead to; `None` where they belong to no registration.
pub(super) async fn heard(scene: &Scene<'_>, text: &str) -> Result<Option<Response>, StoreError> {
    if scene.account.attributes.iter().next().is_none() {
        return Ok(None);
    }
    let words = normalize(text);
    let step = going_on(scene).map(|registration| registration.step);
    let begun = match scene.edition.own_words(&scene.ctx.catalogue, &words) {
        Some(Phrase::RegOpen | Phrase::RegOpenWords) => Some(Tap::Open),
        Some(Phrase::RegStop | Phrase::RegStopWords) => Some(Tap::Stop),
        Some(Phrase::RegData | Phrase::RegDataWords) => Some(Tap::Data),
        Some(Phrase::RegErase | Phrase::RegEraseWords) => Some(Tap::Erase),
        Some(Phrase::RegLeave | Phrase::RegQuitWords) if step.is_some() => Some(Tap::Leave),
        _ => None,
    };
    if begun.is_none() && !asks_for_a_code(scene, step.as_ref()) {
        // The letter says to send the code, not where: it counts wherever it is sent.
        let admission = enter_anywhere(scene, &words).await?;
        if admission != Admission::Unknown {
            let profile = profile(scene).await?;
            let turn = match admission {
                Admission::Admitted(group) => {
                    let joins = Tap::Say(Field(group.attribute, Slot::Named(group.group)), Value::Member);
                    press(&asking(scene, &profile), &joins, None, step.as_ref())
                }
                _ => Turn { notes: vec![Note::UsedCode], next: step, ..Turn::default() },
            };
            return Ok(Some(respond(scene, &profile, turn, true)));
        }
    }
    if begun.is_none() && (step.is_none() || is_for_others(scene, text, &words)) {
        return Ok(None);
    }
    let profile = profile(scene).await?;
    let asking = asking(scene, &profile);
    let meant = begun.or_else(|| step.as_ref().and_then(|step| shown(scene, asking, step, &words)));
    if let Some(tap) = meant {
        return Ok(Some(respond(scene, &profile, press(&asking, &tap, None, step.as_ref()), false)));
    }
    let Some(step) = step else { return Ok(None) };
    let admission = admission(scene, &step, &words).await?;
    Ok(match typed(&asking, &step, &words, &admission) {
        Typed::Turn(turn) => Some(respond(scene, &profile, *turn, true)),
        Typed::Else => None,
    })
}

/// What words are as a code of one's own, where one is asked for. A code is used here, before anybody is told and
/// before what follows is settled: whoever comes back to it after a crash is let in again.
async fn admission(scene: &Scene<'_>, step: &Step, words: &str) -> Result<Admission, StoreError> {
    let Step::Attribute(id, _) = step else { return Ok(Admission::Unknown) };
    let (Some(attribute), Some(resident)) = (scene.account.attributes.get(id), &scene.claimed.resident)
    else {
        return Ok(Admission::Unknown);
    };
    let account = &scene.account.id;
    let of = scene.ctx.store.resident_ref(account, &resident.line_user_id)?;
    enter(scene.ctx, account, attribute, words, of).await
}

/// Whether a code is what was asked for last.
fn asks_for_a_code(scene: &Scene<'_>, step: Option<&Step>) -> bool {
    let Some(Step::Attribute(id, _)) = step else { return false };
    scene.account.attributes.get(id).is_some_and(|attribute| matches!(attribute.kind, Kind::Group(_)))
}

/// The same as [`admission`] where nothing of the sort was asked for: a code of any group. It is asked of every
/// message, and hardly any has the form of a code: only such a one is looked up.
async fn enter_anywhere(scene: &Scene<'_>, words: &str) -> Result<Admission, StoreError> {
    if typed_code(words).is_none() {
        return Ok(Admission::Unknown);
    }
    for attribute in scene.account.attributes.iter() {
        let asked = Step::Attribute(attribute.id.clone(), 0);
        match admission(scene, &asked, words).await? {
            Admission::Unknown => {}
            known => return Ok(known),
        }
    }
    Ok(Admission::Unknown)
}

/// Whether words in the middle of a registration belong to what comes before it: somebody may be in danger,
/// or a number answers the question that the bot asked back meanwhile.
fn is_for_others(scene: &Scene<'_>, text: &str, words: &str) -> bool {
    let is_number = number_typed(words).is_some();
    scene.snapshot().sounds_grave(text) || (is_number && super::respond::talk(scene).asked.is_some())
}

/// Another response in the middle of a registration: it goes on behind an answer, and is let go by somebody
/// in danger and after a long time.
pub(super) async fn continued(scene: &Scene<'_>, mut response: Response) -> Result<Response, StoreError> {
    let Some(registration) = scene.claimed.conversation.registration.clone() else { return Ok(response) };
    let mut talk = response.conversation.take().unwrap_or_else(|| super::respond::talk(scene));
    talk.registration = None;
    let language = response.trace.language.unwrap_or_else(|| usual_language(scene));
    if response.trace.decision != "safety" {
        if going_on(scene).is_none() {
            let told = scene.ctx.catalogue.say(language, Phrase::RegLapsed);
            response.say = response.say.map(|say| followed_by(&say, &told, None));
        } else {
            let profile = profile(scene).await?;
            // Where the bot asks back its own numbers count first; the registration waits.
            if response.trace.decision == "answer" || response.trace.decision == "feedback" {
                let speaker = speaker(scene, language, &profile);
                let (text, taps) = speaker.ask(&registration.step, false);
                response.say = response.say.map(|say| followed_by(&say, &text, Some(taps)));
            }
            talk.registration = Some(Registration { at: scene.now, ..registration });
        }
    }
    response.conversation = Some(talk);
    Ok(response)
}

fn followed_by(say: &Messages, text: &str, taps: Option<Vec<QuickReply>>) -> Messages {
    let mut list = say.list().to_vec();
    // A reply has five messages; the question behind an answer is never the one that is cut.
    list.truncate(4);
    list.extend(texts(text));
    let taps = taps.unwrap_or_else(|| say.quick_replies().iter().cloned().collect());
    finish(list, taps)
}

/// The registration that is going on, if it is not too old.
fn going_on(scene: &Scene<'_>) -> Option<Registration> {
    let registration = scene.claimed.conversation.registration.clone()?;
    let age = scene.now.duration_since(registration.at);
    (age <= jiff::SignedDuration::try_from(FORGET_AFTER).unwrap_or_default()).then_some(registration)
}

async fn profile(scene: &Scene<'_>) -> Result<Profile, StoreError> {
    let Some(resident) = &scene.claimed.resident else { return Ok(Profile::default()) };
    let account = &scene.account.id;
    let of = scene.ctx.store.resident_ref(account, &resident.line_user_id)?;
    scene.ctx.store.profile(account, of).await
}

fn asking<'a>(scene: &'a Scene<'_>, profile: &'a Profile) -> Asking<'a> {
    Asking {
        attributes: &scene.account.attributes,
        profile,
        at: (scene.claimed.event.happened, scene.claimed.key),
        today: scene.now.to_zoned(scene.account.time_zone.clone()).date(),
    }
}

fn speaker<'a>(scene: &'a Scene<'_>, language: Language, profile: &'a Profile) -> Speaker<'a> {
    Speaker { catalogue: &scene.ctx.catalogue, language, asking: asking(scene, profile) }
}

/// A number as people type one of a list: `2`, `2番`, `2.`.
fn number_typed(words: &str) -> Option<usize> {
    words.trim_end_matches(['.', ')', '番', '。', ' ']).parse().ok()
}

/// The button that words name: by its number, or by what stands on it. Where a number is asked for, a number
/// is that.
fn shown(scene: &Scene<'_>, asking: Asking<'_>, step: &Step, words: &str) -> Option<Tap> {
    let asks_for_a_number = |step: &Step| match step {
        Step::Attribute(id, _) => {
            let attribute = scene.account.attributes.get(id);
            attribute.is_some_and(|a| matches!(a.kind, Kind::Number { .. }))
        }
        _ => false,
    };
    let speaker = Speaker { catalogue: &scene.ctx.catalogue, language: usual_language(scene), asking };
    let mut taps = options(&speaker.asking, step).into_iter().filter(|tap| !tap.picks());
    match number_typed(words) {
        Some(_) if asks_for_a_number(step) => None,
        Some(number) => taps.nth(number.checked_sub(1)?),
        None => taps.find(|tap| normalize(&speaker.tap(tap, step)) == *words),
    }
}

/// The button to the page with everything that is stored, where there are such pages.
fn own_page(scene: &Scene<'_>, language: Language) -> Option<Message> {
    let door = Door::new(scene.ctx, scene.account, scene.claimed.resident.as_ref(), scene.now)?;
    let say = |phrase| scene.ctx.catalogue.say(language, phrase);
    let open = Action::uri(say(Phrase::RegPage), door.own_data(language)?).ok()?;
    let lead = say(Phrase::RegPageLead);
    Buttons::new(lead.clone(), None, lead, vec![open]).ok().map(Message::Buttons)
}

/// A turn as a response. Typed words and picked days say something of the resident: they are not kept.
fn respond(scene: &Scene<'_>, before: &Profile, turn: Turn, is_personal: bool) -> Response {
    let language = usual_language(scene);
    let mut after = if turn.erases { Profile::default() } else { before.clone() };
    turn.changes.iter().cloned().for_each(|change| after.fold(change));
    // What is taken back is called by what it was.
    let of = |note: &Note| if matches!(note, Note::TakenBack(_)) { before } else { &after };
    let notes = turn.notes.iter().map(|note| speaker(scene, language, of(note)).note(note));
    let mut parts: Vec<String> = notes.filter(|note| !note.is_empty()).collect();
    let mut taps = Vec::new();
    if let Some(step) = &turn.next {
        let (text, shown) = speaker(scene, language, &after).ask(step, turn.notes.contains(&Note::Data));
        parts.push(text);
        taps = shown;
    }
    let registration = turn.next.map(|step| Registration { step, at: scene.now });
    let fact = match (turn.erases, turn.changes.is_empty()) {
        (true, _) => Some("registration.erased"),
        (_, false) if turn.notes.iter().any(|n| matches!(n, Note::Stopped(_) | Note::AllStopped)) => {
            Some("registration.stopped")
        }
        (_, false) => Some("registration.saved"),
        (_, true) => None,
    };
    let mut list = texts(&parts.join("\n\n"));
    if turn.notes.contains(&Note::Data) {
        list.extend(own_page(scene, language));
    }
    Response {
        say: Some(finish(list, taps)),
        trace: trace("fixed", Some("registration"), language, Reason::Registration),
        conversation: Some(Conversation { registration, ..Conversation::default() }),
        facts: fact.map(ToOwned::to_owned).into_iter().collect(),
        drop_body: is_personal,
        said: match (turn.erases, turn.changes) {
            (true, _) => Said::EraseMe,
            (_, changes) if changes.is_empty() => Said::Nothing,
            (_, changes) => Said::Changes(changes),
        },
        ..Response::default()
    }
}
