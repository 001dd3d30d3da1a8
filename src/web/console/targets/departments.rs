//! Who left after whose announcements: for a thousand people, with the interval in which it may lie.

use askama::Template;
use axum::{extract::Query, response::Response};

use super::{
    super::{
        frame::Frame,
        period::{self, Choice, Wanted},
        session::Acting,
        sheet,
        visit::{Visit, page},
    },
    base,
};
use crate::{
    domain::staff::rights::SeeFigures,
    journeys::targets::{OfDepartment, departments},
    web::error::ConsoleError,
};

/// A department in words and as a line of the picture.
struct Row {
    name: String,
    announcements: u64,
    recipients: u64,
    blocks: u64,
    /// For a thousand, and between what it may lie; `None`: nobody was reached.
    rate: Option<(String, String)>,
    /// Where the interval begins and ends and where the value stands, in thousandths of the picture.
    drawn: Option<[u64; 3]>,
    /// Whether it surely differs from everybody's together.
    differs: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "console/targets/departments.html")]
struct DepartmentsPage {
    frame: Frame,
    base: String,
    choices: Vec<Choice>,
    period: String,
    rows: Vec<Row>,
    /// What the right end of the picture stands for.
    most: String,
}

/// Shows them.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ConsoleError> {
    let (code, of) = period::chosen(&visit, &wanted)?;
    let (all, each) = departments(visit.ctx(), &actor, of).await?;
    let most = each.iter().chain([&all]).filter_map(OfDepartment::rate).map(|rate| rate.per_1000()[2]);
    let most = most.fold(0.1, f64::max);
    Ok(page(&DepartmentsPage {
        base: base(&visit)?,
        choices: period::choices(&visit, &code)?,
        period: code,
        rows: std::iter::once(&all).chain(&each).map(|of| row(&visit, of, &all, most)).collect(),
        most: decimal(most),
        frame: visit.frame(),
    }))
}

fn row(visit: &Visit, of: &OfDepartment, all: &OfDepartment, most: f64) -> Row {
    let name = of.department.as_ref().map(ToString::to_string);
    let rate = of.rate();
    let differs = rate
        .zip(all.rate())
        .filter(|(rate, all)| rate.differs_from(*all))
        .map(|(rate, all)| if rate.share > all.share { "departments-more" } else { "departments-fewer" });
    Row {
        name: name.unwrap_or_else(|| visit.words().say("departments-all")),
        announcements: of.announcements,
        recipients: of.recipients,
        blocks: of.blocks,
        rate: rate.map(|rate| {
            let [share, low, high] = rate.per_1000();
            (decimal(share), format!("{}–{}", decimal(low), decimal(high)))
        }),
        drawn: rate.map(|rate| {
            let [share, low, high] = rate.per_1000();
            [low, share, high].map(|one| thousandths(one / most))
        }),
        differs: differs.filter(|_| of.department.is_some()),
    }
}

/// A number with one digit after the point.
fn decimal(value: f64) -> String {
    format!("{value:.1}")
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 1,000")]
fn thousandths(part: f64) -> u64 {
    (part * 1_000.0).round().clamp(0.0, 1_000.0) as u64
}

/// The table as a file.
pub(in crate::web::console) async fn csv(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ConsoleError> {
    let (code, of) = period::chosen(&visit, &wanted)?;
    let (all, each) = departments(visit.ctx(), &actor, of).await?;
    let heading = [
        "departments-name",
        "departments-announcements",
        "departments-recipients",
        "departments-blocks",
        "departments-rate",
        "departments-interval",
    ];
    let heading = heading.iter().map(|key| visit.words().say(key)).collect();
    let line = |of: &OfDepartment| {
        let Row { name, announcements, recipients, blocks, rate, .. } = row(&visit, of, &all, 1.0);
        let (rate, interval) = rate.unwrap_or_default();
        let numbers = [announcements, recipients, blocks].map(|number| number.to_string());
        std::iter::once(name).chain(numbers).chain([rate, interval]).collect()
    };
    let rows = std::iter::once(&all).chain(&each).map(line);
    Ok(sheet::csv(&format!("departments-{code}"), std::iter::once(heading).chain(rows)))
}
