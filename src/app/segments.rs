//! What commands ask about segments: by `todoke segments …`, whoever holds the store.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    domain::{
        id::AccountId,
        segment::{SegmentId, SegmentName},
        staff::{
            Actor, Machine,
            rights::{EditSegments, SeeFigures},
        },
        version::Version,
    },
    journeys::{
        Ctx,
        segments::{self, SegmentError},
    },
};

/// A question about an account's segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// How many residents a predicate holds.
    Count {
        /// The predicate, JSON as written.
        predicate: String,
    },
    /// The named segments.
    List,
    /// Name a segment, or change one.
    Save {
        /// The one to change, and the version that was seen.
        seen: Option<(SegmentId, Version)>,
        /// The name.
        name: String,
        /// The predicate, JSON as written.
        predicate: String,
    },
    /// Remove a segment; the console can put it back for a while.
    Remove {
        /// Which one.
        id: SegmentId,
        /// The version that was seen.
        seen: Version,
    },
}

/// Answers a question; faults of a predicate are an answer, since they are what the command prints.
pub(super) async fn answer(ctx: &Ctx, account: &AccountId, question: Value) -> Result<Value, String> {
    let question = serde_json::from_value(question)
        .map_err(|error| format!("the command is not understood: {error}"))?;
    let actor: Actor<EditSegments> = Machine.actor(account);
    let viewer: Actor<SeeFigures> = Machine.actor(account);
    let answered = match question {
        Question::Count { predicate } => segments::count(ctx, &actor, &predicate).await.map(|counted| {
            json!({
                "residents": counted.residents,
                "everybody": counted.everybody,
                "today": counted.today,
            })
        }),
        Question::List => segments::list(ctx, &viewer).await.map(|list| {
            let list = list.into_iter().filter(|segment| !segment.value.removed).map(|segment| {
                json!({
                    "id": segment.value.id.to_string(),
                    "version": segment.version,
                    "name": segment.value.name,
                    "owner": segment.value.owner.map(|owner| owner.to_string()),
                    "department": segment.value.department,
                    "predicate": segment.value.predicate,
                    "changed": segment.value.changed,
                })
            });
            json!({ "segments": list.collect::<Vec<_>>() })
        }),
        Question::Save { seen, name, predicate } => {
            let name: SegmentName = name.parse().map_err(|error| format!("the name {error}"))?;
            segments::save(ctx, &actor, seen, name, &predicate)
                .await
                .map(|(id, version)| json!({ "id": id.to_string(), "version": version }))
        }
        Question::Remove { id, seen } => {
            segments::remove(ctx, &actor, id, seen).await.map(|()| json!({ "removed": id.to_string() }))
        }
    };
    match answered {
        Err(SegmentError::Faults(faults)) => {
            let faults = faults.iter().map(
                |fault| json!({ "at": fault.at, "what": fault.wrong.to_string(), "text": fault.to_string() }),
            );
            Ok(json!({ "problems": faults.collect::<Vec<_>>() }))
        }
        Err(SegmentError::Store(crate::store::StoreError::Conflict)) => {
            Err("the segment was changed meanwhile, or is not there; look at `todoke segments list`".into())
        }
        answered => answered.map_err(|error| error.to_string()),
    }
}
