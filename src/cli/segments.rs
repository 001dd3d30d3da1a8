//! `todoke segments …`: how many residents a predicate holds, and the schema of predicates.

use clap::Subcommand;

use super::{Ended, output};
use crate::domain::segment;

#[derive(Subcommand)]
pub(super) enum SegmentsCommand {
    /// Print the JSON schema of predicates, for editors
    Schema,
}

pub(super) fn run(command: &SegmentsCommand) -> anyhow::Result<Ended> {
    match command {
        SegmentsCommand::Schema => {
            output::line(&serde_json::to_string_pretty(&segment::schema())?)?;
            Ok(Ended::Fine)
        }
    }
}
