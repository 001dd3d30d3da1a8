//! Sheets as staff keep them: CSV in UTF-8 or CP932 (Japanese Excel's own), and Excel; to and from rows of
//! texts. `intent::columns` knows what the columns mean. Commands and pages call it; it reads and writes
//! bytes, never files.
//!
//! A cell that a spreadsheet would take for a formula gets a `'` in front when written and loses it when read,
//! whether it begins with `=`, `+`, `-`, `@` or one of their full-width forms.

mod delimited;
mod excel;

/// Rows of cells; the first is the heading.
pub type Rows = Vec<Vec<String>>;

/// The most bytes of a sheet.
pub const MOST_BYTES: usize = 32 << 20;
/// The most rows, and the most cells of a row.
const MOST_ROWS: usize = 60_000;
const MOST_COLUMNS: usize = 500;

/// Why a sheet cannot be read or written, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// It is too large.
    #[error("the sheet has over {MOST_BYTES} bytes, {MOST_ROWS} rows or {MOST_COLUMNS} columns; split it")]
    TooLarge,
    /// The text is neither UTF-8 nor CP932.
    #[error("the text is neither UTF-8 nor CP932 (Shift JIS); save it as 「CSV UTF-8」")]
    Encoding,
    /// The rows cannot be told apart.
    #[error("line {line}: {what}; look for a quotation mark that is not closed")]
    Csv {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// The file is no Excel file, or one that cannot be read.
    #[error("the Excel file cannot be read ({0}); save it anew as .xlsx without a password, or as CSV")]
    Excel(String),
    /// A cell has a sign that CP932 lacks.
    #[error(
        "row {row}, column {column}: CP932 (Shift JIS) lacks a sign of this cell; write the sheet as UTF-8"
    )]
    NotInCp932 {
        /// The row, from 1.
        row: usize,
        /// The column, from 1.
        column: usize,
    },
    /// The rows cannot be written.
    #[error("the sheet cannot be written: {0}")]
    Unwritable(String),
}

/// The forms in which a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// UTF-8 with a byte order mark, by which Excel knows it.
    Csv,
    /// CSV in CP932, for older programs.
    CsvCp932,
    /// Excel.
    Xlsx,
}

/// Reads a sheet, whichever of the forms it has.
pub fn read(bytes: &[u8]) -> Result<Rows, SheetError> {
    Ok(read_numbered(bytes)?.into_iter().map(|(_, row)| row).collect())
}

/// The same with the number of each row as its reader counts, from 1: the line on which it begins, or the row of the
/// Excel sheet.
pub fn read_numbered(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, SheetError> {
    if bytes.len() > MOST_BYTES {
        return Err(SheetError::TooLarge);
    }
    // An .xlsx is a ZIP archive, an .xls an OLE one.
    let is_excel = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0");
    let mut rows = if is_excel {
        (1..).zip(excel::read(bytes)?).collect()
    } else {
        numbered(&delimited::decode(bytes)?)?
    };
    if rows.len() > MOST_ROWS || rows.iter().any(|(_, row)| row.len() > MOST_COLUMNS) {
        return Err(SheetError::TooLarge);
    }
    for cell in rows.iter_mut().flat_map(|(_, row)| row) {
        if cell.strip_prefix('\'').is_some_and(needs_mark) {
            cell.remove(0);
        }
    }
    Ok(rows)
}

/// The text of a CSV file, whichever encoding it has.
pub fn text(bytes: &[u8]) -> Result<String, SheetError> {
    if bytes.len() > MOST_BYTES {
        return Err(SheetError::TooLarge);
    }
    delimited::decode(bytes).map(std::borrow::Cow::into_owned)
}

/// The rows of a CSV text with the lines, from 1, on which they begin.
pub fn numbered(text: &str) -> Result<Vec<(usize, Vec<String>)>, SheetError> {
    // With CR and LF at once the reader would count a line too few.
    delimited::numbered(&text.replace("\r\n", "\n"))
}

/// Writes a sheet.
pub fn write(rows: &Rows, format: Format) -> Result<Vec<u8>, SheetError> {
    let safe = |cell: &String| if needs_mark(cell) { format!("'{cell}") } else { cell.clone() };
    let rows: Rows = rows.iter().map(|row| row.iter().map(safe).collect()).collect();
    match format {
        Format::Csv => delimited::write(&rows),
        Format::CsvCp932 => delimited::write_cp932(&rows),
        Format::Xlsx => excel::write(&rows),
    }
}

/// Whether a `'` goes in front: a cell that would lose its own one when read gets another.
fn needs_mark(cell: &str) -> bool {
    looks_like_formula(cell) || cell.trim_start_matches('\'').starts_with(['\t', '\r'])
}

/// Whether a spreadsheet might take a cell for a formula: also behind blanks and quotation marks that it drops.
fn looks_like_formula(cell: &str) -> bool {
    let first =
        cell.trim_start_matches(|c: char| c.is_whitespace() || c == '\'' || c == '\u{feff}').chars().next();
    first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '−' | '＠'))
        || cell.starts_with(['\t', '\r'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(cells: &[&[&str]]) -> Rows {
        cells.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect()
    }

    #[test]
    fn utf_8_with_and_without_a_mark_cp932_and_excel_are_told_apart() {
        let expected = rows(&[&["id", "回答"], &["garbage.bulky", "①1点、\n髙い～"]]);
        let text = "id,回答\r\ngarbage.bulky,\"①1点、\n髙い～\"\r\n";
        let (cp932, _, unmappable) = encoding_rs::SHIFT_JIS.encode(text);
        assert!(!unmappable);
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &marked, &cp932] {
            assert_eq!(read(bytes).unwrap(), expected);
        }
        for format in [Format::Csv, Format::CsvCp932, Format::Xlsx] {
            assert_eq!(read(&write(&expected, format).unwrap()).unwrap(), expected);
        }
        let lines = |text: &str| -> Vec<usize> {
            read_numbered(text.as_bytes()).unwrap().iter().map(|(line, _)| *line).collect()
        };
        assert_eq!(lines(&format!("\u{feff}{text}")), [1, 2]);
        assert_eq!(lines("a\r\n\r\n\"b\r\nc\"\r\nd\r\n\n\ne"), [1, 3, 5, 8]);
    }

    #[test]
    fn what_cp932_lacks_is_told_with_its_place() {
        let sheet = rows(&[&["name"], &["a", "𠮷野"]]);
        let complaint = write(&sheet, Format::CsvCp932).unwrap_err().to_string();
        assert!(complaint.starts_with("row 2, column 2:"), "{complaint}");
        let cp932 = write(&rows(&[&["髙橋", "=1"]]), Format::CsvCp932).unwrap();
        assert!(!cp932.starts_with(b"\xef\xbb\xbf") && std::str::from_utf8(&cp932).is_err());
        assert_eq!(read(&cp932).unwrap(), rows(&[&["髙橋", "=1"]]));
    }

    #[test]
    fn no_cell_is_taken_for_a_formula_and_each_comes_back() {
        let cells = [
            "=1+1",
            "+81-44",
            "-1",
            "@SUM(A1)",
            "＝cmd|' /C calc'!A0",
            "＋1",
            "－1",
            "＠x",
            " =1",
            "\t=1",
            "'=1",
            "'\t",
            "it's",
        ];
        let sheet = rows(&[&["id"; 13], &cells]);
        let text = String::from_utf8(write(&sheet, Format::Csv).unwrap()).unwrap();
        for cell in text.lines().nth(1).unwrap().split(',').take(12) {
            assert!(cell.trim_start_matches('"').starts_with('\''), "{cell}");
        }
        for format in [Format::Csv, Format::Xlsx] {
            assert_eq!(read(&write(&sheet, format).unwrap()).unwrap(), sheet);
        }
    }

    #[test]
    fn tabs_and_semicolons_part_cells_where_the_heading_has_no_comma() {
        for text in
            ["id;answer.ja\na.x;1,5\n", "id\tanswer.ja\na.x\t1,5\n", "\"id\";answer.ja\na.x;\"1,5\"\n"]
        {
            assert_eq!(read(text.as_bytes()).unwrap(), rows(&[&["id", "answer.ja"], &["a.x", "1,5"]]));
        }
    }

    #[test]
    fn what_cannot_be_read_says_what_to_do() {
        for (bytes, hint) in [
            (&b"\xff\xfe\x00\xd8\xfd\xff"[..], "CSV UTF-8"),
            (b"PK\x03\x04nonsense", ".xlsx"),
            (b"\xd0\xcf\x11\xe0nonsense", ".xlsx"),
        ] {
            let complaint = read(bytes).unwrap_err().to_string();
            assert!(complaint.contains(hint), "{complaint}");
        }
        assert!(matches!(read(&vec![b'a'; MOST_BYTES + 1]), Err(SheetError::TooLarge)));
        assert!(matches!(read(",".repeat(600).as_bytes()), Err(SheetError::TooLarge)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_rows_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        #[test]
        fn any_rows_come_back_from_csv(cells in prop::collection::vec(prop::collection::vec("[^\r\0\u{feff}]{1,12}", 2), 1..4)) {
            let csv = write(&cells, Format::Csv).unwrap();
            prop_assert_eq!(read(&csv).unwrap(), cells);
        }
    }
}
