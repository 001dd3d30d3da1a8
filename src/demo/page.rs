//! The page and its files, embedded in the binary.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// The page.
pub(super) async fn page() -> Html<&'static str> {
    Html(include_str!("../../templates/demo/page.html"))
}

/// Its stylesheet and its script.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "demo.css" => ("text/css; charset=utf-8", include_str!("../../assets/demo/demo.css")),
        "demo.js" => ("text/javascript; charset=utf-8", include_str!("../../assets/demo/demo.js")),
        "menu.js" => ("text/javascript; charset=utf-8", include_str!("../../assets/demo/menu.js")),
        "words.js" => ("text/javascript; charset=utf-8", include_str!("../../assets/demo/words.js")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
