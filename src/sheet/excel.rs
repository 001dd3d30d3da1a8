//! Excel: the first sheet of a book, texts as texts, days as 2027-03-31.

use std::io::Cursor;

use calamine::{Data, Reader, open_workbook_auto_from_rs};
use rust_xlsxwriter::Workbook;

use super::{MOST_COLUMNS, MOST_ROWS, Rows, SheetError};

pub(super) fn read(bytes: &[u8]) -> Result<Rows, SheetError> {
    let unreadable = |error: calamine::Error| SheetError::Excel(error.to_string());
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    let sheet = book.worksheet_range_at(0).ok_or_else(|| SheetError::Excel("it has no sheet".into()))?;
    let sheet = sheet.map_err(unreadable)?;
    if sheet.height() > MOST_ROWS || sheet.width() > MOST_COLUMNS {
        return Err(SheetError::TooLarge);
    }
    // Rows are numbered as on the screen: empty ones above the heading are dropped by the reader.
    Ok(sheet.rows().map(|row| row.iter().map(cell).collect()).collect())
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        // Excel writes the ends of lines within a cell as it likes.
        other => other.to_string().replace("\r\n", "\n").replace("_x000D_", ""),
    }
}

pub(super) fn write(rows: &Rows) -> Result<Vec<u8>, SheetError> {
    let unwritable = |error: rust_xlsxwriter::XlsxError| SheetError::Unwritable(error.to_string());
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).map_err(unwritable)?;
        }
    }
    sheet.set_freeze_panes(1, 1).map_err(unwritable)?;
    book.save_to_buffer().map_err(unwritable)
}
