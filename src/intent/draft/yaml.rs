//! Drafts as people would write them in a topic file. What is written reads back as the same tidied draft.

use std::fmt::Write;

use super::{ContactDraft, Draft, QuickDraft, Texts, TopicDraft};

/// A list that fits on a line of so many characters stands on one.
const LINE: usize = 100;

/// An intent as an item of `intents:`, indented by two, ending with a line end.
pub fn intent_yaml(draft: &Draft) -> String {
    let mut out = Lines { text: String::new() };
    out.line(2, &format!("- id: {}", scalar(&draft.id)));
    out.texts(4, "title", &draft.title);
    out.text(4, "owner", draft.owner.as_deref());
    if !draft.examples.is_empty() {
        out.line(4, "examples:");
        for (language, list) in &draft.examples {
            out.list(6, language.code(), list);
        }
    }
    out.list(4, "keywords", &draft.keywords);
    out.list(4, "patterns", &draft.patterns);
    out.long_texts(4, "answer", &draft.answer);
    if let Some(link) = &draft.link {
        out.line(4, &format!("link: {{ label: {}, url: {} }}", flow(&link.label), scalar(&link.url)));
    }
    if !draft.quick_replies.is_empty() {
        out.line(4, "quick_replies:");
        for QuickDraft { label, text } in &draft.quick_replies {
            out.line(6, &format!("- {{ label: {}, text: {} }}", flow(label), flow(text)));
        }
    }
    if let Some(contact) = &draft.contact {
        out.contact(4, contact);
    }
    out.text(4, "source", draft.source.as_deref());
    out.text(4, "checked_on", draft.checked_on.as_deref());
    if let Some(valid) = &draft.valid {
        let day =
            |name: &str, day: &Option<String>| day.as_ref().map(|day| format!("{name}: {}", scalar(day)));
        let days: Vec<String> =
            day("from", &valid.from).into_iter().chain(day("until", &valid.until)).collect();
        out.line(4, &format!("valid: {{ {} }}", days.join(", ")));
    }
    out.list(4, "follow_up", &draft.follow_up);
    out.list(4, "must_not_break", &draft.must_not_break);
    out.text
}

/// What stands before the intents of a topic file, up to and with the line `intents:`.
pub fn head_yaml(topic: &TopicDraft) -> String {
    let mut out = Lines { text: String::new() };
    out.line(0, &format!("topic: {}", scalar(&topic.topic)));
    out.texts(0, "title", &topic.title);
    out.list(0, "names", &topic.names);
    out.line(0, &format!("owner: {}", scalar(&topic.owner)));
    out.contact(0, &topic.contact);
    out.line(0, "intents:");
    out.text
}

/// A whole topic file.
pub fn topic_yaml<'a>(topic: &TopicDraft, intents: impl IntoIterator<Item = &'a Draft>) -> String {
    let mut text = "# yaml-language-server: $schema=../schema.json\n".to_owned();
    let head = head_yaml(topic);
    let items: String = intents.into_iter().map(intent_yaml).collect();
    if items.is_empty() {
        text.push_str(head.trim_end_matches("intents:\n"));
        text.push_str("intents: []\n");
    } else {
        text.push_str(&head);
        text.push_str(&items);
    }
    text
}

struct Lines {
    text: String,
}

impl Lines {
    fn line(&mut self, indent: usize, line: &str) {
        let _ = writeln!(self.text, "{:indent$}{line}", "");
    }

    fn text(&mut self, indent: usize, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.line(indent, &format!("{key}: {}", scalar(text)));
        }
    }

    fn texts(&mut self, indent: usize, key: &str, texts: &Texts) {
        if !texts.is_empty() {
            self.line(indent, &format!("{key}: {}", flow(texts)));
        }
    }

    /// A language a line, texts of several lines as blocks.
    fn long_texts(&mut self, indent: usize, key: &str, texts: &Texts) {
        if texts.is_empty() {
            return;
        }
        self.line(indent, &format!("{key}:"));
        for (language, text) in texts {
            if !is_block(text) {
                self.line(indent + 2, &format!("{language}: {}", scalar(text)));
                continue;
            }
            self.line(indent + 2, &format!("{language}: |"));
            for line in text.split('\n') {
                self.line(if line.is_empty() { 0 } else { indent + 4 }, line);
            }
        }
    }

    fn list(&mut self, indent: usize, key: &str, list: &[String]) {
        if list.is_empty() {
            return;
        }
        let items: Vec<String> = list.iter().map(|text| scalar(text)).collect();
        let line = format!("{key}: [{}]", items.join(", "));
        if line.chars().count() + indent <= LINE {
            self.line(indent, &line);
            return;
        }
        self.line(indent, &format!("{key}:"));
        for item in items {
            self.line(indent + 2, &format!("- {item}"));
        }
    }

    fn contact(&mut self, indent: usize, contact: &ContactDraft) {
        if *contact == ContactDraft::default() {
            self.line(indent, "contact: {}");
            return;
        }
        self.line(indent, "contact:");
        self.texts(indent + 2, "name", &contact.name);
        self.text(indent + 2, "tel", contact.tel.as_deref());
        self.texts(indent + 2, "hours", &contact.hours);
    }
}

fn flow(texts: &Texts) -> String {
    if texts.is_empty() {
        return "{}".into();
    }
    let entries: Vec<String> =
        texts.iter().map(|(language, text)| format!("{language}: {}", scalar(text))).collect();
    format!("{{ {} }}", entries.join(", "))
}

/// Whether a text can stand as a literal block and come back unchanged.
fn is_block(text: &str) -> bool {
    let plain = |c: char| c == '\n' || !needs_escape(c);
    text.contains('\n') && text.chars().all(plain) && text.trim() == text
}

/// A text on one line: bare where nothing in it can be taken for YAML, else in double quotes.
fn scalar(text: &str) -> String {
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    const SIGNS: &str = " -_./・、。？！ー（）〜「」";
    let bare = text.chars().next().is_some_and(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || SIGNS.contains(c))
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if bare { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Controls, line ends of other alphabets, marks of direction, what YAML does not take raw. All lie in the
/// basic plane, so four digits name them.
fn needs_escape(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}
