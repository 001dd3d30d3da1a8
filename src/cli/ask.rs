//! `todoke intents ask`: what the chat would say to somebody whom it does not know yet, and why.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use super::{Common, Ended, Report, intents, output};
use crate::{
    catalogue::Catalogue,
    domain::{
        account::Account,
        id::{AccountId, IntentId},
        language::Language,
    },
    intent::{DecisionKind, Query, Snapshot},
    journeys::answer::compose::Composer,
    line,
};

#[derive(Args)]
pub(super) struct AskArgs {
    /// The account
    #[arg(long, value_name = "ACCOUNT")]
    account: AccountId,
    /// A file with one text a line
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The texts, as a resident would type them
    text: Vec<String>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    report: Report,
}

pub(super) fn run(args: AskArgs) -> anyhow::Result<Ended> {
    let mut texts = args.text;
    if let Some(file) = &args.file {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        texts.extend(text.lines().map(ToOwned::to_owned));
    }
    if texts.is_empty() {
        bail!("there is nothing to ask; write a text, or a file with --file");
    }
    let out = args.report.out();
    let config = args.common.load()?;
    let account = intents::account(&config, &args.account)?;
    let snapshot = intents::snapshot(&config, &account)?;
    let catalogue = Catalogue::embedded()?;
    for text in &texts {
        let told = tell(&account, &snapshot, &catalogue, text);
        out.either(&told.json, || told.text)?;
        if out.is_json() {
            continue;
        }
        output::line("")?;
    }
    Ok(Ended::Fine)
}

struct Told {
    json: serde_json::Value,
    text: String,
}

fn tell(account: &Account, snapshot: &Snapshot, catalogue: &Catalogue, text: &str) -> Told {
    let query = Query { text, language: None, offered: &account.languages, today: intents::today(account) };
    let decision = snapshot.decide(&query);
    let composer =
        Composer { catalogue, account, snapshot, language: decision.language, door: None, ways: None };
    let messages = composer.decision(&decision);
    let names = |ids: &[IntentId]| ids.iter().map(ToString::to_string).collect();
    let (id, choices) = match &decision.kind {
        DecisionKind::Safety(kind) => (Some(kind.as_str().to_owned()), Vec::new()),
        DecisionKind::Fixed(kind) => (Some(kind.as_str().to_owned()), Vec::new()),
        DecisionKind::ChooseLanguage | DecisionKind::SetLanguage(_) => {
            (Some("language".to_owned()), Vec::new())
        }
        DecisionKind::Answer(id) => (Some(id.to_string()), Vec::new()),
        DecisionKind::Ask { choices, .. } => (None, names(choices)),
        DecisionKind::Refuse { nearby, elsewhere } => {
            (elsewhere.as_ref().map(|whose| whose.name().to_owned()), names(nearby))
        }
    };
    let ranked: Vec<(String, f32)> =
        decision.ranked.iter().map(|(id, score)| (id.to_string(), *score)).collect();
    let reasons: Vec<String> =
        decision.why.iter().map(|reason| catalogue.reason(Language::En, reason)).collect();
    let why = reasons.join("\n  ");
    let lines: String =
        messages.plain_lines().iter().map(|line| format!("  {}\n", line.replace('\n', "\n  "))).collect();
    let name = id.clone().unwrap_or_else(|| choices.join(", "));
    let text_form = format!(
        "{text}\n→ {} {name} ({}, {:.2})\n{lines}why:\n  {why}\n",
        decision.kind.name(),
        decision.language,
        decision.confidence,
    );
    let json = json!({
        "text": text,
        "decision": decision.kind.name(),
        "id": id,
        "choices": choices,
        "language": decision.language,
        "confidence": decision.confidence,
        "ranked": ranked,
        "reply": line::message::to_value(&messages),
        "why": reasons,
    });
    Told { json, text: text_form }
}
