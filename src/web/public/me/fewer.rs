//! `/p/me/{word}/fewer`: takes back that fewer of some announcements are wanted.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    super::{Peer, Wish},
    Sent, shown, taken,
    view::Said,
};
use crate::{
    catalogue::public::Sentence,
    journeys::{
        own_data::{self, Changed},
        pages::LinkError,
    },
    web::WebState,
};

/// There is nothing to look at here: who comes back is led to the page.
pub(in crate::web::public) async fn back(Path(word): Path<String>) -> Redirect {
    Redirect::to(&format!("/p/me/{word}#fewer"))
}

/// Takes it back.
pub(in crate::web::public) async fn undo(
    State(state): State<WebState>,
    Path(word): Path<String>,
    Query(wish): Query<Wish>,
    Peer(peer): Peer,
    headers: HeaderMap,
    sent: Sent,
) -> Response {
    let (filled, language) = match taken(&state, &wish, &word, peer, &headers, sent) {
        Ok(taken) => taken,
        Err(refused) => return *refused,
    };
    let submit = filled.get("submit").unwrap_or_default();
    let Some(series) = filled.get("series").and_then(|series| series.parse().ok()) else {
        return state.no_own_data(&wish, &LinkError::Unknown.into());
    };
    match own_data::undo_fewer(&state.0.ctx, &word, submit, &series).await {
        Ok(Changed::Saved { is_over: true }) => {
            state.told(language, Sentence::MeTitle, Sentence::MeSavedOver)
        }
        Ok(Changed::Saved { is_over: false }) => {
            Redirect::to(&format!("/p/me/{word}?lang={}&saved=1#saved", language.code())).into_response()
        }
        Ok(Changed::Meanwhile | Changed::Problems(_)) => {
            shown(&state, &wish, &word, StatusCode::CONFLICT, Said::Meanwhile).await
        }
        Err(error) => state.no_own_data(&wish, &error),
    }
}
