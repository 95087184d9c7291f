use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;

use fairway_domain::{Fault, FaultExt};

use super::check;
use super::item::Item;
use super::layout::{Field, Layout};
use super::line::{push_cell, push_padded};
use super::read::{Envelope, Side};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Records.
    pub records: u64,
    /// Fields left blank because what they should hold does not fit the layout.
    pub left_blank: u64,
}

/// Writes one file of a layout, record by record.
pub(super) struct SheetWriter<W> {
    out: W,
    layout: Arc<Layout>,
    side: Side,
    envelope: Envelope,
    written: Written,
    line: String,
}

const UNWRITABLE: &str = "batch-trace file cannot be written";

impl<W: Write> SheetWriter<W> {
    /// Begins a file. `file_code` is what a response's header says of the request.
    pub(super) fn begin(
        out: W,
        layout: Arc<Layout>,
        side: Side,
        envelope: Envelope,
        file_code: &str,
    ) -> Result<Self, Fault> {
        let mut writer = Self { out, layout, side, envelope, written: Written::default(), line: String::new() };
        let layout = Arc::clone(&writer.layout);
        let sheet = side.of(&layout);
        if writer.envelope.records > sheet.max_records {
            return Err(Fault::new(format!("a file of this layout has at most {} records", sheet.max_records)));
        }
        if sheet.column_names {
            let names = sheet.fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
            writer.put(&sheet.fields, &names)?;
        } else if !sheet.header.is_empty() {
            writer.put_envelope(&sheet.header, file_code)?;
        }
        Ok(writer)
    }

    /// Adds a record; `value` says what an item is.
    pub(super) fn record<'v>(&mut self, value: impl Fn(Item) -> Cow<'v, str>) -> Result<(), Fault> {
        let layout = Arc::clone(&self.layout);
        let fields = &self.side.of(&layout).fields;
        let mut cells = Vec::with_capacity(fields.len());
        for (place, field) in fields.iter().enumerate() {
            cells.push(self.cell(field, place, &value(field.item))?);
        }
        self.put(fields, &cells)?;
        self.written.records += 1;
        Ok(())
    }

    /// Ends the file and gives the writer back, flushed, so that the caller can make it durable.
    pub(super) fn finish(mut self) -> Result<(W, Written), Fault> {
        let layout = Arc::clone(&self.layout);
        let sheet = self.side.of(&layout);
        let states = sheet.header.iter().chain(&sheet.trailer).any(|field| field.item == Item::Records);
        if states && self.written.records != self.envelope.records {
            return Err(Fault::new("a batch-trace file has not as many records as its header states"));
        }
        if !sheet.trailer.is_empty() {
            self.put_envelope(&sheet.trailer, "")?;
        }
        self.out.flush().fault(UNWRITABLE)?;
        Ok((self.out, self.written))
    }

    fn cell(&mut self, field: &Field, place: usize, value: &str) -> Result<String, Fault> {
        if let Some(fixed) = &field.value {
            return Ok(fixed.clone());
        }
        if let Some(cell) = check::fitted(field, value) {
            return Ok(cell);
        }
        if field.required {
            let name = field.label(place);
            return Err(Fault::new(format!("{name} of a batch-trace record does not fit its layout")));
        }
        self.written.left_blank += 1;
        Ok(String::new())
    }

    fn put_envelope(&mut self, fields: &[Field], file_code: &str) -> Result<(), Fault> {
        let mut cells = Vec::with_capacity(fields.len());
        for (place, field) in fields.iter().enumerate() {
            let value = match field.item {
                Item::Reference => self.envelope.reference.clone(),
                Item::Timestamp => self.envelope.timestamp.clone(),
                Item::Records => self.envelope.records.to_string(),
                Item::FileCode => file_code.to_owned(),
                _ => String::new(),
            };
            let cell = if field.value.is_some() { self.cell(field, place, "")? } else { value };
            if let Some((_, text)) = check::judge(field, &cell) {
                return Err(Fault::new(format!("{} of a batch-trace file {text}", field.label(place))));
            }
            cells.push(cell);
        }
        self.put(fields, &cells)
    }

    fn put(&mut self, fields: &[Field], cells: &[String]) -> Result<(), Fault> {
        self.line.clear();
        for (place, (field, cell)) in fields.iter().zip(cells).enumerate() {
            match (self.layout.separator, field.width) {
                (Some(separator), _) => {
                    if place > 0 {
                        self.line.push(separator);
                    }
                    push_cell(&mut self.line, cell, separator);
                }
                (None, width) => push_padded(&mut self.line, cell, width.unwrap_or_default()),
            }
        }
        self.line.push_str(&self.layout.line_end);
        self.out.write_all(self.line.as_bytes()).fault(UNWRITABLE)
    }
}
