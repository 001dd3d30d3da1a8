//! Messages as LINE's JSON, out and back.
//!
//! Out: [`to_value`]. Back: [`read_messages`], which refuses what LINE would refuse and says it the way
//! LINE does; the simulator uses it, so that a body that passes here keeps LINE's limits.

mod read;

use serde_json::{Value, json};

pub use read::{Fault, read_messages};

use crate::domain::message::{Action, Column, Message, Messages};

/// The `messages` array of a call.
pub fn to_value(messages: &Messages) -> Value {
    let mut list: Vec<Value> = messages.list().iter().map(message).collect();
    if let (Some(last), false) = (list.last_mut(), messages.quick_replies().is_empty()) {
        let items: Vec<Value> = messages
            .quick_replies()
            .iter()
            .map(|quick| json!({ "type": "action", "action": action(quick.action()) }))
            .collect();
        last["quickReply"] = json!({ "items": items });
    }
    Value::Array(list)
}

fn message(message: &Message) -> Value {
    match message {
        Message::Text(text) => json!({ "type": "text", "text": text.as_str() }),
        Message::Image(image) => json!({
            "type": "image",
            "originalContentUrl": image.original(),
            "previewImageUrl": image.preview(),
        }),
        Message::Buttons(buttons) => json!({
            "type": "template",
            "altText": buttons.alt(),
            "template": titled("buttons", buttons.title(), json!({
                "text": buttons.text(),
                "actions": actions(buttons.actions()),
            })),
        }),
        Message::Carousel(carousel) => json!({
            "type": "template",
            "altText": carousel.alt(),
            "template": {
                "type": "carousel",
                "columns": carousel.columns().iter().map(column).collect::<Vec<_>>(),
            },
        }),
    }
}

fn titled(kind: &str, title: Option<&str>, mut template: Value) -> Value {
    template["type"] = kind.into();
    if let Some(title) = title {
        template["title"] = title.into();
    }
    template
}

fn column(column: &Column) -> Value {
    let mut value = json!({ "text": column.text(), "actions": actions(column.actions()) });
    if let Some(title) = column.title() {
        value["title"] = title.into();
    }
    value
}

fn actions(list: &[Action]) -> Vec<Value> {
    list.iter().map(action).collect()
}

fn action(action: &Action) -> Value {
    match action {
        Action::Postback { label, data, display_text } => {
            json!({ "type": "postback", "label": label, "data": data, "displayText": display_text })
        }
        Action::Message { label, text } => json!({ "type": "message", "label": label, "text": text }),
        Action::Uri { label, uri } => json!({ "type": "uri", "label": label, "uri": uri }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::{Buttons, Carousel, Image, QuickReplies, QuickReply, Text};

    fn all_kinds() -> Messages {
        let tap = Action::postback("選ぶ", "a:garbage.bulky", "粗大ごみ").unwrap();
        let call = Action::uri("電話する", "tel:0000001234").unwrap();
        let say = Action::message("料金は？", "粗大ごみの料金").unwrap();
        let column = Column::new(Some("題".into()), "柱", vec![tap.clone(), say.clone()]).unwrap();
        Messages::new(vec![
            Message::Text(Text::new("粗大ごみは予約が必要です。").unwrap()),
            Message::Image(Image::new("https://x.example/a.png", "https://x.example/b.png", "地図").unwrap()),
            Message::Buttons(Buttons::new("連絡先", None, "収集計画課", vec![call]).unwrap()),
            Message::Carousel(Carousel::new("題", vec![column]).unwrap()),
        ])
        .unwrap()
        .with_quick_replies(QuickReplies::new(vec![QuickReply::new(say), QuickReply::new(tap)]).unwrap())
    }

    #[test]
    fn what_goes_out_reads_back_the_same() {
        let messages = all_kinds();
        let mut back = read_messages(&to_value(&messages)).unwrap();
        // LINE carries no description of a picture; reading gives a stand-in.
        let described = format!("{back:?}").replace("(image)", "地図");
        assert_eq!(described, format!("{messages:?}"));
        back = back.with_quick_replies(QuickReplies::default());
        assert!(to_value(&back)[3].get("quickReply").is_none());
    }

    #[test]
    fn quick_replies_hang_on_the_very_last_message() {
        let value = to_value(&all_kinds());
        assert!(value[0].get("quickReply").is_none());
        assert_eq!(value[3]["quickReply"]["items"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_fault_names_the_property_as_line_does() {
        for (body, property) in [
            (json!([]), "messages"),
            (json!([{ "type": "text", "text": "" }]), "messages[0].text"),
            (json!([{ "type": "text", "text": "x".repeat(5_001) }]), "messages[0].text"),
            (json!([{ "type": "hologram" }]), "messages[0].type"),
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
