//! A content as the messages that go out: fields filled in, marks and department put before the words, LINE's
//! limits kept.

use super::{
    Dress,
    content::{Block, Button, Card, Content, Picture},
    field::{self, Values},
    place::{Fault, Part, Place, Wrong},
};
use crate::domain::{
    language::Language,
    message::{Action, Buttons, Image, LimitError, Message, Messages, Text},
};

impl Content {
    /// What goes out to people who are spoken to in this language ([`Content::spoken_to`]) and of whom this is
    /// known; all faults, with places. Places of limits are about the part as a whole: what is too long may be
    /// the value.
    pub fn render(&self, language: Language, values: &Values, dress: &Dress) -> Result<Messages, Vec<Fault>> {
        self.render_with(language, Some(values), dress)
    }

    /// The same with each field as its own name in brackets: what an author sees.
    pub fn example(&self, language: Language, dress: &Dress) -> Result<Messages, Vec<Fault>> {
        self.render_with(language, None, dress)
    }

    pub(super) fn render_with(
        &self,
        language: Language,
        values: Option<&Values>,
        dress: &Dress,
    ) -> Result<Messages, Vec<Fault>> {
        let place = Place::of(language);
        let body = self.body(language);
        if body.is_empty() {
            return Err(vec![Fault { place, wrong: Wrong::Nothing }]);
        }
        let mut renderer = Renderer { values, faults: Vec::new(), place: place.clone() };
        let mut list = Vec::new();
        for (at, block) in body.iter().enumerate() {
            let before = if at == 0 { dress.opening(language) } else { dress.marks(language) };
            renderer.place = place.clone().in_block(at);
            renderer.block(block, &before, &mut list);
        }
        if renderer.faults.is_empty() {
            Messages::new(list).map_err(|limit| vec![Fault { place, wrong: limit.into() }])
        } else {
            Err(renderer.faults)
        }
    }
}

/// What a phone shows of it before it is opened: the first line that has words.
pub fn notification(messages: &Messages) -> &str {
    let first = messages.list().first().map_or("", |message| match message {
        Message::Text(text) => text.as_str(),
        Message::Image(image) => image.alt(),
        Message::Buttons(buttons) => buttons.alt(),
        Message::Carousel(carousel) => carousel.alt(),
    });
    first.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

struct Renderer<'a> {
    values: Option<&'a Values>,
    faults: Vec<Fault>,
    place: Place,
}

impl Renderer<'_> {
    fn block(&mut self, block: &Block, before: &str, list: &mut Vec<Message>) {
        match block {
            Block::Text(text) => {
                let text = self.words(Part::Text, text);
                let text = text.and_then(|text| self.keep(Part::Text, Text::new(marked(before, &text))));
                list.extend(text.map(Message::Text));
            }
            Block::Image(picture) => self.picture(picture, before, list),
            Block::Card(card) => {
                let card = self.card(card, before);
                list.extend(card.map(Message::Buttons));
            }
        }
    }

    fn picture(&mut self, picture: &Picture, before: &str, list: &mut Vec<Message>) {
        let alt = self.words(Part::Alt, &picture.alt);
        let alt = alt.map(|alt| marked(before, &alt));
        let described = alt.clone().and_then(|alt| self.keep(Part::Alt, Text::new(alt)));
        let [original, preview] = [(Part::Original, &picture.original), (Part::Preview, &picture.preview)]
            .map(|(part, url)| self.keep(part, crate::domain::message::limit::https_url(url.clone())));
        let (Some(original), Some(preview), Some(alt)) = (original, preview, alt) else { return };
        let image = self.keep(Part::Alt, Image::new(original, preview, alt));
        list.extend(described.map(Message::Text));
        list.extend(image.map(Message::Image));
    }

    fn card(&mut self, card: &Card, before: &str) -> Option<Buttons> {
        let actions: Vec<_> =
            card.buttons.iter().enumerate().map(|(at, button)| self.button(at, button)).collect();
        let title = card.title.as_ref().map(|title| self.words(Part::Title, title));
        let text = self.words(Part::Text, &card.text);
        let alt = self.words(Part::Alt, &card.alt);
        // A failed part is a fault already; whatever it belongs to cannot be made.
        let title = title.map_or(Some(None), |title| title.map(Some))?;
        let (text, alt, actions) = (text?, alt?, actions.into_iter().collect::<Option<Vec<_>>>()?);
        // The title if there is one, else the text, is what people read first.
        let (title, text) = match title {
            Some(title) => (Some(marked(before, &title)), text),
            None => (None, marked(before, &text)),
        };
        let made = Buttons::new(marked(before, &alt), title, text, actions);
        let made = self.keep_card(made)?;
        match &card.image {
            None => Some(made),
            Some(image) => self.keep_card(made.with_picture(image.clone())),
        }
    }

    /// Limits of cards by the part of which they tell.
    fn keep_card(&mut self, made: Result<Buttons, LimitError>) -> Option<Buttons> {
        let part = match &made {
            Err(
                LimitError::Empty { field }
                | LimitError::TooLong { field, .. }
                | LimitError::Scheme { field, .. },
            ) => match *field {
                "title" => Part::Title,
                "alternative text" => Part::Alt,
                "picture address" => Part::Original,
                _ => Part::Text,
            },
            _ => Part::Whole,
        };
        self.keep(part, made)
    }

    fn button(&mut self, at: usize, button: &Button) -> Option<Action> {
        if !["https://", "tel:"].iter().any(|scheme| button.uri.starts_with(scheme)) {
            self.fault(Part::Uri(at), Wrong::Address);
        }
        let made = Action::uri(button.label.as_str(), button.uri.as_str());
        let is_about_label = matches!(
            &made,
            Err(LimitError::Empty { field: "label" } | LimitError::TooLong { field: "label", .. })
        );
        match made {
            // Told already, and in plainer words.
            Err(LimitError::Scheme { .. } | LimitError::Empty { field: "address" }) => None,
            made => self.keep(if is_about_label { Part::Label(at) } else { Part::Uri(at) }, made),
        }
    }

    /// The words of a part with its fields filled in.
    fn words(&mut self, part: Part, text: &str) -> Option<String> {
        match field::read(text).and_then(|text| text.fill(self.values)) {
            Ok(text) if text.trim().is_empty() => {
                let field = if part == Part::Alt { "alternative text" } else { "text" };
                self.fault(part, LimitError::Empty { field }.into());
                None
            }
            Ok(text) => Some(text),
            Err(spots) => {
                let place = self.place.at(part);
                let faults =
                    spots.into_iter().map(|(range, wrong)| Fault { place: place.within(&range), wrong });
                self.faults.extend(faults);
                None
            }
        }
    }

    fn keep<T>(&mut self, part: Part, made: Result<T, LimitError>) -> Option<T> {
        made.map_err(|limit| self.fault(part, limit.into())).ok()
    }

    fn fault(&mut self, part: Part, wrong: Wrong) {
        self.faults.push(Fault { place: self.place.at(part), wrong });
    }
}

fn marked(before: &str, text: &str) -> String {
    format!("{before}{text}")
}

#[cfg(test)]
mod tests;
