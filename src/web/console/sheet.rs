//! Tables to download: CSV that spreadsheets open as it is (UTF-8 with its mark, CRLF) and in which no cell
//! is a formula, whatever somebody has typed.

use axum::{
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};

/// A spreadsheet takes a cell that begins like this for a formula (OWASP, CSV injection).
const FORMULAS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The table as a file that the browser keeps under this name.
pub(super) fn csv(name: &str, rows: impl IntoIterator<Item = Vec<String>>) -> Response {
    let headers: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".into()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    (headers, table(rows)).into_response()
}

fn table(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .flexible(true)
        .from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell))).expect("memory takes every record");
    }
    writer.into_inner().expect("memory takes every record")
}

/// The cell with a mark in front where it would be a formula; a minus before a number is none.
fn harmless(cell: &str) -> String {
    let is_number = cell.parse::<f64>().is_ok();
    if cell.starts_with(FORMULAS) && !is_number { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_every_cell_reads_back() {
        let rows = [
            vec!["=1+1".to_owned(), "+81".to_owned(), "@x".to_owned(), "＝1".to_owned(), "-x".to_owned()],
            vec!["-1".to_owned(), "a \"b\", c\nd".to_owned(), String::new()],
        ];
        let bytes = table(rows);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, "\u{feff}'=1+1,+81,'@x,'＝1,'-x\r\n-1,\"a \"\"b\"\", c\nd\",\r\n");
    }
}
