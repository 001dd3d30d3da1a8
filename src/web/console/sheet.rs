//! Tables to download: what [`crate::sheet`] writes, as a file that the browser keeps.

use axum::{
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};

use crate::sheet::{self, Format};

/// The table as CSV under this name: spreadsheets open it as it is, and no cell is a formula.
pub(super) fn csv(name: &str, rows: impl IntoIterator<Item = Vec<String>>) -> Response {
    let headers: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".into()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    let table = sheet::write(&rows.into_iter().collect(), Format::Csv).expect("memory takes every record");
    (headers, table).into_response()
}
