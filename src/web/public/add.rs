//! `/p/add/{code}`: from a link or QR code of the city's on to LINE, with one more tap counted for its place;
//! `/p/share/{account}`: on to where LINE asks whom to tell. They show nothing and keep nothing of who came.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};

use super::{
    Wish,
    go::lead_on,
    page::{self, Frame},
    tap::Tap,
};
use crate::{
    catalogue::public::Sentence,
    domain::{id::AccountId, language::Language},
    journeys::{
        grow::{self, WayIn},
        pages::LinkError,
    },
    web::WebState,
};

/// Leads on from a place.
pub(super) async fn add(
    State(state): State<WebState>,
    Path(code): Path<String>,
    Query(wish): Query<Wish>,
    Tap { counts }: Tap,
) -> Response {
    let Ok(code) = code.parse() else { return state.stopped(&wish, &LinkError::Unknown.into(), "") };
    match grow::way_in(&state.0.ctx, &code, counts).await {
        Ok(way) => lead(&state, &wish, way),
        Err(error) => state.stopped(&wish, &error.into(), ""),
    }
}

/// Leads on from "tell family and friends".
pub(super) async fn share(
    State(state): State<WebState>,
    Path(account): Path<String>,
    Query(wish): Query<Wish>,
    Tap { counts }: Tap,
) -> Response {
    let Ok(account) = account.parse::<AccountId>() else {
        return state.stopped(&wish, &LinkError::Unknown.into(), "");
    };
    let way = grow::recommend(&state.0.ctx, &account, counts).await;
    lead(&state, &wish, way)
}

fn lead(state: &WebState, wish: &Wish, way: WayIn) -> Response {
    match way {
        WayIn::To(address) => lead_on(&address).unwrap_or_else(|| not_yet(state, wish)),
        WayIn::Unknown => state.stopped(wish, &LinkError::Unknown.into(), ""),
        WayIn::NotYet => not_yet(state, wish),
    }
}

/// LINE has not told yet where its page is.
fn not_yet(state: &WebState, wish: &Wish) -> Response {
    let language = wish.or(Language::Ja);
    let frame = Frame::new(&state.0.ctx.catalogue, language, None, Sentence::StopTitle);
    let why = frame.say(Sentence::Trouble);
    page::respond(StatusCode::SERVICE_UNAVAILABLE, page::stop(frame, why, ""))
}
