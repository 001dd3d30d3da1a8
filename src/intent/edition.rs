//! All published pieces of an account together: what a revision says, checked piece by piece.
//!
//! `journeys::curate` holds one for each account. A change checks only what it touches, so that publishing
//! one of ten thousand intents does not check the others again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;
use serde::Serialize;

use super::{
    Content, Intent, Topic,
    draft::{self, Draft, Fault, Field, Problem, TopicDraft},
    normalize,
    piece::Piece,
    source::{self, Severity, SourceFile},
};
use crate::domain::{
    content::{ContentHash, PieceId, PieceKind},
    id::IntentId,
};

/// The pieces of a revision. Cheap to clone: pieces are shared.
#[derive(Clone, Default)]
pub struct Edition {
    pieces: BTreeMap<PieceId, Held>,
}

#[derive(Clone)]
struct Held {
    hash: ContentHash,
    piece: Arc<Piece>,
    /// What the check of the piece alone gave.
    checked: Arc<Checked>,
}

#[derive(Default)]
struct Checked {
    intent: Option<Intent>,
    topic: Option<Topic>,
    problems: Vec<Problem>,
    /// What a search looks through: normalising ten thousand intents for each search takes too long.
    searched: String,
}

/// What is wrong, and with which piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PieceProblem {
    /// The piece.
    pub piece: PieceId,
    /// What is wrong with it.
    #[serde(flatten)]
    pub problem: Problem,
}

impl Edition {
    /// The edition after some changes; `None` takes a piece away.
    #[must_use]
    pub fn with(&self, changes: impl IntoIterator<Item = (PieceId, Option<Piece>)>, today: Date) -> Self {
        let mut next = self.clone();
        let (mut intents, mut topics) = (BTreeSet::new(), BTreeSet::new());
        for (id, piece) in changes {
            match piece {
                Some(piece) => {
                    let hash = piece.to_blob().hash();
                    let checked = Arc::default();
                    next.pieces.insert(id.clone(), Held { hash, piece: Arc::new(piece), checked });
                }
                None => drop(next.pieces.remove(&id)),
            }
            match id.kind() {
                PieceKind::Intent => drop(intents.insert(id)),
                PieceKind::Topic => drop(topics.insert(id)),
                PieceKind::File => {}
            }
        }
        // An intent takes its owner and contact from its topic.
        for topic in &topics {
            intents.extend(next.intents_of(topic.as_str()).map(|(id, _)| id.clone()));
        }
        for id in topics.into_iter().chain(intents) {
            next.check(&id, today);
        }
        next
    }

    fn check(&mut self, id: &PieceId, today: Date) {
        let Some(held) = self.pieces.get(id) else { return };
        let checked = match &*held.piece {
            Piece::Topic(topic) => {
                let (topic, _, problems) = draft::check_topic(topic);
                let sound = problems.iter().all(|problem| problem.severity() != Severity::Error);
                Checked { topic: sound.then_some(topic), problems, ..Checked::default() }
            }
            Piece::Intent(typed) => match self.topic(typed.topic()) {
                Some(topic) => {
                    let (intent, problems) = draft::check(typed, topic, today);
                    Checked { intent, problems, searched: searched(typed), topic: None }
                }
                None => {
                    let fault = Fault::NoTopic(typed.topic().to_owned());
                    Checked {
                        problems: vec![Problem::new(Field::Id, fault)],
                        searched: searched(typed),
                        ..Checked::default()
                    }
                }
            },
            Piece::File(_) => Checked::default(),
        };
        if let Some(held) = self.pieces.get_mut(id) {
            held.checked = Arc::new(checked);
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Every piece with the hash of its content.
    pub fn hashes(&self) -> BTreeMap<PieceId, ContentHash> {
        self.pieces.iter().map(|(id, held)| (id.clone(), held.hash)).collect()
    }

    /// The hash of a piece's content.
    pub fn hash(&self, id: &PieceId) -> Option<ContentHash> {
        self.pieces.get(id).map(|held| held.hash)
    }

    /// A piece.
    pub fn piece(&self, id: &PieceId) -> Option<&Piece> {
        self.pieces.get(id).map(|held| &*held.piece)
    }

    /// An intent as typed.
    pub fn draft(&self, id: &IntentId) -> Option<&Draft> {
        match self.piece(&PieceId::intent(id)) {
            Some(Piece::Intent(draft)) => Some(draft),
            _ => None,
        }
    }

    /// A topic as typed.
    pub fn topic(&self, name: &str) -> Option<&TopicDraft> {
        match self.pieces.get(&name.parse().ok()?).map(|held| &*held.piece) {
            Some(Piece::Topic(topic)) => Some(topic),
            _ => None,
        }
    }

    /// Every topic as typed, by name.
    pub fn topics(&self) -> impl Iterator<Item = &TopicDraft> {
        self.pieces.values().filter_map(|held| match &*held.piece {
            Piece::Topic(topic) => Some(topic),
            _ => None,
        })
    }

    /// Every intent as typed, by id.
    pub fn drafts(&self) -> impl Iterator<Item = &Draft> {
        self.pieces.values().filter_map(|held| match &*held.piece {
            Piece::Intent(draft) => Some(draft),
            _ => None,
        })
    }

    /// Every topic with its intents as typed, in the topic's order.
    pub fn by_topic(&self) -> Vec<(&TopicDraft, Vec<&Draft>)> {
        let mut of: BTreeMap<&str, Vec<&Draft>> = BTreeMap::new();
        for draft in self.drafts() {
            of.entry(draft.topic()).or_default().push(draft);
        }
        let in_order = |topic: &TopicDraft, mut drafts: Vec<_>| {
            let places: BTreeMap<&str, usize> = topic.order.iter().map(String::as_str).zip(0..).collect();
            drafts.sort_by_key(|draft: &&Draft| places.get(draft.id.as_str()).copied().unwrap_or(usize::MAX));
            drafts
        };
        let topics = self.topics();
        topics
            .map(|topic| (topic, in_order(topic, of.remove(topic.topic.as_str()).unwrap_or_default())))
            .collect()
    }

    /// An intent's id, titles, keywords, examples and answers, normalised, a line each.
    pub fn searched(&self, draft: &Draft) -> &str {
        let held = draft.id.parse().ok().and_then(|id: PieceId| self.pieces.get(&id));
        held.map_or("", |held| held.checked.searched.as_str())
    }

    /// The files that are kept whole, by name.
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.pieces.values().filter_map(|held| match &*held.piece {
            Piece::File(file) => Some(file),
            _ => None,
        })
    }

    fn intents_of<'a>(&'a self, topic: &'a str) -> impl Iterator<Item = (&'a PieceId, &'a Held)> + use<'a> {
        let pieces = self.pieces.iter();
        // Names of a topic's intents follow one another, but not its own name: `a`, `a-b.x`, `a.x`.
        pieces.filter(move |(id, _)| id.kind() == PieceKind::Intent && id.topic() == Some(topic))
    }

    /// What is wrong with these pieces, and who still follows up with an intent that is not there (any
    /// more). All pieces when `of` is `None`.
    pub fn problems(&self, of: Option<&BTreeSet<PieceId>>) -> Vec<PieceProblem> {
        let mut found = Vec::new();
        for (id, held) in &self.pieces {
            let is_touched = of.is_none_or(|of| of.contains(id));
            // A topic that goes takes the ground from under its intents, which nobody has touched.
            let loses_topic = |problem: &Problem| {
                let topic = id.topic().and_then(|topic| topic.parse().ok());
                matches!(problem.fault, Fault::NoTopic(_))
                    && of.zip(topic).is_some_and(|(of, topic): (_, PieceId)| of.contains(&topic))
            };
            let own = held.checked.problems.iter().filter(|problem| is_touched || loses_topic(problem));
            found.extend(own.map(|problem| PieceProblem { piece: id.clone(), problem: problem.clone() }));
            let Piece::Intent(draft) = &*held.piece else { continue };
            for (item, reference) in draft.follow_up.iter().enumerate() {
                let target = reference.parse::<PieceId>().ok().filter(|id| self.pieces.contains_key(id));
                let is_named = |of: &BTreeSet<PieceId>| {
                    of.contains(id) || reference.parse().is_ok_and(|id: PieceId| of.contains(&id))
                };
                if target.is_none() && of.is_none_or(is_named) {
                    let fault = Fault::NoIntent(reference.clone());
                    let problem = Problem { field: Field::FollowUp, item: Some(item), fault };
                    found.push(PieceProblem { piece: id.clone(), problem });
                }
            }
        }
        found
    }

    /// The content to compile. Pieces with errors are left out: an edition that was published once goes on
    /// answering even where a newer todoke is stricter. `None`, with the problems, when the files that are
    /// kept whole cannot be used.
    pub fn content(&self, today: Date) -> (Option<Content>, Vec<source::Problem>) {
        let (mut topics, mut intents) = (Vec::new(), Vec::new());
        let mut by_topic: BTreeMap<&str, Vec<&Held>> = BTreeMap::new();
        for (id, held) in &self.pieces {
            if let (PieceKind::Intent, Some(topic)) = (id.kind(), id.topic()) {
                by_topic.entry(topic).or_default().push(held);
            }
        }
        for held in self.pieces.values() {
            let (Piece::Topic(typed), Some(topic)) = (&*held.piece, &held.checked.topic) else { continue };
            topics.push(topic.clone());
            let places: BTreeMap<&str, usize> = typed.order.iter().map(String::as_str).zip(0..).collect();
            let mut own: Vec<&Intent> = by_topic
                .remove(typed.topic.as_str())
                .into_iter()
                .flatten()
                .filter_map(|held| held.checked.intent.as_ref())
                .collect();
            own.sort_by_key(|intent| places.get(intent.id.as_str()).copied().unwrap_or(usize::MAX));
            intents.extend(own.into_iter().cloned());
        }
        let whole: Vec<SourceFile> = self.files().cloned().collect();
        source::assemble(&whole, topics, intents, today)
    }
}

/// See [`Edition::searched`].
fn searched(draft: &Draft) -> String {
    let lists = draft.keywords.iter().chain(draft.examples.values().flatten());
    let texts = draft.title.values().chain(lists).chain(draft.answer.values());
    let lines = std::iter::once(&draft.id).chain(texts).map(|text| normalize(text));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::language::Language,
        intent::{Query, Snapshot},
    };

    const FILE: &str = "topic: garbage
title: { ja: ごみ }
owner: 環境局
contact: { name: { ja: 課 }, tel: '044-555-0153', hours: { ja: 平日 } }
intents:
  - { id: garbage.z, title: { ja: 粗大ごみ }, keywords: [粗大ごみ], answer: { ja: 予約 }, follow_up: [garbage.a] }
  - { id: garbage.a, title: { ja: 収集日 }, keywords: [収集日], answer: { ja: 月曜 } }
";

    fn today() -> Date {
        jiff::civil::date(2026, 11, 24)
    }

    fn edition() -> Edition {
        let file = SourceFile { path: "garbage.yaml".into(), text: FILE.into() };
        let reading = source::read_pieces(&[file], today());
        assert_eq!(reading.problems, []);
        let pieces = reading.pieces.into_iter().map(|piece| (piece.id().unwrap(), Some(piece)));
        Edition::default().with(pieces, today())
    }

    fn change(edition: &Edition, id: &str, edit: impl FnOnce(&mut Draft)) -> Edition {
        let mut draft = edition.draft(&IntentId::new(id)).unwrap().clone();
        edit(&mut draft);
        edition.with([(id.parse().unwrap(), Some(Piece::Intent(draft)))], today())
    }

    #[test]
    fn an_edition_says_what_its_files_say_in_their_order() {
        let edition = edition();
        assert_eq!(edition.problems(None), []);
        let content = edition.content(today()).0.unwrap();
        let ids: Vec<&str> = content.intents.iter().map(|intent| intent.id.as_str()).collect();
        assert_eq!(ids, ["garbage.z", "garbage.a"]);
        assert_eq!(content.intents[0].contact.tel.as_deref(), Some("044-555-0153"));
        for (id, held) in &edition.pieces {
            let bytes = held.piece.to_blob();
            assert_eq!(
                Piece::from_bytes(id, bytes.bytes()).unwrap(),
                *held.piece,
                "the stored form reads back"
            );
        }
    }

    #[test]
    fn a_change_is_seen_and_the_earlier_edition_keeps_what_it_said() {
        let before = edition();
        let after =
            change(&before, "garbage.a", |draft| drop(draft.answer.insert(Language::Ja, "火曜".into())));
        let says = |edition: &Edition| {
            let snapshot = Snapshot::compile(edition.content(today()).0.unwrap());
            let query = Query { text: "収集日", language: None, offered: &[Language::Ja], today: today() };
            assert_eq!(snapshot.decide(&query).kind.name(), "answer");
            snapshot.intent(&IntentId::new("garbage.a")).unwrap().answer.best(Language::Ja).unwrap().1.clone()
        };
        assert_eq!((says(&before), says(&after)), ("月曜".to_owned(), "火曜".to_owned()));
        let changed: Vec<_> =
            after.hashes().into_iter().filter(|(id, hash)| before.hash(id) != Some(*hash)).collect();
        assert_eq!(changed.len(), 1);
    }

    #[test]
    fn what_hangs_on_another_piece_is_told() {
        let edition = edition();
        let gone: BTreeSet<PieceId> = ["garbage.a".parse().unwrap()].into();
        let without = edition.with([("garbage.a".parse().unwrap(), None)], today());
        let problems = without.problems(Some(&gone));
        assert_eq!((problems.len(), problems[0].piece.as_str()), (1, "garbage.z"), "{problems:?}");
        let homeless = edition.with([("garbage".parse().unwrap(), None)], today());
        assert_eq!(homeless.problems(None).len(), 2, "both intents have no topic");
        let topic: BTreeSet<PieceId> = ["garbage".parse().unwrap()].into();
        assert_eq!(homeless.problems(Some(&topic)).len(), 2, "whoever takes the topic away is told");
        assert!(homeless.content(today()).0.unwrap().intents.is_empty());
    }

    #[test]
    fn a_topics_contact_reaches_its_intents() {
        let edition = edition();
        let mut topic = edition.topic("garbage").unwrap().clone();
        topic.contact.tel = Some("119".into());
        let next = edition.with([("garbage".parse().unwrap(), Some(Piece::Topic(topic)))], today());
        let content = next.content(today()).0.unwrap();
        assert!(content.intents.iter().all(|intent| intent.contact.tel.as_deref() == Some("119")));
    }
}
