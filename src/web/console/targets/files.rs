//! A target's figures to download: CSV, Excel, and the picture as SVG.

use askama::Template;
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};

use super::{
    super::{
        chart,
        session::Acting,
        sheet,
        visit::{Visit, see},
    },
    account, base,
    drawing::Drawing,
    target_id,
    words::Words,
};
use crate::{
    domain::staff::{Actor, rights::SeeFigures},
    journeys::targets::{self as journey, Outlook},
    web::error::ConsoleError,
};

#[derive(Template)]
#[template(path = "console/targets/chart.svg")]
struct Picture {
    drawing: Drawing,
    width: u64,
    height: u64,
}

async fn load(visit: &Visit, actor: &Actor<SeeFigures>, id: &str) -> Result<Outlook, ConsoleError> {
    let found = journey::outlook(visit.ctx(), actor, target_id(id)?).await?;
    found.ok_or(ConsoleError::NotFound)
}

/// Each known day with what was planned, then the forecast.
fn table(visit: &Visit, outlook: &Outlook) -> Vec<Vec<String>> {
    let heading =
        ["target-day", "target-value", "target-planned", "target-likely", "target-low", "target-high"];
    let target = &outlook.target.value;
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.0}"));
    let known = outlook.days.iter().map(|(day, value)| {
        let empty = String::new;
        let planned = number(target.planned(*day));
        vec![day.to_string(), number(Some(*value)), planned, empty(), empty(), empty()]
    });
    let ahead = super::drawing::rows(outlook).into_iter().filter_map(|row| row.band.map(|band| (row, band)));
    let ahead = ahead.map(|(row, band)| {
        let [likely, low, high] = [band.likely, band.low, band.high].map(|one| number(Some(one)));
        vec![row.day.to_string(), String::new(), number(row.planned), likely, low, high]
    });
    let heading = heading.iter().map(|key| visit.words().say(key)).collect();
    std::iter::once(heading).chain(known).chain(ahead).collect()
}

/// Sends one of them.
pub(in crate::web::console) async fn send(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Path((_, id, file)): Path<(String, String, String)>,
) -> Result<Response, ConsoleError> {
    let outlook = load(&visit, &actor, &id).await?;
    match file.as_str() {
        "figures.csv" => Ok(sheet::csv(&id, table(&visit, &outlook))),
        "figures.xlsx" => Ok(sheet::xlsx(&id, table(&visit, &outlook))),
        "chart.svg" => picture(&visit, &id, &outlook),
        _ => Err(ConsoleError::NotFound),
    }
}

fn picture(visit: &Visit, id: &str, outlook: &Outlook) -> Result<Response, ConsoleError> {
    let words = Words { words: visit.words(), account: account(visit)? };
    let Some(drawing) = Drawing::new(&words, outlook) else {
        // Nothing is known yet; the page says so.
        return Ok(see(&format!("{}/target/{id}", base(visit)?)));
    };
    let picture = Picture { drawing, width: chart::WIDTH, height: chart::HEIGHT };
    let picture = picture.render().map_err(|_| ConsoleError::Internal)?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.svg\"")),
    ];
    Ok((headers, picture).into_response())
}
