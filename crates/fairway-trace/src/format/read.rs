use std::collections::HashSet;
use std::io::{Read, Seek};
use std::sync::Arc;

use fairway_domain::{Fault, FaultExt};

use super::check;
use super::defect::{Defect, DefectKind, ReadError};
use super::item::Item;
use super::layout::{Field, Layout, Level, Sheet};
use super::line::{BadLine, Cells, Lines};
use super::reply;

/// What a file says of itself, as far as its layout has a place for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Envelope {
    /// The file's reference.
    pub reference: String,
    /// When it was made, `CCYYMMDDHHMISS`.
    pub timestamp: String,
    /// How many records it has.
    pub records: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Response,
}

impl Side {
    pub(super) fn of(self, layout: &Layout) -> &Sheet {
        match self {
            Self::Request => &layout.request,
            Self::Response => &layout.response,
        }
    }
}

/// Reads one file of a layout twice: once to see whether it is whole and well formed, once to give its records. Memory
/// does not grow with the file, but for the references of a layout that wants each to be its own.
pub(super) struct SheetReader<R> {
    lines: Lines<R>,
    layout: Arc<Layout>,
    side: Side,
    envelope: Envelope,
    /// What is read of a record, and in which cell it is.
    taken: Vec<(Item, usize)>,
    /// Per field, the cell that holds it.
    places: Vec<Option<usize>>,
    cells: Cells,
    left: u64,
}

/// A record that could be cut into cells, with what is wrong about it.
pub(super) struct Record<'r> {
    pub(super) defect: Option<Defect>,
    taken: &'r [(Item, usize)],
    cells: &'r Cells,
}

impl<'r> Record<'r> {
    pub(super) fn values(&self) -> impl Iterator<Item = (Item, &'r str)> {
        let cells = self.cells;
        self.taken.iter().map(move |(item, place)| (*item, cells.get(*place)))
    }
}

/// What a first reading gathers.
#[derive(Default)]
struct Tally {
    records: u64,
    ids: HashSet<String>,
    trailer: Option<String>,
}

impl<R: Read + Seek> SheetReader<R> {
    fn new(source: R, layout: Arc<Layout>, side: Side) -> Self {
        Self {
            lines: Lines::new(source),
            layout,
            side,
            envelope: Envelope::default(),
            taken: Vec::new(),
            places: Vec::new(),
            cells: Cells::default(),
            left: 0,
        }
    }

    /// The reference in a file's header, where it is well formed, whatever is wrong with the rest of the file.
    pub(super) fn reference(source: R, layout: &Arc<Layout>, side: Side) -> Option<String> {
        let header = &side.of(layout).header;
        let place = header.iter().position(|field| field.item == Item::Reference)?;
        let mut reader = Self::new(source, Arc::clone(layout), side);
        reader.line_of(header).ok().filter(|is_there| *is_there)?;
        let cell = (place < reader.cells.len()).then(|| reader.cells.get(place))?;
        check::judge(header.get(place)?, cell).is_none().then(|| cell.to_owned())
    }

    pub(super) fn open(source: R, layout: Arc<Layout>, side: Side, file_name: Option<&str>) -> Result<Self, ReadError> {
        let mut reader = Self::new(source, layout, side);
        reader.open_first_line(file_name)?;
        let records = reader.examine()?;
        reader.lines.rewind().fault(UNREADABLE)?;
        if reader.has_first_line() {
            reader.line()?;
        }
        reader.envelope.records = records;
        reader.left = records;
        Ok(reader)
    }

    pub(super) fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// The next record, or `None` after the last.
    pub(super) fn next(&mut self) -> Option<Result<Record<'_>, ReadError>> {
        self.left = self.left.checked_sub(1)?;
        let defect = match self.line() {
            Ok(true) => self.judge_record(),
            // The file was whole when it was examined.
            Ok(false) => return Some(Err(Fault::new("file became shorter while it was read").into())),
            Err(error) => return Some(Err(error)),
        };
        if defect.as_ref().is_some_and(|defect| self.refuses(defect)) {
            return Some(Err(Fault::new("file changed while it was read").into()));
        }
        Some(Ok(Record { defect, taken: &self.taken, cells: &self.cells }))
    }

    fn has_first_line(&self) -> bool {
        let sheet = self.side.of(&self.layout);
        sheet.column_names || !sheet.header.is_empty()
    }

    fn open_first_line(&mut self, file_name: Option<&str>) -> Result<(), ReadError> {
        let layout = Arc::clone(&self.layout);
        let sheet = self.side.of(&layout);
        if self.has_first_line() && !self.line_of(&sheet.header)? {
            return Err(self.refused(DefectKind::Parse, "The file is empty".into(), None));
        }
        if sheet.column_names {
            self.places = self.named(sheet)?;
        } else {
            if !sheet.header.is_empty() {
                self.envelope_of(&sheet.header)?;
            }
            self.places = (0..sheet.fields.len()).map(Some).collect();
        }
        let read = sheet.fields.iter().zip(&self.places).filter(|(field, _)| field.item != Item::Blank);
        self.taken = read.filter_map(|(field, place)| Some((field.item, (*place)?))).collect();
        let wanted = layout.request_file_name(&self.envelope.reference).filter(|_| self.side == Side::Request);
        match (wanted, file_name) {
            (Some(wanted), Some(name)) if wanted != name => {
                let text = "The file's name must be its reference, with the ending of its layout".into();
                Err(self.refused(DefectKind::FileName, text, None))
            }
            _ => Ok(()),
        }
    }

    /// Where each field is, by the names in the first line.
    fn named(&self, sheet: &Sheet) -> Result<Vec<Option<usize>>, ReadError> {
        let mut places = vec![None; sheet.fields.len()];
        for (cell, name) in self.cells.iter().enumerate() {
            let known = sheet.fields.iter().position(|field| field.name == name);
            let Some(place) = known.and_then(|field| places.get_mut(field)) else {
                let text = format!("Column {} has a name that is not one of the format's columns", cell + 1);
                return Err(self.refused(DefectKind::Parse, text, Some(1)));
            };
            if place.replace(cell).is_some() {
                let text = format!("Column {} has the name of another column", cell + 1);
                return Err(self.refused(DefectKind::Parse, text, Some(1)));
            }
        }
        let missing = sheet.fields.iter().zip(&places).find(|(field, place)| field.required && place.is_none());
        match missing {
            Some((field, _)) => {
                Err(self.refused(DefectKind::Parse, format!("There is no column {}", field.name), Some(1)))
            }
            None => Ok(places),
        }
    }

    /// Takes what a header or trailer says.
    fn envelope_of(&mut self, fields: &[Field]) -> Result<(), ReadError> {
        let line = Some(self.lines.number());
        if let Some((kind, text)) = judge_fields(fields, |place| Some(self.cells.get(place)), self.cells.len()) {
            return Err(self.refused(kind, text, line));
        }
        for (place, field) in fields.iter().enumerate() {
            let cell = self.cells.get(place);
            match field.item {
                Item::Reference => self.envelope.reference = cell.to_owned(),
                Item::Timestamp => self.envelope.timestamp = cell.to_owned(),
                Item::Records => self.envelope.records = cell.parse().unwrap_or(u64::MAX),
                Item::FileCode if !matches!(cell, "" | "00") => return Err(self.refused_by_code(cell)),
                _ => {}
            }
        }
        Ok(())
    }

    /// The first reading: every record, how many there are, and what a trailer says.
    fn examine(&mut self) -> Result<u64, ReadError> {
        let layout = Arc::clone(&self.layout);
        let sheet = self.side.of(&layout);
        let states_count = sheet.header.iter().any(|field| field.item == Item::Records);
        let stated = states_count.then_some(self.envelope.records);
        let mut tally = Tally::default();
        if sheet.trailer.is_empty() {
            while self.line()? {
                self.count_in(&mut tally, sheet)?;
            }
        } else {
            self.examine_to_trailer(&mut tally, sheet)?;
        }
        let trailed = sheet.trailer.iter().any(|field| field.item == Item::Records);
        let trailed = trailed.then_some(self.envelope.records);
        if [stated, trailed].into_iter().flatten().any(|stated| stated != tally.records) {
            let text = format!("The file has {} records and states another number", tally.records);
            return Err(self.refused(DefectKind::Count, text, None));
        }
        Ok(tally.records)
    }

    /// As there is no telling a trailer from a record but by its place, each line waits until another follows.
    fn examine_to_trailer(&mut self, tally: &mut Tally, sheet: &Sheet) -> Result<(), ReadError> {
        while let Some(line) = self.next_text()? {
            if let Some(before) = tally.trailer.replace(line) {
                self.cut(&before, &sheet.fields)
                    .map_err(|bad| self.refused(DefectKind::Parse, bad.says().into(), Some(self.lines.number() - 1)))?;
                self.count_in(tally, sheet)?;
            }
        }
        let Some(trailer) = tally.trailer.take() else {
            return Err(self.refused(DefectKind::Count, "The file has no closing record".into(), None));
        };
        let line = Some(self.lines.number());
        self.cut(&trailer, &sheet.trailer).map_err(|bad| self.refused(DefectKind::Parse, bad.says().into(), line))?;
        self.envelope_of(&sheet.trailer)
    }

    fn count_in(&mut self, tally: &mut Tally, sheet: &Sheet) -> Result<(), ReadError> {
        let line = self.lines.number() - u64::from(!sheet.trailer.is_empty());
        if let Some(defect) = self.judge_record().filter(|defect| self.refuses(defect)) {
            return Err(ReadError::Refused(Defect { line: Some(line), ..defect }));
        }
        tally.records += 1;
        if tally.records > sheet.max_records {
            let text = format!("The file has more than {} records", sheet.max_records);
            return Err(self.refused(DefectKind::TooManyRecords, text, None));
        }
        for (field, place) in sheet.fields.iter().zip(&self.places).filter(|(field, _)| field.unique) {
            let id = place.map_or("", |place| self.cells.get(place));
            if !tally.ids.insert(id.to_owned()) {
                let text = format!("{} is that of an earlier record", field.label(0));
                return Err(self.refused(DefectKind::Id, text, Some(line)));
            }
        }
        Ok(())
    }

    fn judge_record(&self) -> Option<Defect> {
        let sheet = self.side.of(&self.layout);
        let place = |field: usize| self.places.get(field).copied().flatten().map(|cell| self.cells.get(cell));
        let expected = if sheet.column_names { self.places.iter().flatten().count() } else { sheet.fields.len() };
        let (kind, text) = too_few_or_many(self.cells.len(), expected)
            .or_else(|| judge_fields(&sheet.fields, place, sheet.fields.len()))
            .or_else(|| self.judge_meanings())?;
        Some(self.defect(kind, text, Some(self.lines.number())))
    }

    /// What a reply says must mean something: an unknown code is never taken for an answer.
    fn judge_meanings(&self) -> Option<check::Wrong> {
        let mut taken = self.taken.iter().map(|(item, place)| (*item, self.cells.get(*place)));
        let (_, cell) =
            taken.find(|(item, cell)| !cell.is_empty() && !reply::has_meaning(*item, cell, &self.layout))?;
        let text =
            format!("A code, word or number of {} characters is none that the layout knows", cell.chars().count());
        Some((DefectKind::Format, text))
    }

    /// Whether a defect refuses the whole file. Of a response, every defect does: half an answer is none.
    fn refuses(&self, defect: &Defect) -> bool {
        self.side == Side::Response || self.layout.level(defect.kind) == Level::File
    }

    /// Reads a line and cuts it into the cells of a record. `false` at the end.
    fn line(&mut self) -> Result<bool, ReadError> {
        let layout = Arc::clone(&self.layout);
        self.line_of(&self.side.of(&layout).fields)
    }

    fn line_of(&mut self, fields: &[Field]) -> Result<bool, ReadError> {
        let separator = self.layout.separator;
        let cut = match self.lines.next().fault(UNREADABLE)? {
            None => return Ok(false),
            Some(Ok(line)) => cut(&mut self.cells, line, separator, fields),
            Some(Err(bad)) => Err(bad),
        };
        let line = Some(self.lines.number());
        cut.map(|()| true).map_err(|bad| self.refused(DefectKind::Parse, bad.says().into(), line))
    }

    fn next_text(&mut self) -> Result<Option<String>, ReadError> {
        let bad = match self.lines.next().fault(UNREADABLE)? {
            None => return Ok(None),
            Some(Ok(line)) => return Ok(Some(line.to_owned())),
            Some(Err(bad)) => bad,
        };
        Err(self.refused(DefectKind::Parse, bad.says().into(), Some(self.lines.number())))
    }

    fn cut(&mut self, line: &str, fields: &[Field]) -> Result<(), BadLine> {
        cut(&mut self.cells, line, self.layout.separator, fields)
    }

    fn defect(&self, kind: DefectKind, text: String, line: Option<u64>) -> Defect {
        Defect { kind, code: self.layout.fault_code(kind).to_owned(), line, text }
    }

    fn refused(&self, kind: DefectKind, text: String, line: Option<u64>) -> ReadError {
        ReadError::Refused(self.defect(kind, text, line))
    }

    /// The service says that it took nothing of our file.
    fn refused_by_code(&self, code: &str) -> ReadError {
        let says = self.layout.says(code).unwrap_or("It gives a code that is not in the layout");
        let text = format!("The service refused the file: {says}");
        ReadError::Refused(Defect { kind: DefectKind::Unexpected, code: code.to_owned(), line: None, text })
    }
}

const UNREADABLE: &str = "batch-trace file cannot be read";

fn cut(cells: &mut Cells, line: &str, separator: Option<char>, fields: &[Field]) -> Result<(), BadLine> {
    match separator {
        Some(separator) => cells.split(line, separator),
        None => {
            cells.cut(line, fields.iter().filter_map(|field| field.width));
            Ok(())
        }
    }
}

fn too_few_or_many(cells: usize, fields: usize) -> Option<check::Wrong> {
    match cells.cmp(&fields) {
        std::cmp::Ordering::Less => Some((DefectKind::TooFewFields, fields_say(cells, fields))),
        std::cmp::Ordering::Greater => Some((DefectKind::TooManyFields, fields_say(cells, fields))),
        std::cmp::Ordering::Equal => None,
    }
}

fn fields_say(cells: usize, fields: usize) -> String {
    format!("The record has {cells} fields where {fields} are laid down")
}

/// The first thing wrong with the cells of a record, in the order of its fields.
fn judge_fields<'c>(fields: &[Field], cell: impl Fn(usize) -> Option<&'c str>, cells: usize) -> Option<check::Wrong> {
    let wrong = too_few_or_many(cells, fields.len());
    wrong.or_else(|| {
        fields.iter().enumerate().find_map(|(place, field)| {
            let (kind, text) = check::judge(field, cell(place)?)?;
            Some((kind, format!("{} {text}", field.label(place))))
        })
    })
}
