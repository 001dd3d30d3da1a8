//! A decision becomes messages: the city's words, the catalogue's sentences, buttons and quick replies.
//!
//! The answer journey and `todoke intents ask` call it. It decides nothing. Quick replies exist on phones
//! only, so whatever they offer can also be typed: choices carry numbers, feedback has words.

use super::{button::Button, door::Door};
use crate::{
    catalogue::{Catalogue, Phrase},
    domain::{
        account::Account,
        id::IntentId,
        language::{Language, Localized},
        message::{
            Action, Buttons, Carousel, Column, Message, Messages, QuickReplies, QuickReply, Text, limit,
        },
        registration::{Codes, Tap},
    },
    intent::{Contact, Decision, DecisionKind, FixedReply, Intent, Link, SafetyKind, Snapshot, Whose},
    journeys::pages::Pages,
};

/// LINE shows at most this many quick replies.
const MOST_QUICK_REPLIES: usize = 13;

/// Makes messages for one account.
pub struct Composer<'a> {
    /// The sentences that todoke says itself.
    pub catalogue: &'a Catalogue,
    /// Whose bot speaks.
    pub account: &'a Account,
    /// What the city says.
    pub snapshot: &'a Snapshot,
    /// The reader's language.
    pub language: Language,
    /// The way to a person of the city, where there is one.
    pub door: Option<Door<'a>>,
    /// The way to online procedures that counts taps; `None`: buttons lead there straight.
    pub ways: Option<&'a Pages>,
}

impl Composer<'_> {
    /// The reply to a text.
    pub fn decision(&self, decision: &Decision) -> Messages {
        match &decision.kind {
            DecisionKind::Safety(kind) => match self.snapshot.safety(kind.as_str()) {
                Some(kind) => self.safety(kind),
                None => self.refusal(&[]),
            },
            DecisionKind::Fixed(kind) => self.fixed(kind.as_str()),
            DecisionKind::ChooseLanguage => self.languages(),
            DecisionKind::SetLanguage(language) => self.language_chosen(*language),
            DecisionKind::Answer(intent) => self.answer(intent),
            DecisionKind::Ask { choices, several } => {
                self.choices(if *several { Phrase::AskSeveral } else { Phrase::AskLead }, choices)
            }
            DecisionKind::Refuse { nearby, elsewhere: None } => self.refusal(nearby),
            DecisionKind::Refuse { nearby, elsewhere: Some(whose) } => self.elsewhere(whose, nearby),
        }
    }

    /// An intent's answer with its source, its online procedure, its contact and the feedback words.
    pub fn answer(&self, id: &IntentId) -> Messages {
        let Some(intent) = self.snapshot.intent(id) else { return self.too_old() };
        let mut body = self.in_own_language(&intent.answer);
        if let Some(source) = &intent.source {
            body.push_str("\n\n");
            body.push_str(&self.say(Phrase::SourceLine));
            body.push('\n');
            body.push_str(source);
        }
        let mut actions = Vec::new();
        if let Some(link) = &intent.link {
            let label = self.pick(&link.label).unwrap_or_else(|| self.say(Phrase::OpenLink));
            let counted = self.ways.and_then(|pages| pages.way_address(&self.account.id, id));
            let counted = counted.and_then(|address| Action::uri(fitted(&label), address).ok());
            actions.extend(counted.or_else(|| Action::uri(fitted(&label), &link.url).ok()));
        }
        let quick_replies = self.after_an_answer(intent);
        let mut list = texts(&body);
        list.extend(self.contact_buttons(&intent.contact, actions));
        // In words too: quick replies exist on phones only.
        list.extend(texts(&self.say(Phrase::FeedbackQuestion)));
        finish(list, quick_replies)
    }

    /// Feedback words first, then what follows on from the answer.
    fn after_an_answer(&self, intent: &Intent) -> Vec<QuickReply> {
        let feedback = [
            (Phrase::FeedbackUseful, Button::Useful(intent.id.clone())),
            (Phrase::FeedbackWrong, Button::Wrong(intent.id.clone())),
        ];
        let feedback = feedback.into_iter().filter_map(|(phrase, button)| tap(&self.say(phrase), &button));
        let follow_up = intent.follow_up.iter().filter_map(|id| self.show(id));
        let own = intent.quick_replies.iter().filter_map(|quick| self.quick_reply(&quick.label, &quick.text));
        feedback.chain(own).chain(follow_up).take(MOST_QUICK_REPLIES).collect()
    }

    /// Asks which of several questions is meant.
    pub fn choices(&self, lead: Phrase, choices: &[IntentId]) -> Messages {
        let mut body = self.say(lead);
        self.push_numbered(&mut body, choices);
        body.push_str("\n\n");
        body.push_str(&self.say(Phrase::AskNumberHint));
        let none = tap(&self.say(Phrase::NoneOfThese), &Button::NoneOfThese);
        let taps = choices.iter().filter_map(|id| self.show(id)).take(MOST_QUICK_REPLIES - 1);
        finish(texts(&body), taps.chain(none).collect())
    }

    /// Says plainly that nothing fits, offers what is near, and a person's contact.
    pub fn refusal(&self, nearby: &[IntentId]) -> Messages {
        let own = self.snapshot.fixed("refused").map(|fixed| self.in_own_language(&fixed.reply));
        let mut body = own.unwrap_or_else(|| self.say(Phrase::Refused));
        self.push_nearby(&mut body, Phrase::RefuseNearby, nearby);
        let desk = nearby.first().and_then(|id| self.snapshot.intent(id)).map(|intent| &intent.contact);
        let contact = self.snapshot.desk().or(desk);
        if contact.is_some() {
            body.push_str("\n\n");
            body.push_str(&self.say(Phrase::RefuseContact));
        }
        let mut list = texts(&body);
        list.extend(self.to_a_person(contact, nearby.first()));
        finish(list, self.nearby_taps(nearby))
    }

    /// Says who does what this city does not, how to reach them, and what is near here.
    pub fn elsewhere(&self, whose: &Whose, nearby: &[IntentId]) -> Messages {
        let (mut body, contact, link, lead) = match whose {
            Whose::Office(id) => {
                let Some(matter) = self.snapshot.matter(id) else { return self.refusal(nearby) };
                let says = self.in_own_language(&matter.reply);
                (says, matter.contact.as_ref(), matter.link.as_ref(), Phrase::RefuseNearby)
            }
            Whose::Municipality(name) => {
                let city = self.pick(name).unwrap_or_default();
                let values = [("city", city.as_str()), ("account", self.account.name.as_str())];
                let says = self.catalogue.say_with(self.language, Phrase::RefuseMunicipality, &values);
                (says, None, None, Phrase::RefuseHere)
            }
        };
        self.push_nearby(&mut body, lead, nearby);
        let label = |link: &Link| self.pick(&link.label).unwrap_or_else(|| self.say(Phrase::OpenLink));
        let open = link.and_then(|link| Action::uri(fitted(&label(link)), &link.url).ok());
        let mut list = texts(&body);
        let nobody = Contact::default();
        if contact.is_some() || open.is_some() {
            let named = contact.or(self.snapshot.desk()).unwrap_or(&nobody);
            list.extend(self.contact_buttons(named, open.into_iter().collect()));
        }
        finish(list, self.nearby_taps(nearby))
    }

    fn push_nearby(&self, body: &mut String, lead: Phrase, nearby: &[IntentId]) {
        if !nearby.is_empty() {
            body.push_str("\n\n");
            body.push_str(&self.say(lead));
            self.push_numbered(body, nearby);
        }
    }

    fn nearby_taps(&self, nearby: &[IntentId]) -> Vec<QuickReply> {
        let topics = tap(&self.say(Phrase::MoreTopics), &Button::Topics);
        let topics = topics.filter(|_| !self.snapshot.topics().is_empty());
        nearby.iter().filter_map(|id| self.show(id)).chain(topics).collect()
    }

    /// After 「ちがう」: sorry, and the contact of whoever owns the answer.
    pub fn sorry(&self, id: &IntentId) -> Messages {
        let mut list = texts(&self.say(Phrase::FeedbackSorry));
        let contact = self.snapshot.intent(id).map(|intent| &intent.contact).or(self.snapshot.desk());
        match self.to_a_person(contact, Some(id)) {
            Some(buttons) => list.push(buttons),
            None => return self.refusal(&[]),
        }
        finish(list, tap(&self.say(Phrase::MoreTopics), &Button::Topics).into_iter().collect())
    }

    /// After 「役に立った」.
    pub fn thanks_for_feedback(&self) -> Messages {
        finish(texts(&self.say(Phrase::FeedbackThanks)), Vec::new())
    }

    /// A fixed reply of the city's own; a kind without one is refused like an unknown question.
    pub fn fixed(&self, kind: &str) -> Messages {
        let Some(fixed) = self.snapshot.fixed(kind) else { return self.refusal(&[]) };
        finish(texts(&self.in_own_language(&fixed.reply)), self.fixed_quick_replies(fixed))
    }

    fn fixed_quick_replies(&self, fixed: &FixedReply) -> Vec<QuickReply> {
        fixed.quick_replies.iter().filter_map(|q| self.quick_reply(&q.label, &q.text)).collect()
    }

    /// The greeting of a new friend: what the bot can do, six topics, the languages.
    pub fn greeting(&self) -> Messages {
        let Some(fixed) = self.snapshot.fixed("follow") else { return self.topics() };
        let mut list = texts(&self.in_own_language(&fixed.reply));
        list.extend(self.six_topics());
        let own = self.fixed_quick_replies(fixed).into_iter();
        let taps = self.registration_tap().into_iter().chain(own).chain(self.language_taps());
        finish(list, taps.take(MOST_QUICK_REPLIES).collect())
    }

    /// The button that begins a registration, where the account asks something.
    fn registration_tap(&self) -> Option<QuickReply> {
        self.account.attributes.iter().next()?;
        let label = self.say(Phrase::RegOpen);
        Action::postback(fitted(&label), Codes::code(&Tap::Open), label).ok().map(QuickReply::new)
    }

    /// Two columns of three topics each, visible on every kind of device.
    fn six_topics(&self) -> Option<Message> {
        let lead = self.say(Phrase::TopicsLead);
        let actions: Vec<Action> = self
            .snapshot
            .topics()
            .iter()
            .take(6)
            .filter_map(|t| self.topic_action(&t.id, &t.title))
            .collect();
        let columns = actions
            .chunks_exact(3)
            .zip([&lead, &self.say(Phrase::TopicsAlso)])
            .map(|(three, text)| Column::new(None, fitted_to(text, limit::COLUMN_TEXT.max()), three.to_vec()))
            .collect::<Result<Vec<_>, _>>()
            .ok()?;
        Carousel::new(lead, columns).ok().map(Message::Carousel)
    }

    /// Every topic.
    pub fn topics(&self) -> Messages {
        let mut body = self.say(Phrase::TopicsLead);
        for topic in self.snapshot.topics() {
            body.push_str("\n・");
            body.push_str(&self.pick(&topic.title).unwrap_or_default());
        }
        let taps = self.snapshot.topics().iter().filter_map(|t| self.topic_action(&t.id, &t.title));
        finish(texts(&body), taps.take(MOST_QUICK_REPLIES).map(QuickReply::new).collect())
    }

    /// The questions of one topic, numbered; at most as many as there may be quick replies beside "none".
    pub fn topic(&self, topic: &str) -> Option<(Messages, Vec<IntentId>)> {
        let of_topic = self.snapshot.intents().filter(|intent| intent.topic == topic);
        let choices: Vec<IntentId> = of_topic.map(|i| i.id.clone()).take(MOST_QUICK_REPLIES - 1).collect();
        (!choices.is_empty()).then(|| (self.choices(Phrase::AskLead, &choices), choices))
    }

    /// Asks for a language.
    pub fn languages(&self) -> Messages {
        let mut body = self.say(Phrase::ChooseLanguage);
        for language in &self.account.languages {
            body.push_str("\n・");
            body.push_str(&self.name_of(*language));
        }
        finish(texts(&body), self.language_taps())
    }

    /// A language's name in itself.
    fn name_of(&self, language: Language) -> String {
        self.catalogue.say(language, Phrase::LanguageName)
    }

    fn language_taps(&self) -> Vec<QuickReply> {
        let languages = self.account.languages.iter();
        languages.filter_map(|language| tap(&self.name_of(*language), &Button::Speak(*language))).collect()
    }

    /// Confirms a language, in that language, and shows what can be asked.
    pub fn language_chosen(&self, language: Language) -> Messages {
        let composer = Composer { language, ..*self };
        let name = self.name_of(language);
        let confirmed = self.catalogue.say_with(language, Phrase::LanguageChosen, &[("language", &name)]);
        let mut list = texts(&confirmed);
        list.extend(composer.six_topics());
        finish(list, Vec::new())
    }

    /// A button of an older day.
    pub fn too_old(&self) -> Messages {
        let mut list = texts(&self.say(Phrase::ButtonTooOld));
        list.extend(self.six_topics());
        finish(list, Vec::new())
    }

    /// Words for somebody in danger: the city's reply, each number with its hours, buttons to dial. No
    /// feedback, no quick replies.
    pub fn safety(&self, kind: &SafetyKind) -> Messages {
        let mut body = self.in_own_language_silently(&kind.reply);
        for number in &kind.numbers {
            body.push_str("\n\n");
            body.push_str(&self.contact_sentence(&number.name, &number.tel, &number.hours));
        }
        let actions: Vec<Action> = kind
            .numbers
            .iter()
            .filter_map(|n| Action::uri(fitted(&self.pick(&n.name)?), tel_uri(&n.tel)).ok())
            .take(4)
            .collect();
        let title = self.pick(&kind.title).unwrap_or_default();
        let mut list = texts(&body);
        let call = self.say(Phrase::CallButton);
        let buttons = Buttons::new(format!("{title} {call}"), None, fitted_to(&call, 160), actions);
        list.extend(buttons.ok().map(Message::Buttons));
        finish(list, Vec::new())
    }

    /// Whom to ask: the form of the city's own, if there is a way to it, and the telephone.
    fn to_a_person(&self, contact: Option<&Contact>, about: Option<&IntentId>) -> Option<Message> {
        let address = self.door.and_then(|door| door.address(self.language, about));
        let ask = address.and_then(|address| Action::uri(self.say(Phrase::AskPerson), address).ok());
        let Some(contact) = contact else {
            let lead = self.say(Phrase::AskPersonLead);
            return Buttons::new(lead.clone(), None, lead, vec![ask?]).ok().map(Message::Buttons);
        };
        self.contact_buttons(contact, ask.into_iter().collect())
    }

    /// A contact's name and hours with buttons: what was given, then the telephone.
    fn contact_buttons(&self, contact: &Contact, mut actions: Vec<Action>) -> Option<Message> {
        if let Some(tel) = &contact.tel {
            actions.extend(Action::uri(self.say(Phrase::CallButton), tel_uri(tel)).ok());
        }
        let line = self.contact_line(contact);
        if actions.is_empty() {
            return Text::new(line).ok().map(Message::Text);
        }
        let text = fitted_to(&line, limit::BUTTONS_TEXT.max());
        Buttons::new(line, None, text, actions).ok().map(Message::Buttons)
    }

    /// Name, number and hours in words: who sits at a computer dials by hand.
    fn contact_line(&self, contact: &Contact) -> String {
        match &contact.tel {
            Some(tel) => self.contact_sentence(&contact.name, tel, &contact.hours),
            None => {
                let known = [&contact.name, &contact.hours].into_iter().filter_map(|text| self.pick(text));
                known.collect::<Vec<_>>().join("\n")
            }
        }
    }

    fn contact_sentence(&self, name: &Localized<String>, tel: &str, hours: &Localized<String>) -> String {
        let name = self.pick(name).unwrap_or_default();
        let hours = self.pick(hours).unwrap_or_default();
        let values = [("name", name.as_str()), ("tel", tel), ("hours", hours.as_str())];
        self.catalogue.say_with(self.language, Phrase::ContactLine, &values)
    }

    fn push_numbered(&self, body: &mut String, choices: &[IntentId]) {
        for (number, title) in (1..).zip(choices.iter().filter_map(|id| self.title(id))) {
            body.push_str(&format!("\n{number}. {title}"));
        }
    }

    fn title(&self, id: &IntentId) -> Option<String> {
        self.snapshot.intent(id).and_then(|intent| self.pick(&intent.title))
    }

    fn show(&self, id: &IntentId) -> Option<QuickReply> {
        tap(&self.title(id)?, &Button::Show(id.clone()))
    }

    fn topic_action(&self, id: &str, title: &Localized<String>) -> Option<Action> {
        action(&self.pick(title)?, &Button::Topic(id.to_owned()))
    }

    fn quick_reply(&self, label: &Localized<String>, text: &Localized<String>) -> Option<QuickReply> {
        Action::message(fitted(&self.pick(label)?), self.pick(text)?).ok().map(QuickReply::new)
    }

    fn say(&self, phrase: Phrase) -> String {
        self.catalogue.say(self.language, phrase)
    }

    fn pick(&self, text: &Localized<String>) -> Option<String> {
        text.best(self.language).map(|(_, text)| text.trim().to_owned())
    }

    /// The text for the reader; when it is not in the reader's language, a sentence says so first.
    fn in_own_language(&self, text: &Localized<String>) -> String {
        let Some((found, words)) = text.best(self.language) else { return String::new() };
        let words = words.trim();
        let akin = |l| matches!(l, Language::Ja | Language::JaEasy);
        if found == self.language || (akin(found) && akin(self.language)) {
            return words.to_owned();
        }
        let name = self.catalogue.say(found, Phrase::LanguageName);
        let note =
            self.catalogue.say_with(self.language, Phrase::AnswerInOtherLanguage, &[("language", &name)]);
        format!("{note}\n\n{words}")
    }

    /// The same without the sentence: in danger every word counts.
    fn in_own_language_silently(&self, text: &Localized<String>) -> String {
        self.pick(text).unwrap_or_default()
    }
}

fn tap(label: &str, button: &Button) -> Option<QuickReply> {
    action(label, button).map(QuickReply::new)
}

/// A postback that shows its whole label as said by the resident, even where the button cuts it.
fn action(label: &str, button: &Button) -> Option<Action> {
    Action::postback(fitted(label), button.code(), fitted_to(label, limit::DISPLAY_TEXT.max())).ok()
}

/// `tel:` with what a dialler understands; `#` is escaped, blanks and hyphens go.
fn tel_uri(tel: &str) -> String {
    let dial: String = tel.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#')).collect();
    format!("tel:{}", dial.replace('#', "%23"))
}

/// A label cut to LINE's limit. The whole words always stand in the text above.
pub(super) fn fitted(label: &str) -> String {
    fitted_to(label, limit::LABEL.max())
}

pub(in crate::journeys) fn fitted_to(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    text.chars().take(max - 1).chain(['…']).collect()
}

/// A text as messages; one that is longer than LINE takes is continued in the next.
pub(super) fn texts(text: &str) -> Vec<Message> {
    let mut list = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && list.len() < 3 {
        let mut units = 0;
        let end = rest
            .char_indices()
            .find(|(_, c)| {
                units += c.len_utf16();
                units > limit::TEXT.max()
            })
            .map_or(rest.len(), |(at, _)| at);
        list.extend(Text::new(&rest[..end]).ok().map(Message::Text));
        rest = &rest[end..];
    }
    list
}

pub(super) fn finish(mut list: Vec<Message>, mut quick_replies: Vec<QuickReply>) -> Messages {
    list.truncate(5);
    quick_replies.truncate(MOST_QUICK_REPLIES);
    let quick_replies = QuickReplies::new(quick_replies).unwrap_or_default();
    Messages::new(list)
        .or_else(|_| Messages::text("…"))
        .expect("a single short text keeps every limit")
        .with_quick_replies(quick_replies)
}
