//! What `todoke richmenu sync` asks whoever holds the store: which residents get which menu, and the audit's entry.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::holder::LineSide;
use crate::{
    domain::{
        audit::Action,
        id::AccountId,
        menu::MenuId,
        staff::{Actor, Machine, rights::Announce},
    },
    journeys::{
        Ctx,
        link_menus::{self, LinkError, Wish},
    },
};

/// One answer takes at most about so long; the next one goes on.
const AT_ONCE: jiff::SignedDuration = jiff::SignedDuration::from_secs(10);

/// A question about residents' menus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Who would get which menu.
    Plan(Wishes),
    /// Notes in the audit that menus are about to be changed.
    Begin {
        /// How many steps, by what they do.
        steps: Vec<(String, usize)>,
    },
    /// Gives the menus out, as far as it comes.
    Link(Wishes),
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// Menus for segments, the first that fits counts.
    pub wishes: Vec<Wish>,
    /// Menus of ours that stay at LINE.
    pub kept: Vec<MenuId>,
}

/// Answers a question; segments that cannot be used are an answer, since they are what the command prints.
pub(super) async fn answer(
    ctx: &Ctx,
    line: &LineSide,
    account: &AccountId,
    question: Value,
) -> Result<Value, String> {
    let question = serde_json::from_value(question)
        .map_err(|error| format!("the command is not understood: {error}"))?;
    let actor: Actor<Announce> = Machine.actor(account);
    let answered = match question {
        Question::Plan(Wishes { wishes, kept }) => {
            link_menus::plan(ctx, &actor, &wishes, &kept).await.map(|plan| {
                let links = plan.links.iter().map(|(wish, residents)| {
                    json!({ "menu": wish.menu, "segment": wish.segment, "residents": residents })
                });
                let unlinks = plan.unlinks.map(|residents| json!({ "residents": residents }));
                json!({ "links": links.collect::<Vec<_>>(), "unlinks": unlinks })
            })
        }
        Question::Begin { steps } => {
            let mut note = actor.note(ctx.clock.now(), Action::MenusArranged, "richmenu");
            note.detail = steps.into_iter().map(|(verb, count)| (verb, count.to_string())).collect();
            ctx.store.append_audit(note).await.map(|()| json!({})).map_err(LinkError::from)
        }
        Question::Link(Wishes { wishes, kept }) => {
            let until = ctx.clock.now().saturating_add(AT_ONCE).map_err(|error| error.to_string())?;
            let linked = link_menus::carry_out(ctx, &line.menus, &actor, &wishes, &kept, until).await;
            match linked {
                Err(LinkError::Line(error)) => return Ok(json!({ "stopped": error.to_string() })),
                linked => linked.map(|linked| {
                    json!({ "linked": linked.linked, "unlinked": linked.unlinked, "more": linked.more })
                }),
            }
        }
    };
    match answered {
        Err(error @ (LinkError::NoSegment { .. } | LinkError::Several { .. } | LinkError::Faults { .. })) => {
            Ok(json!({ "problems": [error.to_string()] }))
        }
        answered => answered.map_err(|error| error.to_string()),
    }
}
