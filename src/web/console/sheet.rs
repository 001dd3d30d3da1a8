//! Tables to download: what [`crate::sheet`] writes, as a file that the browser keeps; and why one that came in is none.

use axum::{
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};

use crate::{
    catalogue::ConsoleWords,
    sheet::{self, Format, SheetError},
};

/// The table as CSV under this name: spreadsheets open it as it is, and no cell is a formula.
pub(super) fn csv(name: &str, rows: impl IntoIterator<Item = Vec<String>>) -> Response {
    let headers: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".into()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    let table = sheet::write(&rows.into_iter().collect(), Format::Csv).expect("memory takes every record");
    (headers, table).into_response()
}

/// Why a file that was sent is no table, in the reader's words.
pub(super) fn unreadable(words: ConsoleWords, error: &SheetError) -> String {
    match error {
        SheetError::TooLarge => words.say("sheet-too-large"),
        SheetError::Encoding => words.say("sheet-encoding"),
        SheetError::Csv { line, .. } => words.say_with("sheet-csv", &[("line", &line.to_string())]),
        SheetError::Excel(_) => words.say("sheet-excel"),
        SheetError::NotInCp932 { .. } | SheetError::Unwritable(_) => words.say("error-internal-what"),
    }
}
