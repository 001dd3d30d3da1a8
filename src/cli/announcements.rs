//! `todoke announcements …`: which there are, how far they are, and stopping them. Writing and approving are a person's,
//! in the console.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Ended, Place};
use crate::{
    app::{self, announcements::Question},
    control::Request,
    domain::announcement::AnnouncementId,
};

#[derive(Subcommand)]
pub(super) enum AnnouncementsCommand {
    /// List the latest announcements
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Show one, and how many people stand where
    Show {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        place: Place,
    },
    /// Pause one; when the command ends no call is under way
    Pause {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        place: Place,
    },
    /// Go on with one that is paused
    Resume {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        place: Place,
    },
    /// Stop one for good; when the command ends no call is under way
    Cancel {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        place: Place,
    },
}

/// Which one.
#[derive(Args)]
pub(super) struct Which {
    /// The announcement
    #[arg(value_name = "ANNOUNCEMENT")]
    id: AnnouncementId,
}

pub(super) async fn run(command: AnnouncementsCommand) -> anyhow::Result<Ended> {
    let (question, place) = match command {
        AnnouncementsCommand::List { place } => (Question::List, place),
        AnnouncementsCommand::Show { which, place } => (Question::Show(which.id), place),
        AnnouncementsCommand::Pause { which, place } => (Question::Pause(which.id), place),
        AnnouncementsCommand::Resume { which, place } => (Question::Resume(which.id), place),
        AnnouncementsCommand::Cancel { which, place } => (Question::Cancel(which.id), place),
    };
    let request = Request::Announcements {
        account: place.account.to_string(),
        question: serde_json::to_value(question)?,
    };
    let answer = app::ask(&place.common.load()?, request).await?;
    place.report.out().either(&answer, || text(&answer))?;
    Ok(Ended::Fine)
}

fn text(answer: &Value) -> String {
    match answer["announcements"].as_array() {
        Some(list) if list.is_empty() => "There are no announcements yet.\n".into(),
        Some(list) => list.iter().map(line).collect(),
        None => {
            let progress = answer["progress"].as_object().into_iter().flatten();
            let counts: String = progress.map(|(name, count)| format!("  {name}\t{count}\n")).collect();
            line(answer) + &counts
        }
    }
}

fn line(one: &Value) -> String {
    let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let why = one["why_paused"].as_str().map(|why| format!(" ({why})")).unwrap_or_default();
    let people = one["people"].as_u64().map(|people| format!("\t{people} people")).unwrap_or_default();
    format!("{}\t{}{why}\t{}{people}\n", text("id"), text("state"), text("title"))
}
