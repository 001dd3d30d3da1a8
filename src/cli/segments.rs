//! `todoke segments …`: how many residents a predicate holds, the segments that were named, and the schema of
//! predicates.

use std::fs;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Ended, Place, output};
use crate::{
    app::{self, segments::Question},
    control::Request,
    domain::{
        segment::{self, FEWEST_SHOWN, SegmentId},
        version::Version,
    },
};

#[derive(Subcommand)]
pub(super) enum SegmentsCommand {
    /// Count the residents for whom a predicate holds today; a few are never shown
    Count {
        #[command(flatten)]
        whom: Whom,
        #[command(flatten)]
        place: Place,
    },
    /// List the named segments with their ids and versions
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Name a segment, or with --id and --version change one
    Save {
        /// What staff call it
        #[arg(long, value_name = "NAME")]
        name: String,
        #[command(flatten)]
        whom: Whom,
        /// The segment to change
        #[arg(long, value_name = "SEGMENT", requires = "version")]
        id: Option<SegmentId>,
        /// The version that was seen
        #[arg(long, value_name = "NUMBER", requires = "id")]
        version: Option<u64>,
        #[command(flatten)]
        place: Place,
    },
    /// Remove a named segment
    Remove {
        /// The segment
        #[arg(long, value_name = "SEGMENT")]
        id: SegmentId,
        /// The version that was seen
        #[arg(long, value_name = "NUMBER")]
        version: u64,
        #[command(flatten)]
        place: Place,
    },
    /// Print the JSON schema of predicates, for editors
    Schema,
}

/// Which residents.
#[derive(Args)]
pub(super) struct Whom {
    /// A predicate: JSON, or a file that holds it
    #[arg(long, value_name = "FILE|JSON")]
    predicate: String,
}

impl Whom {
    fn read(self) -> anyhow::Result<String> {
        if self.predicate.trim_start().starts_with('{') {
            return Ok(self.predicate);
        }
        fs::read_to_string(&self.predicate)
            .with_context(|| format!("{} cannot be read; write JSON or the name of a file", self.predicate))
    }
}

pub(super) async fn run(command: SegmentsCommand) -> anyhow::Result<Ended> {
    match command {
        SegmentsCommand::Count { whom, place } => {
            ask(place, &Question::Count { predicate: whom.read()? }, counted).await
        }
        SegmentsCommand::List { place } => ask(place, &Question::List, listed).await,
        SegmentsCommand::Save { name, whom, id, version, place } => {
            let seen = id.zip(version.map(Version));
            ask(place, &Question::Save { seen, name, predicate: whom.read()? }, |answer| {
                format!("{} version {}\n", answer["id"].as_str().unwrap_or_default(), answer["version"])
            })
            .await
        }
        SegmentsCommand::Remove { id, version, place } => {
            ask(place, &Question::Remove { id, seen: Version(version) }, |_| format!("{id} was removed\n"))
                .await
        }
        SegmentsCommand::Schema => {
            output::line(&serde_json::to_string_pretty(&segment::schema())?)?;
            Ok(Ended::Fine)
        }
    }
}

/// Asks whoever holds the store; faults of a predicate are printed, and the command ends with problems.
async fn ask(
    place: Place,
    question: &Question,
    text: impl FnOnce(&Value) -> String,
) -> anyhow::Result<Ended> {
    let request =
        Request::Segments { account: place.account.to_string(), question: serde_json::to_value(question)? };
    let answer = app::ask(&place.common.load()?, request).await?;
    let problems: Option<String> = answer["problems"].as_array().map(|problems| {
        problems.iter().filter_map(|one| one["text"].as_str()).map(|one| format!("{one}\n")).collect()
    });
    let has_problems = problems.is_some();
    place.report.out().either(&answer, || problems.unwrap_or_else(|| text(&answer)))?;
    Ok(if has_problems { Ended::WithProblems } else { Ended::Fine })
}

fn counted(answer: &Value) -> String {
    let few = || format!("fewer than {FEWEST_SHOWN}, or all but a few (not shown)");
    let number = |key: &str| answer[key].as_u64().map_or_else(few, |number| number.to_string());
    format!("{} of {} residents\n", number("residents"), number("everybody"))
}

fn listed(answer: &Value) -> String {
    let segments = answer["segments"].as_array().into_iter().flatten();
    segments
        .map(|segment| {
            let text = |key: &str| segment[key].as_str().unwrap_or_default().to_owned();
            format!(
                "{} version {}\t{}\t{}\n",
                text("id"),
                segment["version"],
                text("name"),
                segment["predicate"]
            )
        })
        .collect()
}
