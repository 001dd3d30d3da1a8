//! An announcement as it is typed: what is in the fields, and the buttons that change it without a script.

use jiff::tz::TimeZone;

use super::super::form::Posted;
use super::words::kind_code;
use crate::domain::{
    announcement::{
        AnnouncementId, Audience, Block, Button, Card, Content, Draft, Kind, Picture, Template, Title,
        content::MOST_BLOCKS,
    },
    attribute::Attributes,
    language::Language,
    segment::{self, Named},
    time::Timestamp,
};

/// What the fields refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    /// The named segments.
    pub(super) segments: &'a [Named],
    /// What the account asks.
    pub(super) attributes: &'a Attributes,
    /// The account's clock.
    pub(super) zone: &'a TimeZone,
}

/// Buttons that a card may have.
pub(super) const MOST_BUTTONS: usize = 4;

/// What is in the fields.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) title: String,
    pub(super) kind: Kind,
    /// `all`, `staff`, `segment:<id>`, `reached:<id>`, `unsettled:<id>`, or `kept`: what the draft had.
    pub(super) audience: String,
    /// A predicate that stands in no segment, as JSON.
    pub(super) predicate: String,
    pub(super) date: String,
    pub(super) time: String,
    pub(super) is_silent: bool,
    pub(super) department: String,
    /// The languages that are written, in the order of [`Language::ALL`].
    pub(super) bodies: Vec<(Language, Vec<Block>)>,
}

/// What is wrong with a field that is no part of what is said.
pub(super) type Problem = (&'static str, &'static str);

impl Typed {
    /// Nothing yet: Japanese, one text.
    pub(super) fn new() -> Self {
        Self {
            title: String::new(),
            kind: Kind::Ordinary,
            audience: String::new(),
            predicate: String::new(),
            date: String::new(),
            time: String::new(),
            is_silent: false,
            department: String::new(),
            bodies: vec![(Language::Ja, vec![Block::Text(String::new())])],
        }
    }

    /// What is stored.
    pub(super) fn of(draft: &Draft, facts: &Facts<'_>) -> Self {
        let (mut audience, mut predicate) = (String::new(), String::new());
        match &draft.audience {
            Audience::AllFriends => audience.push_str("all"),
            Audience::StaffGroup => audience.push_str("staff"),
            Audience::Reached { announcement } => audience = format!("reached:{announcement}"),
            Audience::Unsettled { announcement } => audience = format!("unsettled:{announcement}"),
            Audience::Picked { predicate: written, segment } => {
                let known = segment.filter(|id| facts.segments.iter().any(|named| named.id == *id));
                audience = known.map_or_else(|| "kept".to_owned(), |id| format!("segment:{id}"));
                predicate = serde_json::to_string(written).unwrap_or_default();
            }
        }
        let due = draft.due.map(|due| due.to_zoned(facts.zone.clone()));
        let part = |form: &str| due.as_ref().map(|due| due.strftime(form).to_string()).unwrap_or_default();
        let bodies = draft.content.bodies.iter().map(|(language, body)| (*language, body.clone()));
        Self {
            title: draft.content.title.as_str().to_owned(),
            kind: draft.kind,
            audience,
            predicate,
            date: part("%Y-%m-%d"),
            time: part("%H:%M"),
            is_silent: draft.content.is_silent,
            department: draft.content.department.as_ref().map_or_else(String::new, ToString::to_string),
            bodies: bodies.collect(),
        }
    }

    /// What a template says; the audience is still to be chosen.
    pub(super) fn begin_from(&mut self, template: Template) {
        let content = template.content;
        self.kind = if template.for_alerts { Kind::Alert } else { Kind::Ordinary };
        content.title.as_str().clone_into(&mut self.title);
        self.is_silent = content.is_silent;
        self.department = content.department.map_or_else(String::new, |name| name.to_string());
        self.bodies = content.bodies.into_iter().collect();
    }

    /// What was posted.
    pub(super) fn read(posted: &Posted) -> Self {
        let kind = [Kind::Ordinary, Kind::Alert, Kind::Drill, Kind::Correction]
            .into_iter()
            .find(|kind| kind_code(*kind) == posted.text("kind"));
        let written = Language::ALL.into_iter().filter(|language| posted.has(&format!("b.{language}")));
        let body = |language: Language| {
            let blocks = (0..MOST_BLOCKS).map_while(|at| block(posted, &format!("b.{language}.{at}")));
            (language, blocks.collect())
        };
        Self {
            title: posted.text("title").to_owned(),
            kind: kind.unwrap_or_default(),
            audience: posted.text("audience").to_owned(),
            predicate: posted.text("predicate").to_owned(),
            date: posted.text("due-date").to_owned(),
            time: posted.text("due-time").to_owned(),
            is_silent: posted.has("silent"),
            department: posted.text("department").to_owned(),
            bodies: written.map(body).collect(),
        }
    }

    /// What is said, as far as it is. A language in which nothing is written yet is none.
    pub(super) fn content(&self) -> Option<Content> {
        let title = if self.title.is_empty() { "—" } else { self.title.as_str() };
        let title: Title = title.parse().ok()?;
        let written = self.bodies.iter().filter(|(_, body)| !body.iter().all(is_blank));
        Some(Content {
            title,
            bodies: written.cloned().collect(),
            is_silent: self.is_silent,
            department: self.department.parse().ok(),
        })
    }

    /// The draft, for looking at: an audience that is not chosen yet is nobody's business here.
    pub(super) fn looked_at(&self, facts: &Facts<'_>) -> Option<Draft> {
        let due = self.due(facts.zone).ok().flatten();
        let audience = self.chosen(facts).unwrap_or(Audience::AllFriends);
        Some(Draft { kind: self.kind, content: self.content()?, audience, due })
    }

    /// The draft, to be stored; what is in the way.
    pub(super) fn draft(&self, facts: &Facts<'_>) -> Result<Draft, Vec<Problem>> {
        let mut problems = Vec::new();
        let content = self.content().filter(|_| !self.title.is_empty());
        if content.is_none() {
            problems.push(("title", "ann-no-title"));
        }
        let audience = self.chosen(facts);
        if audience.is_none() {
            problems.push(("audience", "ann-no-audience"));
        }
        let due = self.due(facts.zone);
        if due.is_err() {
            problems.push(("due-date", "ann-no-due"));
        }
        match (content, audience, due) {
            (Some(content), Some(audience), Ok(due)) => Ok(Draft { kind: self.kind, content, audience, due }),
            _ => Err(problems),
        }
    }

    fn chosen(&self, facts: &Facts<'_>) -> Option<Audience> {
        if self.kind == Kind::Drill {
            // A drill goes to the staff group whatever is chosen; a correction of one goes to those it reached.
            let earlier = self.audience.strip_prefix("reached:").and_then(|id| id.parse().ok());
            let reached = earlier.map(|announcement| Audience::Reached { announcement });
            return Some(reached.unwrap_or(Audience::StaffGroup));
        }
        let (what, id) = self.audience.split_once(':').unwrap_or((&self.audience, ""));
        let announcement = || id.parse::<AnnouncementId>().ok();
        match what {
            "all" => Some(Audience::AllFriends),
            "staff" => Some(Audience::StaffGroup),
            "reached" => Some(Audience::Reached { announcement: announcement()? }),
            "unsettled" => Some(Audience::Unsettled { announcement: announcement()? }),
            "segment" => {
                let id = id.parse().ok()?;
                let named = facts.segments.iter().find(|named| named.id == id)?;
                Some(Audience::Picked { predicate: named.predicate.clone(), segment: Some(id) })
            }
            "kept" => {
                let (_, predicate) = segment::read(&self.predicate, facts.attributes).ok()?;
                Some(Audience::Picked { predicate, segment: None })
            }
            _ => None,
        }
    }

    /// When it is to go out: both fields or neither.
    fn due(&self, zone: &TimeZone) -> Result<Option<Timestamp>, ()> {
        if self.date.is_empty() && self.time.is_empty() {
            return Ok(None);
        }
        let local: jiff::civil::DateTime = format!("{}T{}", self.date, self.time).parse().map_err(|_| ())?;
        local.to_zoned(zone.clone()).map(|due| Some(due.timestamp())).map_err(|_| ())
    }

    /// Does what a button says: `add:ja:text`, `remove:ja:0`, `up:ja:1`, `down:ja:0`, `language`, `drop:en`. The
    /// control at which one goes on; `None`: it is no such button.
    pub(super) fn change(&mut self, act: &str, posted: &Posted) -> Option<String> {
        let mut parts = act.split(':');
        let (verb, language, what) = (parts.next()?, parts.next(), parts.next());
        if verb == "language" {
            let language: Language = posted.text("new-language").parse().ok()?;
            if self.bodies.iter().all(|(known, _)| *known != language) {
                self.bodies.push((language, vec![Block::Text(String::new())]));
                self.bodies.sort_by_key(|(language, _)| *language);
            }
            return Some(format!("b.{language}.0.text"));
        }
        let language: Language = language?.parse().ok()?;
        if verb == "drop" {
            self.bodies.retain(|(known, _)| *known != language);
            return Some("new-language".into());
        }
        let (_, body) = self.bodies.iter_mut().find(|(known, _)| *known == language)?;
        let what = what?;
        if verb == "add" {
            let block = match what {
                "text" => Block::Text(String::new()),
                "image" => Block::Image(Picture::default()),
                "card" => Block::Card(Card::default()),
                _ => return None,
            };
            if body.len() < MOST_BLOCKS {
                body.push(block);
            }
            return Some(format!("b.{language}.{}", body.len() - 1));
        }
        let at: usize = what.parse().ok().filter(|at| *at < body.len())?;
        let to = match verb {
            "remove" => {
                body.remove(at);
                at.saturating_sub(1)
            }
            "up" => at.saturating_sub(1),
            "down" => (at + 1).min(body.len() - 1),
            _ => return None,
        };
        if verb != "remove" {
            body.swap(at, to);
        }
        Some(format!("b.{language}.{to}"))
    }
}

fn is_blank(block: &Block) -> bool {
    let said = block.words().into_iter().chain(block.addresses());
    said.into_iter().all(|(_, text)| text.trim().is_empty())
}

fn block(posted: &Posted, at: &str) -> Option<Block> {
    let text = |name: &str| posted.text(&format!("{at}.{name}")).replace("\r\n", "\n");
    let some = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
    Some(match posted.text(&format!("{at}.kind")) {
        "text" => Block::Text(text("text")),
        "image" => {
            Block::Image(Picture { original: text("original"), preview: text("preview"), alt: text("alt") })
        }
        "card" => {
            let button = |n: usize| Button { label: text(&format!("l{n}")), uri: text(&format!("u{n}")) };
            let buttons = (0..MOST_BUTTONS).map(button);
            Block::Card(Card {
                title: some("title"),
                text: text("text"),
                image: some("image"),
                alt: text("alt"),
                buttons: buttons
                    .filter(|button| !button.label.is_empty() || !button.uri.is_empty())
                    .collect(),
            })
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(fields: &[(&str, &str)]) -> Posted {
        let mut posted = Posted::default();
        for (name, value) in fields {
            posted.push((*name).to_owned(), (*value).to_owned()).unwrap();
        }
        posted
    }

    #[test]
    fn blocks_and_languages_come_and_go_by_buttons() {
        let posted = posted(&[
            ("title", "断水"),
            ("kind", "alert"),
            ("audience", "all"),
            ("b.ja", ""),
            ("b.ja.0.kind", "text"),
            ("b.ja.0.text", "一つ目"),
            ("b.ja.1.kind", "card"),
            ("b.ja.1.text", "二つ目"),
            ("b.ja.1.l2", "開く"),
            ("b.ja.1.u2", "https://x.example"),
            ("b.ja.3.kind", "text"),
            ("new-language", "en"),
        ]);
        let typed = Typed::read(&posted);
        assert_eq!(typed.bodies[0].1.len(), 2, "a block that does not follow on is none");
        let Block::Card(card) = &typed.bodies[0].1[1] else { panic!("a card") };
        assert_eq!((card.buttons.len(), card.title.clone()), (1, None));
        let after = |act: &str| {
            let mut typed = typed.clone();
            let focus = typed.change(act, &posted);
            let count: Vec<(Language, usize)> =
                typed.bodies.iter().map(|(language, body)| (*language, body.len())).collect();
            (focus, count)
        };
        let focus = |at: &str| Some(at.to_owned());
        assert_eq!(after("add:ja:image"), (focus("b.ja.2"), vec![(Language::Ja, 3)]));
        assert_eq!(after("remove:ja:0"), (focus("b.ja.0"), vec![(Language::Ja, 1)]));
        assert_eq!(after("up:ja:1"), (focus("b.ja.0"), vec![(Language::Ja, 2)]));
        assert_eq!(after("language"), (focus("b.en.0.text"), vec![(Language::Ja, 2), (Language::En, 1)]));
        assert_eq!(after("drop:ja").1, []);
        for other in ["save", "add:ja", "add:ja:x", "remove:ja:9", "remove:en:0", "up:ja", "add:xx:text"] {
            assert_eq!(after(other).0, None, "{other}");
        }
    }

    #[test]
    fn what_is_in_the_way_of_a_draft_is_named_at_its_field() {
        let attributes = Attributes::default();
        let facts = Facts { segments: &[], attributes: &attributes, zone: &TimeZone::UTC };
        let draft = |fields: &[(&str, &str)]| Typed::read(&posted(fields)).draft(&facts);
        assert_eq!(
            draft(&[("due-date", "2026-12-01")]).unwrap_err(),
            [("title", "ann-no-title"), ("audience", "ann-no-audience"), ("due-date", "ann-no-due")]
        );
        let good =
            draft(&[("title", "題"), ("kind", "drill"), ("due-date", "2026-12-01"), ("due-time", "09:30")]);
        let good = good.unwrap();
        assert_eq!(
            (good.audience, good.due.unwrap().to_string()),
            (Audience::StaffGroup, "2026-12-01T09:30:00Z".into())
        );
    }
}
