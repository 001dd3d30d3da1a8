//! What commands ask about announcements: by `todoke announcements …`, whoever holds the store. Looking and stopping
//! alone: writing and approving are a person's.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    domain::{
        announcement::{Announcement, AnnouncementId, Stage},
        id::AccountId,
        staff::{Actor, Machine, rights::Announce},
    },
    journeys::{
        Ctx,
        announce::{self, AnnounceError},
    },
};

/// A question about an account's announcements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// The latest ones.
    List,
    /// One of them, with how far it is.
    Show(AnnouncementId),
    /// Pause it; the answer comes when no call is under way.
    Pause(AnnouncementId),
    /// Go on with it.
    Resume(AnnouncementId),
    /// Stop it for good; the answer comes when no call is under way.
    Cancel(AnnouncementId),
}

/// How many are listed.
const LISTED: usize = 50;

pub(super) async fn answer(ctx: &Ctx, account: &AccountId, question: Value) -> Result<Value, String> {
    let question = serde_json::from_value(question)
        .map_err(|error| format!("the command is not understood: {error}"))?;
    let actor: Actor<Announce> = Machine.actor(account);
    let answered: Result<Value, AnnounceError> = async {
        let id = match question {
            Question::List => {
                let list = announce::list(ctx, &actor, None, LISTED).await?;
                let list: Vec<Value> = list.iter().map(|known| described(&known.value)).collect();
                return Ok(json!({ "announcements": list }));
            }
            Question::Show(id) => id,
            Question::Pause(id) => announce::pause(ctx, &actor, id).await.map(|_| id)?,
            Question::Resume(id) => announce::resume(ctx, &actor, id).await.map(|_| id)?,
            Question::Cancel(id) => announce::cancel(ctx, &actor, id).await.map(|_| id)?,
        };
        let mut shown = described(&announce::open(ctx, &actor, id).await?.value);
        let seen = announce::progress(ctx, &actor, id).await?;
        shown["progress"] = json!(seen.progress);
        Ok(shown)
    }
    .await;
    answered.map_err(|error| error.to_string())
}

fn described(announcement: &Announcement) -> Value {
    let state = match announcement.way.stage() {
        Stage::Draft => "draft",
        Stage::Waiting { .. } => "waiting",
        Stage::Held { .. } => "held",
        Stage::Sending { paused: true, .. } => "paused",
        Stage::Sending { .. } => "sending",
        Stage::Sent { .. } => "sent",
        Stage::Cancelled { .. } => "cancelled",
    };
    json!({
        "id": announcement.id.to_string(),
        "title": announcement.draft.content.title.as_str(),
        "kind": announcement.draft.kind,
        "state": state,
        "why_paused": announcement.paused,
        "people": announce::count_of(&announcement.way),
        "changed": announcement.changed,
    })
}
