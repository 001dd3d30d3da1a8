//! What other systems post and are told, as JSON. Names are part of the stable face.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        announcement::{Content, Draft, Kind, Part, Place, Stage, batch::Progress},
        segment::{Shown, Written},
        time::Timestamp,
    },
    journeys::announce::post::{ForWhom, Standing},
    web::ApiError,
};

/// An announcement to be written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Posted {
    #[serde(default)]
    kind: PostedKind,
    content: Content,
    audience: PostedAudience,
    #[serde(default)]
    due: Option<Timestamp>,
    /// Whether it is shown to a second person at once.
    #[serde(default)]
    pub(super) submit: bool,
}

/// Corrections are made by people, out of what is to be corrected.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PostedKind {
    #[default]
    Ordinary,
    Alert,
    Drill,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PostedAudience {
    Predicate(Written),
    Segment(String),
    AllFriends,
    StaffGroup,
}

impl Posted {
    /// In our own words; the draft's audience stands in `ForWhom`.
    pub(super) fn read(self) -> Result<(Draft, ForWhom), ApiError> {
        let kind = match self.kind {
            PostedKind::Ordinary => Kind::Ordinary,
            PostedKind::Alert => Kind::Alert,
            PostedKind::Drill => Kind::Drill,
        };
        let whom = match self.audience {
            PostedAudience::Predicate(predicate) => ForWhom::Predicate(predicate),
            PostedAudience::Segment(id) => ForWhom::Segment(id.parse().map_err(|_| ApiError::NoSegment)?),
            PostedAudience::AllFriends => ForWhom::AllFriends,
            PostedAudience::StaffGroup => ForWhom::StaffGroup,
        };
        let audience = crate::domain::announcement::Audience::StaffGroup;
        Ok((Draft { kind, content: self.content, audience, due: self.due }, whom))
    }
}

/// How an announcement stands.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    id: String,
    state: &'static str,
    kind: Kind,
    title: String,
    due: Option<Timestamp>,
    changed: Timestamp,
    /// `None`: nobody was counted yet, or they are too few to be told.
    people: Option<u64>,
    progress: Option<ToldProgress>,
    /// Why it was not shown to a second person, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<serde_json::Value>,
}

/// How many people stand where.
#[derive(Debug, Serialize)]
struct ToldProgress {
    accepted: u64,
    refused: u64,
    unknown: u64,
    not_yet: u64,
    withdrawn: u64,
}

impl Told {
    pub(super) fn of(standing: &Standing) -> Self {
        let announcement = &standing.announcement;
        let (state, binding) = match announcement.way.stage() {
            Stage::Draft => ("draft", None),
            Stage::Waiting { binding } => ("waiting", Some(binding)),
            Stage::Held { binding, .. } => ("held", Some(binding)),
            Stage::Sending { paused: true, binding, .. } => ("paused", Some(binding)),
            Stage::Sending { binding, .. } => ("sending", Some(binding)),
            Stage::Sent { binding, .. } => ("sent", Some(binding)),
            Stage::Cancelled { binding, .. } => ("cancelled", binding.as_ref()),
        };
        let told = |count: u64| match Shown::of(count) {
            Shown::Exactly(count) => Some(count),
            Shown::Hidden | Shown::AllButAFew => None,
        };
        let progress = standing.progress.filter(|progress| told(progress.total()).is_some());
        Self {
            id: announcement.id.to_string(),
            state,
            kind: announcement.draft.kind,
            title: announcement.draft.content.title.as_str().to_owned(),
            due: announcement.draft.due,
            changed: announcement.changed,
            people: binding.and_then(|binding| told(binding.count)),
            progress: progress.map(ToldProgress::of),
            problem: None,
        }
    }
}

impl ToldProgress {
    fn of(progress: Progress) -> Self {
        let Progress { accepted, refused, unknown, under_way, not_yet, withdrawn } = progress;
        // A call that is on its way has not come to anything yet.
        Self { accepted, refused, unknown, not_yet: not_yet + under_way, withdrawn }
    }
}

/// A place in what was posted, for example `content.bodies.ja[0].text`.
pub(in crate::web) fn place(place: &Place) -> String {
    let mut at = "content".to_owned();
    if let Some(language) = place.language {
        at.push_str(&format!(".bodies.{}", language.code()));
    }
    if let Some(block) = place.block {
        at.push_str(&format!("[{block}]"));
    }
    match place.part {
        Part::Whole => {}
        Part::Text => at.push_str(".text"),
        Part::Title => at.push_str(".title"),
        Part::Alt => at.push_str(".alt"),
        Part::Original => at.push_str(".original"),
        Part::Preview => at.push_str(".preview"),
        Part::Label(button) => at.push_str(&format!(".buttons[{button}].label")),
        Part::Uri(button) => at.push_str(&format!(".buttons[{button}].uri")),
    }
    at
}
