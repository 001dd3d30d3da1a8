//! CSV: comma, semicolon or tab; UTF-8 with or without a mark, or CP932.

use std::borrow::Cow;

use super::{Rows, SheetError};

pub(super) fn read(bytes: &[u8]) -> Result<Rows, SheetError> {
    Ok(numbered(&decode(bytes)?)?.into_iter().map(|(_, row)| row).collect())
}

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
        let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
        Ok((line, record.iter().map(ToOwned::to_owned).collect()))
    });
    rows.collect()
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
    let unwritable = |what: String| SheetError::Unwritable(what);
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(b"\xef\xbb\xbf".to_vec());
    for row in rows {
        writer.write_record(row).map_err(|error| unwritable(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| unwritable(error.to_string()))
}
