use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use fairway_domain::cell::{is_formula, show};
use fairway_domain::{Column, Fault, FaultExt, Row, Value};
use tempfile::NamedTempFile;

/// A CSV file after RFC 4180 with line feeds: UTF-8 without a byte order mark, the header first, cells quoted where they
/// must be, as [`fairway_domain::cell`] shows them. The Parquet file beside it has texts as they are.
pub(crate) struct CsvFile {
    writer: Writer<NamedTempFile>,
    cell: Vec<u8>,
}

impl CsvFile {
    pub(crate) fn new(file: NamedTempFile, columns: &[Column]) -> Result<Self, Fault> {
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::Any(b'\n'))
            .quote_style(QuoteStyle::Necessary)
            .buffer_capacity(1 << 18)
            .from_writer(file);
        writer.write_record(columns.iter().map(|column| &column.name)).fault("extract cannot be written")?;
        Ok(Self { writer, cell: Vec::new() })
    }

    pub(crate) fn take(&mut self, row: &Row) -> Result<(), Fault> {
        for index in 0..row.len() {
            let written = match row.get(index) {
                Value::Null => self.writer.write_field(b""),
                Value::Text(text) if !is_formula(text) => self.writer.write_field(text),
                value => {
                    self.cell.clear();
                    show(value, &mut self.cell).fault("cell of an extract cannot be shown")?;
                    self.writer.write_field(&self.cell)
                }
            };
            written.fault("extract cannot be written")?;
        }
        self.writer.write_record(None::<&[u8]>).fault("extract cannot be written")
    }

    pub(crate) fn finish(self) -> Result<NamedTempFile, Fault> {
        self.writer.into_inner().map_err(|e| e.into_error()).fault("extract cannot be written")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairway_domain::{ColumnKind, PrivacyClass};
    use jiff::civil::date;

    fn written(rows: &[Vec<Value<'_>>]) -> String {
        let names = ["a", "b"].map(|name| Column::new(name, ColumnKind::Text, PrivacyClass::Plain));
        let mut file = CsvFile::new(NamedTempFile::new().unwrap(), &names).unwrap();
        for cells in rows {
            let mut row = Row::default();
            cells.iter().for_each(|cell| row.push(*cell));
            file.take(&row).unwrap();
        }
        std::fs::read_to_string(file.finish().unwrap().path()).unwrap()
    }

    #[test]
    fn cells_are_shown_as_the_dictionary_of_an_extract_says() {
        let rows = [
            vec![Value::Date(date(2024, 2, 9)), Value::Decimal(-5)],
            vec![Value::Decimal(1250), Value::Integer(-3)],
            vec![Value::Null, Value::Bytes(&[0, 171])],
            vec![Value::Text("a,\"b\"\nc"), Value::Text("")],
        ];
        assert_eq!(written(&rows), "a,b\n2024-02-09,-0.05\n12.50,-3\n,00ab\n\"a,\"\"b\"\"\nc\",\n");
    }

    #[test]
    fn a_text_that_a_spreadsheet_would_run_is_made_harmless_and_a_number_is_left() {
        let rows = [
            vec![Value::Text("=1+1"), Value::Text("@x")],
            vec![Value::Text("-12.50"), Value::Text("+44 7700")],
            vec![Value::Text("-inf"), Value::Text("\tx")],
            vec![Value::Text("\r"), Value::Text("3-1")],
        ];
        assert_eq!(written(&rows), "a,b\n'=1+1,'@x\n-12.50,'+44 7700\n'-inf,'\tx\n\"'\r\",3-1\n");
    }
}
