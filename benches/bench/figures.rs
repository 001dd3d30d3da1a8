//! What was measured, as a table for people and as JSON for machines.

use std::{fmt::Write, time::Duration};

use serde_json::{Value, json};

/// A figure beside the machine's limit.
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// What todoke reached.
    pub value: f64,
    /// In what.
    pub unit: &'static str,
    /// The machine's limit from the same run, where there is one.
    pub limit: Option<f64>,
    /// What todoke should reach, where that is said in docs.
    pub goal: Option<Goal>,
    /// What else is worth knowing.
    pub note: String,
}

/// A bound for a figure.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// At least so much.
    Least(f64),
    /// At least so much, and at least this share of the limit.
    LeastAnd(f64, f64),
    /// At most so much.
    Most(f64),
}

impl Figure {
    /// A figure without limit, goal and note.
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, limit: None, goal: None, note: String::new() }
    }

    /// Beside the limit.
    pub fn limit(self, limit: f64) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// With a goal.
    pub fn goal(self, goal: Goal) -> Self {
        Self { goal: Some(goal), ..self }
    }

    /// With a note.
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    fn ratio(&self) -> Option<f64> {
        self.limit.map(|limit| self.value / limit)
    }

    fn reached(&self) -> Option<bool> {
        self.goal.map(|goal| match goal {
            Goal::Least(least) => self.value >= least,
            Goal::LeastAnd(least, share) => {
                self.value >= least && self.ratio().is_some_and(|ratio| ratio >= share)
            }
            Goal::Most(most) => self.value <= most,
        })
    }

    fn goal_text(&self) -> String {
        let mark = match self.reached() {
            Some(true) => " ok",
            Some(false) => " MISSED",
            None => "",
        };
        match self.goal {
            Some(Goal::Least(least)) => format!(">= {}{mark}", number(least)),
            Some(Goal::LeastAnd(least, share)) => format!(">= {} and {share:.2} x{mark}", number(least)),
            Some(Goal::Most(most)) => format!("<= {}{mark}", number(most)),
            None => String::new(),
        }
    }
}

/// Everything of one run.
pub struct Figures {
    short: bool,
    figures: Vec<Figure>,
}

impl Figures {
    /// None yet.
    pub fn new(short: bool) -> Self {
        Self { short, figures: Vec::new() }
    }

    /// Adds one, and says so to whoever waits.
    pub fn add(&mut self, figure: Figure) {
        println!("{}: {} {} {}", figure.name, number(figure.value), figure.unit, figure.note);
        self.figures.push(figure);
    }

    /// The table, in Markdown.
    pub fn table(&self) -> String {
        let heads = ["figure", "todoke", "unit", "limit", "ratio", "goal", "note"];
        let rows: Vec<[String; 7]> = self
            .figures
            .iter()
            .map(|figure| {
                [
                    figure.name.clone(),
                    number(figure.value),
                    figure.unit.to_owned(),
                    figure.limit.map(number).unwrap_or_default(),
                    figure.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
                    figure.goal_text(),
                    figure.note.clone(),
                ]
            })
            .collect();
        let widths: Vec<usize> = (0..heads.len())
            .map(|column| {
                let cells = rows.iter().map(|row| row[column].chars().count());
                cells.chain([heads[column].len()]).max().unwrap_or(0)
            })
            .collect();
        let mut text = String::from("\n");
        let mut line = |cells: &[String]| {
            for (cell, width) in cells.iter().zip(&widths) {
                let _ = write!(text, "| {cell:<width$} ");
            }
            text.push_str("|\n");
        };
        line(&heads.map(str::to_owned));
        line(&std::array::from_fn::<String, 7, _>(|column| "-".repeat(widths[column])));
        for row in &rows {
            line(row);
        }
        text
    }

    /// Everything as JSON.
    pub fn json(&self) -> String {
        let figures: Vec<Value> = self
            .figures
            .iter()
            .map(|figure| {
                json!({
                    "name": figure.name,
                    "value": figure.value,
                    "unit": figure.unit,
                    "limit": figure.limit,
                    "ratio": figure.ratio(),
                    "goal": figure.goal_text().split(" ok").next().map(|text| text.replace(" MISSED", "")),
                    "reached": figure.reached(),
                    "note": figure.note,
                })
            })
            .collect();
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let machine = json!({
            "cpu": cpu_model(),
            "cores": std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default().matches("processor\t").count(),
            "kernel": kernel.trim(),
        });
        let whole = json!({ "short": self.short, "machine": machine, "figures": figures });
        format!("{whole:#}\n")
    }
}

fn cpu_model() -> Option<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Digits as many as mean something.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1_000.0 => {
            let digits = format!("{value:.0}");
            let mut text = String::new();
            for (place, digit) in digits.chars().enumerate() {
                if place > 0 && (digits.len() - place).is_multiple_of(3) && !text.ends_with('-') {
                    text.push(',');
                }
                text.push(digit);
            }
            text
        }
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A percentile of sorted values; 0 when there are none.
pub fn percentile(sorted: &[u32], percent: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length is a place in the list"
    )]
    let place = ((last as f64) * percent / 100.0).round() as usize;
    f64::from(sorted[place.min(last)])
}

/// The middle of some measurements.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Whole microseconds; more than an hour is as good as an hour.
pub fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}
