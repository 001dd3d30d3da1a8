//! What is said to somebody who asks about an announcement: why it came, and fewer like it. It is asked by the buttons
//! below an announcement, or by words; then it is about the latest one.

use super::{
    Response, Scene,
    compose::{finish, fitted_to, texts},
    respond::{talk, trace, usual_language},
};
use crate::{
    catalogue::Phrase,
    domain::{
        announcement::{Announcement, AnnouncementId, Ask, Audience, Stage},
        conversation::{Conversation, Stopped},
        fewer::{Series, may_ask},
        id::ResidentRef,
        language::Language,
        message::{Action, Buttons, Message, limit},
        profile::{Change, Field, Profile, Stamp, Value},
        reason::Reason,
        registration::{Codes, Tap},
        settlement::Said,
    },
    intent::normalize,
    journeys::announced::{Fewer, Offer, Reader, Why},
    store::{StoreError, announcements::Got},
};

/// A card of LINE has at most so many buttons.
const MOST_BUTTONS: usize = 4;
/// So many cards stand below a text.
const MOST_CARDS: usize = 4;

/// What a button about an announcement leads to; `None` where it is none.
pub(super) async fn pressed(scene: &Scene<'_>, code: &str) -> Result<Option<Response>, StoreError> {
    let Some(ask) = Ask::read(code) else { return Ok(None) };
    let Some(asked) = Asked::about(scene).await? else { return Ok(None) };
    Ok(Some(match ask {
        Ask::WhyTest(_) => asked.told(Phrase::AnnTest),
        Ask::Why(id) => asked.why(id).await?,
        Ask::Fewer(id) => asked.fewer(id).await?,
        Ask::Stop(id) => asked.stop(id).await?,
        Ask::Undo(id) => asked.undo(id).await?,
    }))
}

/// What words about announcements lead to; `None` where they are about something else.
pub(super) async fn heard(scene: &Scene<'_>, text: &str) -> Result<Option<Response>, StoreError> {
    let words = scene.edition.own_words(&scene.ctx.catalogue, &normalize(text));
    let (Phrase::AnnWhy
    | Phrase::AnnWhyWords
    | Phrase::AnnFewer
    | Phrase::AnnFewerWords
    | Phrase::AnnListWords) = words.unwrap_or(Phrase::Refused)
    else {
        return Ok(None);
    };
    let Some(asked) = Asked::about(scene).await? else { return Ok(None) };
    if words == Some(Phrase::AnnListWords) {
        return Ok(Some(asked.list().await?));
    }
    let latest = scene.ctx.store.announcements_to(&scene.account.id, asked.who, LOOKED_BACK).await?;
    // The latest one for this resident, not the latest one that was begun to be written.
    let Some(latest) = latest.into_iter().max_by_key(|got| got.at) else {
        return Ok(Some(asked.told(Phrase::AnnNone)));
    };
    let id = latest.announcement.id;
    Ok(Some(match words {
        Some(Phrase::AnnWhy | Phrase::AnnWhyWords) => asked.why(id).await?,
        _ => asked.fewer(id).await?,
    }))
}

/// How many announcements of the city are looked through for the latest to this resident.
const LOOKED_BACK: usize = 50;

/// Somebody who asks.
struct Asked<'a> {
    scene: &'a Scene<'a>,
    who: ResidentRef,
    profile: Profile,
    language: Language,
}

impl<'a> Asked<'a> {
    async fn about(scene: &'a Scene<'a>) -> Result<Option<Self>, StoreError> {
        let Some(resident) = &scene.claimed.resident else { return Ok(None) };
        let who = scene.ctx.store.resident_ref(&scene.account.id, &resident.line_user_id)?;
        let profile = scene.ctx.store.profile(&scene.account.id, who).await?;
        Ok(Some(Self { scene, who, profile, language: usual_language(scene) }))
    }

    fn say(&self, phrase: Phrase) -> String {
        self.scene.ctx.catalogue.say(self.language, phrase)
    }

    fn reader<'s>(&'s self, profile: &'s Profile) -> Option<Reader<'s>> {
        let Scene { ctx, account, claimed, now, .. } = self.scene;
        let resident = claimed.resident.as_ref()?;
        Some(Reader::new(ctx, account, (self.who, resident), profile, (self.language, *now)))
    }

    fn stamp(&self) -> Stamp {
        (self.scene.claimed.event.happened, self.scene.claimed.key)
    }

    async fn got(&self, id: AnnouncementId) -> Result<Option<Got>, StoreError> {
        let (store, account) = (&self.scene.ctx.store, &self.scene.account.id);
        if let Some(got) = store.announcement_to(account, self.who, id).await? {
            return Ok(Some(got));
        }
        // A broadcast reaches friends too of whom nothing was known when it was approved.
        let Some(known) = store.announcement(account, id).await? else { return Ok(None) };
        let began = matches!(known.value.way.stage(), Stage::Sending { .. } | Stage::Sent { .. });
        if !began || known.value.draft.audience != Audience::AllFriends {
            return Ok(None);
        }
        let variant = store.frozen_variants(account, id).await?.into_iter().next();
        let at = known.value.changed;
        Ok(variant.map(|(variant, _)| Got { announcement: known.value, variant, at }))
    }

    fn told(&self, phrase: Phrase) -> Response {
        self.response(&self.say(phrase), Vec::new())
    }

    fn response(&self, text: &str, cards: Vec<Message>) -> Response {
        let mut list = texts(text);
        list.extend(cards);
        Response {
            say: Some(finish(list, Vec::new())),
            trace: trace("fixed", Some("announcement"), self.language, Reason::AboutAnnouncement),
            ..Response::default()
        }
    }

    /// A card with buttons: they stand on computers too, where quick replies do not.
    fn card(lead: &str, buttons: Vec<Option<Action>>) -> Option<Message> {
        let buttons: Vec<Action> = buttons.into_iter().flatten().take(MOST_BUTTONS).collect();
        let text = fitted_to(lead, limit::BUTTONS_TEXT.max());
        Buttons::new(text.clone(), None, text, buttons).ok().map(Message::Buttons)
    }

    fn button(&self, phrase: Phrase, ask: Ask) -> Option<Action> {
        let label = self.say(phrase);
        Action::postback(label.clone(), ask.code(), label).ok()
    }

    /// The way to what is registered, where the account asks something.
    fn settings(&self) -> Option<Action> {
        self.scene.account.attributes.iter().next()?;
        let label = self.say(Phrase::RegOpen);
        Action::postback(label.clone(), Codes::code(&Tap::Open), label).ok()
    }

    async fn why(&self, id: AnnouncementId) -> Result<Response, StoreError> {
        let (Some(reader), Some(got)) = (self.reader(&self.profile), self.got(id).await?) else {
            return Ok(self.told(Phrase::AnnUnknown));
        };
        let why: Why = reader.why(&got).await?;
        let text = format!("{}\n\n{}", reader.title(&got), why.text());
        let fewer = may_ask(&got.announcement.draft).then(|| self.button(Phrase::AnnFewer, Ask::Fewer(id)));
        let card = Self::card(&self.say(Phrase::WhyButtons), vec![self.settings(), fewer.flatten()]);
        let mut response = self.response(&text, card.into_iter().collect());
        response.facts.push("announcement.why".to_owned());
        Ok(response)
    }

    async fn fewer(&self, id: AnnouncementId) -> Result<Response, StoreError> {
        let (Some(reader), Some(got)) = (self.reader(&self.profile), self.got(id).await?) else {
            return Ok(self.told(Phrase::AnnUnknown));
        };
        if !may_ask(&got.announcement.draft) {
            return Ok(match reader.offer(&got.announcement) {
                Offer::Never(why) => self.told(why),
                _ => self.told(Phrase::AnnUnknown),
            });
        }
        let original = reader.original(&got.announcement).await?;
        match reader.offer(&original) {
            Offer::Never(why) => Ok(self.told(why)),
            Offer::NotMeant => Ok(self.told(Phrase::FewerNotMeant)),
            Offer::Topics(topics) => {
                let mut text = format!("{}\n\n{}", reader.title(&got), self.say(Phrase::FewerTopics));
                text.push_str(&Self::lines(&reader, &topics));
                let stop = self.button(Phrase::AnnStop, Ask::Stop(id));
                let names = reader.topics(&topics).join("、");
                let card = Self::card(&names, vec![stop, self.settings()]);
                Ok(self.response(&text, card.into_iter().collect()))
            }
            Offer::Series(series) => self.left_out(&reader, &original, (id, series)).await,
        }
    }

    fn lines(reader: &Reader<'_>, topics: &[(Field, Value)]) -> String {
        reader.topics(topics).iter().map(|topic| format!("\n・{topic}")).collect()
    }

    /// The resident is left out of a series from now on.
    async fn left_out(
        &self,
        reader: &Reader<'_>,
        original: &Announcement,
        (id, series): (AnnouncementId, Series),
    ) -> Result<Response, StoreError> {
        let is_new = !self.profile.fewer().any(|(known, ..)| *known == series);
        let name = reader.name(&series, id, self.scene.now).await?;
        let mut text =
            format!("{}\n・{name}\n\n{}", self.say(Phrase::FewerFromNow), self.say(Phrase::FewerStill));
        if original.draft.audience == Audience::AllFriends {
            text.push('\n');
            text.push_str(&self.say(Phrase::FewerAll));
        }
        let undo = self.button(Phrase::AnnUndo, Ask::Undo(id));
        let card = Self::card(&self.say(Phrase::FewerButtons), vec![undo, self.settings()]);
        let mut response = self.response(&text, card.into_iter().collect());
        if is_new {
            response.said = Said::Changes(vec![Change::fewer(series, Some(id), self.stamp())]);
            response.facts.push(crate::journeys::announced::fact(id));
        }
        Ok(response)
    }

    /// The topics for which it came are stopped.
    async fn stop(&self, id: AnnouncementId) -> Result<Response, StoreError> {
        let (Some(reader), Some(got)) = (self.reader(&self.profile), self.got(id).await?) else {
            return Ok(self.told(Phrase::AnnUnknown));
        };
        let original = reader.original(&got.announcement).await?;
        let Offer::Topics(topics) = reader.offer(&original) else {
            return Ok(self.told(Phrase::RegNothingToStop));
        };
        let stops = topics.iter().filter_map(|(field, _)| self.change(field, None));
        let text: Vec<String> = reader
            .topics(&topics)
            .iter()
            .map(|topic| {
                self.scene.ctx.catalogue.say_with(self.language, Phrase::RegStopped, &[("what", topic)])
            })
            .collect();
        let undo = self.button(Phrase::AnnUndo, Ask::Undo(id));
        let card = Self::card(&self.say(Phrase::FewerButtons), vec![undo, self.settings()]);
        let mut response = self.response(&text.join("\n"), card.into_iter().collect());
        response.said = Said::Changes(stops.collect());
        response.facts = vec![crate::journeys::announced::fact(id), "registration.stopped".to_owned()];
        let stopped = Stopped { because_of: id, wishes: topics, at: self.scene.now };
        response.conversation = Some(Conversation { stopped: Some(stopped), ..Conversation::default() });
        Ok(response)
    }

    fn change(&self, field: &Field, value: Option<Value>) -> Option<Change> {
        Change::new(&self.scene.account.attributes, field.clone(), value, self.stamp()).ok()
    }

    /// What followed from asking for fewer because of an announcement is taken back: topics as they were, or the
    /// series.
    async fn undo(&self, id: AnnouncementId) -> Result<Response, StoreError> {
        let stopped = talk(self.scene).stopped.filter(|stopped| stopped.because_of == id);
        let wishes = stopped.map(|stopped| stopped.wishes).unwrap_or_default();
        // What was said of a topic since counts.
        let open = wishes.iter().filter(|(field, _)| self.profile.get(field).is_none());
        let mut changes: Vec<Change> =
            open.filter_map(|(field, value)| self.change(field, Some(value.clone()))).collect();
        if changes.is_empty()
            && let Some(reader) = self.reader(&self.profile)
            && let Some(known) = self.scene.ctx.store.announcement(&self.scene.account.id, id).await?
        {
            let series = Series::of(&reader.original(&known.value).await?.draft);
            if self.profile.fewer().any(|(known, ..)| *known == series) {
                changes.push(Change::fewer(series, None, self.stamp()));
            }
        }
        if changes.is_empty() {
            let card = Self::card(&self.say(Phrase::WhyButtons), vec![self.settings()]);
            return Ok(self.response(&self.say(Phrase::FewerUndoNone), card.into_iter().collect()));
        }
        let mut response = self.told(Phrase::FewerUndone);
        response.said = Said::Changes(changes);
        response.facts.push(crate::journeys::announced::undone(id));
        response.conversation = Some(Conversation::default());
        Ok(response)
    }

    /// Everything of which fewer are wanted, each with its way back.
    async fn list(&self) -> Result<Response, StoreError> {
        let list = match self.reader(&self.profile) {
            Some(reader) => reader.fewer().await?,
            None => Vec::new(),
        };
        if list.is_empty() {
            return Ok(self.told(Phrase::FewerListNone));
        }
        let mut text = self.say(Phrase::FewerList);
        for (number, Fewer { what, .. }) in (1..).zip(&list) {
            text.push_str(&format!("\n{number}. {what}"));
        }
        let undo = self.say(Phrase::AnnUndo);
        let buttons = |(number, one): (usize, &Fewer)| {
            let label = super::compose::fitted(&format!("{number}. {undo}"));
            let said = fitted_to(&format!("{undo}: {}", one.what), limit::DISPLAY_TEXT.max());
            Action::postback(label, Ask::Undo(one.because_of).code(), said).ok()
        };
        let buttons: Vec<Option<Action>> = (1..).zip(&list).map(buttons).collect();
        let lead = self.say(Phrase::FewerButtons);
        let cards = buttons.chunks(MOST_BUTTONS).take(MOST_CARDS);
        let cards = cards.filter_map(|some| Self::card(&lead, some.to_vec())).collect();
        Ok(self.response(&text, cards))
    }
}
