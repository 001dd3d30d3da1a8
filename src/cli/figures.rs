//! `todoke figures`: what is known of each day, LINE's numbers and our own counts beside each other.

use std::fmt::Write;

use clap::Args;
use serde_json::{Map, Value};

use super::{Ended, Place};
use crate::{
    app::{self, figures::Question},
    control::Request,
    domain::{figure::FigureName, time::Date},
};

/// The figures of a table, where none are named.
const USUAL: [&str; 7] = [
    "friends",
    "line.followers",
    "line.blocks",
    "own.friends",
    "registered.any",
    "questions",
    "sent.recipients",
];

#[derive(Args)]
#[command(
    after_help = "A day or a number that is not known is left out, never 0; in the table it is a dot. A dash (\"few\" in JSON) \
                        stands for fewer than five people, and for all but a few.\n\
                        friends is line.followers - line.blocks, as LINE counts: whoever deleted their LINE account stays in it. \
                        own.friends are those who did anything in this account and have not left it: whoever added it before \
                        todoke did and has done nothing since is missing, until `todoke followers import`. So the two differ."
)]
pub(super) struct FiguresArgs {
    #[command(flatten)]
    place: Place,
    /// The first day; without it four weeks before the last one
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// The last day; without it yesterday
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
    /// A figure, for example friends or registered.topic.garbage; may be repeated
    #[arg(long = "figure", value_name = "NAME")]
    figures: Vec<FigureName>,
}

pub(super) async fn run(args: FiguresArgs) -> anyhow::Result<Ended> {
    let FiguresArgs { place, from, to, figures } = args;
    let names: Vec<String> = match &figures[..] {
        [] => USUAL.map(ToOwned::to_owned).into(),
        named => named.iter().map(ToString::to_string).collect(),
    };
    let question = Question { from, to, figures };
    let request =
        Request::Figures { account: place.account.to_string(), question: serde_json::to_value(question)? };
    let answer = app::ask(&place.common.load()?, request).await?;
    place.report.out().either(&answer, || text(&answer, &names))?;
    Ok(Ended::Fine)
}

fn text(answer: &Value, names: &[String]) -> String {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (days, series) = (list(&answer["days"]), list(&answer["series"]));
    if days.is_empty() {
        return "Nothing is known of these days. Figures are collected once a day while `todoke serve` runs.\n".into();
    }
    let mut text = format!("day\tLINE\t{}\n", names.join("\t"));
    let mut corrected = Vec::new();
    for day in &days {
        let date = day["day"].as_str().unwrap_or_default();
        let status = day["line"]["status"].as_str().unwrap_or_default();
        let figures = day["figures"].as_object().cloned().unwrap_or_default();
        let cells: Vec<String> = names.iter().map(|name| cell(&figures, name)).collect();
        // Writing into memory does not fail.
        let _ = writeln!(text, "{date}\t{status}\t{}", cells.join("\t"));
        if !list(&day["line"]["before"]).is_empty() {
            corrected.push(date.to_owned());
        }
    }
    if !corrected.is_empty() {
        let _ = writeln!(
            text,
            "\nLINE has corrected {}; --json tells what it said before.",
            corrected.join(", ")
        );
    }
    if let [.., last] = &series[..]
        && series.len() > 1
    {
        let _ = writeln!(
            text,
            "\nThe LINE official account behind this name was changed: these are the figures of {} since {}. What was \
             known of the account before is kept and is not mixed with them.",
            last["name"].as_str().unwrap_or_default(),
            last["began"].as_str().unwrap_or_default()
        );
    }
    text
}

fn cell(figures: &Map<String, Value>, name: &str) -> String {
    match figures.get(name) {
        None => "·".into(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => "-".into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn gaps_few_corrections_and_another_account_are_told() {
        let names = ["friends".to_owned(), "registered.any".to_owned()];
        assert!(text(&json!({ "days": [], "series": [] }), &names).contains("Nothing is known"));
        let answer = json!({
            "series": [{ "name": "@old", "began": "2020-04-01T00:00:00Z" }, { "name": "@new", "began": "2026-11-01T00:00:00Z" }],
            "days": [
                { "day": "2026-11-26", "line": { "status": "ready", "before": [{ "followers": 9 }] }, "figures": { "friends": 10, "registered.any": "few" } },
                { "day": "2026-11-27", "line": { "status": "unready", "before": [] }, "figures": {} },
            ],
        });
        let told = text(&answer, &names);
        assert!(told.contains("2026-11-26\tready\t10\t-\n2026-11-27\tunready\t·\t·\n"), "{told}");
        assert!(told.contains("corrected 2026-11-26;") && told.contains("@new since 2026-11-01"), "{told}");
    }
}
