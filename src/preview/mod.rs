//! PURE: messages → accessible HTML, the way a phone shows them.
//!
//! The demo uses it now, the console later. Every text is escaped by the template engine; buttons carry
//! what they do in `data-` attributes, so that the page's script needs no markup of its own.

use askama::Template;

use crate::domain::message::{Action, Days, Message, Messages};

#[derive(Template)]
#[template(path = "preview/messages.html")]
struct Page<'a> {
    live: bool,
    bubbles: Vec<Bubble<'a>>,
    quick_replies: Vec<Button<'a>>,
}

enum Bubble<'a> {
    Text(Vec<Vec<Piece<'a>>>),
    Image { url: &'a str, alt: &'a str },
    Card(Card<'a>),
    Cards { alt: &'a str, cards: Vec<Card<'a>> },
}

/// A part of a line: plain words or an address.
enum Piece<'a> {
    Words(&'a str),
    Link(&'a str),
}

struct Card<'a> {
    picture: Option<&'a str>,
    title: Option<&'a str>,
    lines: Vec<&'a str>,
    buttons: Vec<Button<'a>>,
}

struct Button<'a> {
    label: &'a str,
    kind: &'static str,
    value: &'a str,
    shown: &'a str,
    days: Option<&'a Days>,
}

/// The messages of one call as HTML: bubbles in a list, then the quick replies.
pub fn html(messages: &Messages) -> String {
    render(messages, true)
}

/// The same to look at only: what would be tapped in the chat cannot be pressed, web links can.
pub fn still(messages: &Messages) -> String {
    render(messages, false)
}

fn render(messages: &Messages, live: bool) -> String {
    let page = Page {
        live,
        bubbles: messages.list().iter().map(bubble).collect(),
        quick_replies: messages.quick_replies().iter().map(|quick| button(quick.action())).collect(),
    };
    page.render().expect("rendering into a string cannot fail")
}

fn bubble(message: &Message) -> Bubble<'_> {
    match message {
        Message::Text(text) => Bubble::Text(text.as_str().lines().map(pieces).collect()),
        Message::Image(image) => Bubble::Image { url: image.preview(), alt: image.alt() },
        Message::Buttons(buttons) => Bubble::Card(Card {
            picture: buttons.picture(),
            ..card(buttons.title(), buttons.text(), buttons.actions())
        }),
        Message::Carousel(carousel) => Bubble::Cards {
            alt: carousel.alt(),
            cards: carousel.columns().iter().map(|c| card(c.title(), c.text(), c.actions())).collect(),
        },
    }
}

fn card<'a>(title: Option<&'a str>, text: &'a str, actions: &'a [Action]) -> Card<'a> {
    Card {
        picture: None,
        title,
        lines: text.lines().collect(),
        buttons: actions.iter().map(button).collect(),
    }
}

fn button(action: &Action) -> Button<'_> {
    match action {
        Action::Postback { label, data, display_text } => {
            Button { label, kind: "postback", value: data, shown: display_text, days: None }
        }
        Action::Message { label, text } => {
            Button { label, kind: "message", value: text, shown: text, days: None }
        }
        Action::Pick { label, data, days } => {
            Button { label, kind: "pick", value: data, shown: label, days: Some(days) }
        }
        Action::Uri { label, uri } => Button { label, kind: "uri", value: uri, shown: uri, days: None },
    }
}

/// Cuts a line at its https addresses; nothing else becomes a link.
fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut list = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find("https://") {
        let (before, from) = rest.split_at(start);
        let end =
            from.find(|c: char| !c.is_ascii_graphic() || matches!(c, '"' | '<' | '>')).unwrap_or(from.len());
        let (address, after) = from.split_at(end);
        list.extend((!before.is_empty()).then_some(Piece::Words(before)));
        list.push(Piece::Link(address));
        rest = after;
    }
    list.extend((!rest.is_empty()).then_some(Piece::Words(rest)));
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::{Buttons, QuickReplies, QuickReply, Text};

    #[test]
    fn hostile_words_are_shown_as_words() {
        let hostile = "<script>alert(1)</script> \"'>&\u{202e}x https://x.example/\"onload=\"y";
        let tap = Action::postback("<b>", "\"><img>", "<i>").unwrap();
        let messages = Messages::new(vec![
            Message::Text(Text::new(hostile).unwrap()),
            Message::Buttons(Buttons::new("alt", Some("<u>".into()), "<s>", vec![tap.clone()]).unwrap()),
        ])
        .unwrap()
        .with_quick_replies(QuickReplies::new(vec![QuickReply::new(tap)]).unwrap());
        let (html, still) = (html(&messages), still(&messages));
        assert!(html.contains("<button") && !still.contains("<button"), "{still}");
        for tag in ["<script", "<b>", "<img", "<i>", "<u>", "<s>", "onload=\"y"] {
            assert!(!html.contains(tag) && !still.contains(tag), "{tag} in {html}");
        }
        assert!(html.contains("&#60;script&#62;"), "{html}");
    }

    #[test]
    fn addresses_become_links_and_lines_stay_lines() {
        let html = html(&Messages::text("くわしくは\nhttps://www.city.todoke.example/a を見て").unwrap());
        assert!(html.contains("<a href=\"https://www.city.todoke.example/a\""), "{html}");
        assert_eq!(html.matches("<br>").count(), 1, "{html}");
    }
}
