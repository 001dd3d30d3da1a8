//! A place's sheet for paper (A4), its QR code as a file, and the table of all places.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    super::{
        frame::Frame,
        period::{self, Wanted},
        session::Acting,
        sheet,
        visit::{Visit, page},
    },
    base, one,
};
use crate::{
    catalogue::{Phrase, public::Sentence},
    domain::{language::Language, staff::rights::SeeFigures},
    journeys::grow::came,
    web::{error::ConsoleError, qr::qr},
};

/// So many languages a sheet has room for.
const MOST_LANGUAGES: usize = 4;

/// The place of the address.
#[derive(Deserialize)]
pub(in crate::web::console) struct Of {
    place: String,
}

struct Offered {
    code: &'static str,
    name: String,
    chosen: bool,
}

/// What the sheet says in one language.
struct Said {
    html: &'static str,
    title: String,
    lead: String,
    steps: Vec<String>,
}

#[derive(Template)]
#[template(path = "console/places/sheet.html")]
struct SheetPage {
    frame: Frame,
    base: String,
    action: String,
    place: String,
    city: String,
    languages: Vec<Offered>,
    said: Vec<Said>,
    code: Option<(String, String)>,
    code_file: String,
}

/// Shows a sheet in the languages of `?lang=`, each named once; without any in the first two of the account.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Path(of): Path<Of>,
) -> Result<Response, ConsoleError> {
    let (place, address) = one(&visit, &actor, &of.place).await?;
    let ctx = visit.ctx();
    let account = ctx.library.account(visit.account()?).ok_or(ConsoleError::NotFound)?;
    let query = visit.inner().uri.query().unwrap_or_default();
    let asked: Vec<Language> =
        query.split('&').filter_map(|pair| pair.strip_prefix("lang=")?.parse().ok()).collect();
    let mut chosen: Vec<Language> =
        account.languages.iter().copied().filter(|language| asked.contains(language)).collect();
    if chosen.is_empty() {
        chosen = account
            .languages
            .iter()
            .copied()
            .filter(|language| *language != Language::JaEasy)
            .take(2)
            .collect();
    }
    chosen.truncate(MOST_LANGUAGES);
    let say = |language, sentence| ctx.catalogue.page(language, sentence, &[("city", &account.name)]);
    let said = chosen.iter().map(|language| Said {
        html: language.html(),
        title: say(*language, Sentence::SheetTitle),
        lead: say(*language, Sentence::SheetLead),
        steps: [Sentence::SheetScan, Sentence::SheetAdd, Sentence::SheetChoose]
            .map(|step| say(*language, step))
            .into(),
    });
    let offered = account.languages.iter().map(|language| Offered {
        code: language.code(),
        name: ctx.catalogue.say(*language, Phrase::LanguageName),
        chosen: chosen.contains(language),
    });
    Ok(page(&SheetPage {
        base: base(&visit)?,
        action: visit.path().to_owned(),
        place: place.name.to_string(),
        city: account.name.clone(),
        languages: offered.collect(),
        said: said.collect(),
        code: address.map(|address| (qr(&address), address)),
        code_file: format!("{}/place/{}/qr.svg", base(&visit)?, place.code),
        frame: visit.frame(),
    }))
}

/// The QR code as a file, for the city's own leaflets.
pub(in crate::web::console) async fn code_svg(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Path(of): Path<Of>,
) -> Result<Response, ConsoleError> {
    let (place, address) = one(&visit, &actor, &of.place).await?;
    let address = address.ok_or(ConsoleError::NotFound)?;
    let file = format!("attachment; filename=\"todoke-{}.svg\"", place.code);
    let headers = [(header::CONTENT_TYPE, "image/svg+xml".to_owned()), (header::CONTENT_DISPOSITION, file)];
    Ok((headers, qr(&address)).into_response())
}

/// Every place as a table, with what came of it in a time.
pub(in crate::web::console) async fn csv(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ConsoleError> {
    let (ctx, words) = (visit.ctx(), visit.words());
    let (code, of) = period::chosen(&visit, &wanted)?;
    let came = came::came(ctx, &actor, of).await?;
    let heading = ["place", "place-department", "place-address", "place-taps", "place-came"];
    let rows = came.places.into_iter().map(|of| {
        vec![
            of.place.name.to_string(),
            of.place.department.map_or_else(String::new, |department| department.to_string()),
            ctx.pages.place_address(&of.place.code).unwrap_or_default(),
            of.taps.to_string(),
            of.came.to_string(),
        ]
    });
    let heading = heading.iter().map(|key| words.say(key)).collect();
    Ok(sheet::csv(&format!("places-{code}"), std::iter::once(heading).chain(rows)))
}
