//! Tables to download: what [`crate::sheet`] writes, as a file that the browser keeps.

use axum::{
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};

use crate::sheet::{self, Format};

const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The table as CSV under this name: spreadsheets open it as it is, and no cell is a formula.
pub(super) fn csv(name: &str, rows: impl IntoIterator<Item = Vec<String>>) -> Response {
    let table = sheet::write(&rows.into_iter().collect(), Format::Csv).expect("memory takes every record");
    file(table, "text/csv; charset=utf-8", &format!("{name}.csv"))
}

/// The same as an Excel file; a table that is too large for one is a CSV.
pub(super) fn xlsx(name: &str, rows: Vec<Vec<String>>) -> Response {
    match sheet::write(&rows, Format::Xlsx) {
        Ok(table) => file(table, EXCEL, &format!("{name}.xlsx")),
        Err(_) => csv(name, rows),
    }
}

fn file(table: Vec<u8>, kind: &str, name: &str) -> Response {
    let headers: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, kind.into()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, table).into_response()
}
