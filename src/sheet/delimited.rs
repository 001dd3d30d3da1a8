//! CSV: comma, semicolon or tab; UTF-8 with or without a mark, or CP932.

use std::borrow::Cow;

use super::{Rows, SheetError};

/// The rows with the lines on which they begin.
pub(super) fn numbered(text: &str) -> Result<Vec<(usize, Vec<String>)>, SheetError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let rows = reader.records().map(|record| {
        let record = record.map_err(|error| SheetError::Csv {
            line: error.position().map_or(0, csv::Position::line),
            what: error.to_string(),
        })?;
        let line = record.position().map_or(0, |position| line_of(text, position));
        Ok((line, record.iter().map(ToOwned::to_owned).collect()))
    });
    rows.collect()
}

/// The line on which a row begins: the reader's own place is that of the blank lines before it, which are no rows.
fn line_of(text: &str, position: &csv::Position) -> usize {
    let from = usize::try_from(position.byte()).ok().and_then(|byte| text.as_bytes().get(byte..));
    let blank = from.unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    usize::try_from(position.line()).unwrap_or(0) + blank.filter(|byte| **byte == b'\n').count()
}

/// UTF-8 first: no CP932 text with Japanese in it is valid UTF-8 by chance.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SheetError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    // The web's Shift JIS is Microsoft's code page 932.
    let (text, _, malformed) = encoding_rs::SHIFT_JIS.decode(bytes);
    if malformed { Err(SheetError::Encoding) } else { Ok(text) }
}

/// The sign between the cells: a comma, unless the heading has none and has another outside of quotes.
fn delimiter(text: &str) -> u8 {
    let mut in_quotes = false;
    let mut found = b',';
    for byte in text.bytes() {
        match byte {
            b'"' => in_quotes = !in_quotes,
            b',' if !in_quotes => return b',',
            b'\n' if !in_quotes => break,
            b'\t' | b';' if !in_quotes && found == b',' => found = byte,
            _ => {}
        }
    }
    found
}

pub(super) fn write(rows: &Rows) -> Result<Vec<u8>, SheetError> {
    write_after(b"\xef\xbb\xbf".to_vec(), rows)
}

pub(super) fn write_cp932(rows: &Rows) -> Result<Vec<u8>, SheetError> {
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (1..).zip(cells) {
            let (_, _, is_lacking) = encoding_rs::SHIFT_JIS.encode(cell);
            if is_lacking {
                return Err(SheetError::NotInCp932 { row, column });
            }
        }
    }
    let bytes = write_after(Vec::new(), rows)?;
    let text = String::from_utf8(bytes).map_err(|error| SheetError::Unwritable(error.to_string()))?;
    Ok(encoding_rs::SHIFT_JIS.encode(&text).0.into_owned())
}

fn write_after(head: Vec<u8>, rows: &Rows) -> Result<Vec<u8>, SheetError> {
    let unwritable = |what: String| SheetError::Unwritable(what);
    let mut writer =
        csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(head);
    for row in rows {
        writer.write_record(row).map_err(|error| unwritable(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| unwritable(error.to_string()))
}
