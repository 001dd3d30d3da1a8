//! Messages as LINE's JSON, out and back.
//!
//! Out: [`to_value`]. Back: [`read_messages`], which refuses what LINE would refuse and says it the way
//! LINE does; the simulator uses it, so that a body that passes here keeps LINE's limits.

pub(super) mod read;

use serde::Serialize;
use serde_json::Value;

pub use read::{Fault, read_messages};

use crate::domain::message::{Action, Column, Message, Messages};

/// The `messages` array of a call, as a value.
pub fn to_value(messages: &Messages) -> Value {
    serde_json::to_value(to_wire(messages)).expect("texts and lists of them are JSON")
}

/// The `messages` array of a call, to be written out once and without a tree of values in between.
pub(super) fn to_wire(messages: &Messages) -> Vec<Wire<'_>> {
    let mut list: Vec<Wire<'_>> = messages.list().iter().map(wire).collect();
    if let (Some(last), false) = (list.last_mut(), messages.quick_replies().is_empty()) {
        let quick = messages.quick_replies().iter();
        let items = quick.map(|quick| QuickItem { kind: "action", action: action(quick.action()) }).collect();
        last.quick_reply = Some(QuickItems { items });
    }
    list
}

/// A message with LINE's names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wire<'a> {
    #[serde(flatten)]
    message: WireMessage<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quick_reply: Option<QuickItems<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum WireMessage<'a> {
    Text { text: &'a str },
    Image { original_content_url: &'a str, preview_image_url: &'a str },
    Template { alt_text: &'a str, template: WireTemplate<'a> },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum WireTemplate<'a> {
    Buttons(WireColumn<'a>),
    Carousel { columns: Vec<WireColumn<'a>> },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireColumn<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_image_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    text: &'a str,
    actions: Vec<WireAction<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum WireAction<'a> {
    Postback {
        label: &'a str,
        data: &'a str,
        display_text: &'a str,
    },
    Message {
        label: &'a str,
        text: &'a str,
    },
    Uri {
        label: &'a str,
        uri: &'a str,
    },
    #[serde(rename = "datetimepicker")]
    Pick {
        label: &'a str,
        data: &'a str,
        mode: &'static str,
        initial: String,
        min: String,
        max: String,
    },
}

#[derive(Serialize)]
struct QuickItems<'a> {
    items: Vec<QuickItem<'a>>,
}

#[derive(Serialize)]
struct QuickItem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    action: WireAction<'a>,
}

fn wire(message: &Message) -> Wire<'_> {
    let message = match message {
        Message::Text(text) => WireMessage::Text { text: text.as_str() },
        Message::Image(image) => {
            WireMessage::Image { original_content_url: image.original(), preview_image_url: image.preview() }
        }
        Message::Buttons(buttons) => WireMessage::Template {
            alt_text: buttons.alt(),
            template: WireTemplate::Buttons(WireColumn {
                thumbnail_image_url: buttons.picture(),
                title: buttons.title(),
                text: buttons.text(),
                actions: buttons.actions().iter().map(action).collect(),
            }),
        },
        Message::Carousel(carousel) => WireMessage::Template {
            alt_text: carousel.alt(),
            template: WireTemplate::Carousel { columns: carousel.columns().iter().map(column).collect() },
        },
    };
    Wire { message, quick_reply: None }
}

fn column(column: &Column) -> WireColumn<'_> {
    let actions = column.actions().iter().map(action).collect();
    WireColumn { thumbnail_image_url: None, title: column.title(), text: column.text(), actions }
}

pub(super) fn action(action: &Action) -> WireAction<'_> {
    match action {
        Action::Postback { label, data, display_text } => WireAction::Postback { label, data, display_text },
        Action::Message { label, text } => WireAction::Message { label, text },
        Action::Uri { label, uri } => WireAction::Uri { label, uri },
        Action::Pick { label, data, days } => WireAction::Pick {
            label,
            data,
            mode: "date",
            initial: days.shown.to_string(),
            min: days.first.to_string(),
            max: days.last.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::message::{Buttons, Carousel, Days, Image, QuickReplies, QuickReply, Text};

    fn all_kinds() -> Messages {
        let tap = Action::postback("選ぶ", "a:garbage.bulky", "粗大ごみ").unwrap();
        let call = Action::uri("電話する", "tel:0000001234").unwrap();
        let say = Action::message("料金は？", "粗大ごみの料金").unwrap();
        let day = |text: &str| text.parse().unwrap();
        let days = Days { first: day("2020-01-01"), last: day("2026-11-25"), shown: day("2024-05-03") };
        let pick = Action::pick("生年月日を選ぶ", "r:0", days).unwrap();
        let pictured = Buttons::new("絵", None, "絵の下", vec![call.clone()]).unwrap();
        let column = Column::new(Some("題".into()), "柱", vec![tap.clone(), say.clone()]).unwrap();
        Messages::new(vec![
            Message::Text(Text::new("粗大ごみは予約が必要です。").unwrap()),
            Message::Image(Image::new("https://x.example/a.png", "https://x.example/b.png", "地図").unwrap()),
            Message::Buttons(Buttons::new("連絡先", None, "収集計画課", vec![call]).unwrap()),
            Message::Buttons(pictured.with_picture("https://x.example/c.png").unwrap()),
            Message::Carousel(Carousel::new("題", vec![column]).unwrap()),
        ])
        .unwrap()
        .with_quick_replies(QuickReplies::new([say, tap, pick].map(QuickReply::new).into()).unwrap())
    }

    #[test]
    fn what_goes_out_reads_back_the_same() {
        let messages = all_kinds();
        let mut back = read_messages(&to_value(&messages)).unwrap();
        // LINE carries no description of a picture; reading gives a stand-in.
        let described = format!("{back:?}").replace("(image)", "地図");
        assert_eq!(described, format!("{messages:?}"));
        back = back.with_quick_replies(QuickReplies::default());
        assert!(to_value(&back)[4].get("quickReply").is_none());
    }

    #[test]
    fn quick_replies_hang_on_the_very_last_message() {
        let value = to_value(&all_kinds());
        assert!(value[0].get("quickReply").is_none());
        assert_eq!(value[4]["quickReply"]["items"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn a_fault_names_the_property_as_line_does() {
        for (body, property) in [
            (json!([]), "messages"),
            (json!([{ "type": "text", "text": "" }]), "messages[0].text"),
            (json!([{ "type": "text", "text": "x".repeat(5_001) }]), "messages[0].text"),
            (json!([{ "type": "hologram" }]), "messages[0].type"),
            (
                json!([{ "type": "text", "text": "x", "quickReply": { "items": [{ "type": "action", "action": {
                    "type": "datetimepicker", "label": "l", "data": "d", "mode": "date", "initial": "2019-01-01",
                    "min": "2020-01-01", "max": "2021-01-01" } }] } }]),
                "messages[0].quickReply.items[0].action",
            ),
            (
                json!([{ "type": "text", "text": "x", "quickReply": { "items": vec![json!({}); 14] } }]),
                "messages[0].quickReply.items",
            ),
            (
                json!([{ "type": "template", "altText": "a", "template": { "type": "buttons", "text": "x", "actions": [
                    { "type": "uri", "label": "l".repeat(21), "uri": "https://x.example" }] } }]),
                "messages[0].template.actions[0]",
            ),
        ] {
            assert_eq!(read_messages(&body).unwrap_err().property, property, "{body}");
        }
    }
}
