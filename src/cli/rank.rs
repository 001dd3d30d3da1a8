//! `todoke intents rank`: the chat's engine on somebody else's FAQ, for measuring.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::{Ended, intents, output};
use crate::{
    domain::{
        id::IntentId,
        language::{Language, Localized},
        time::Clock,
    },
    intent::{Contact, Content, Intent, Query, Snapshot},
    system::SystemClock,
};

#[derive(Args)]
pub(super) struct RankArgs {
    /// JSON lines {"id","question","answer","examples":[…]}; examples may be missing
    #[arg(long, value_name = "FILE")]
    faq: PathBuf,
    /// JSON lines {"id","text"}
    #[arg(long, value_name = "FILE")]
    queries: PathBuf,
    /// How many FAQs to name for each query
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    top: u16,
}

#[derive(Deserialize)]
struct Faq {
    id: IdText,
    question: String,
    answer: String,
    #[serde(default)]
    examples: Vec<String>,
}

#[derive(Deserialize)]
struct Asked {
    id: serde_json::Value,
    text: String,
}

/// Ids of other systems are texts or numbers; they come back as they were.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum IdText {
    Text(String),
    Number(i64),
}

pub(super) fn run(args: &RankArgs) -> anyhow::Result<Ended> {
    let faqs: Vec<Faq> = intents::read_lines(&args.faq)?;
    let ids: Vec<IdText> = faqs.iter().map(|faq| faq.id.clone()).collect();
    let queries: Vec<Asked> = intents::read_lines(&args.queries)?;
    let intents = faqs.into_iter().enumerate().map(|(number, faq)| intent(number, faq)).collect();
    let snapshot = Snapshot::compile(Content { intents, ..Content::default() });
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    for asked in &queries {
        let query = Query { text: &asked.text, language: None, offered: &[Language::Ja], today };
        let decision = snapshot.decide(&query);
        let ranked: Vec<serde_json::Value> = snapshot
            .rank(&asked.text, usize::from(args.top))
            .into_iter()
            .map(|(id, score)| Ok(json!([id_of(&ids, &id)?, score])))
            .collect::<anyhow::Result<_>>()?;
        output::line(&serde_json::to_string(&json!({
            "id": asked.id,
            "decision": decision.kind.name(),
            "confidence": decision.confidence,
            "ranked": ranked,
        }))?)?;
    }
    Ok(Ended::Fine)
}

fn id_of(ids: &[IdText], id: &IntentId) -> anyhow::Result<serde_json::Value> {
    let number: usize = id.as_str().parse().context("the ids of this ranking are numbers")?;
    Ok(match &ids[number] {
        IdText::Text(text) => json!(text),
        IdText::Number(number) => json!(number),
    })
}

fn intent(number: usize, faq: Faq) -> Intent {
    let japanese = |text: String| Localized::new([(Language::Ja, text)].into());
    Intent {
        id: IntentId::new(number.to_string()),
        topic: "faq".into(),
        title: japanese(faq.question),
        owner: String::new(),
        examples: faq.examples.into_iter().map(|example| (Language::Ja, example)).collect(),
        keywords: Vec::new(),
        patterns: Vec::new(),
        answer: japanese(faq.answer),
        link: None,
        quick_replies: Vec::new(),
        contact: Contact::default(),
        source: None,
        valid_from: None,
        valid_until: None,
        follow_up: Vec::new(),
    }
}
