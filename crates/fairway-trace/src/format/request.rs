use std::borrow::Cow;
use std::io::{Read, Seek, Write};
use std::sync::Arc;

use fairway_domain::{Fault, NhsNumber};

use super::defect::{Defect, ReadError};
use super::item::{Detail, Details, Item};
use super::layout::Layout;
use super::read::{Envelope, Record, SheetReader, Side};
use super::write::{SheetWriter, Written};
use crate::{Gender, PartialDate, Query};

/// What a sender asks about one person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TraceRequest {
    /// The sender's reference of the record, unchanged.
    pub id: String,
    /// What is known of the person, as written.
    pub asked: Details,
    /// What is wrong with the record, so that it is answered with a code and not traced.
    pub defect: Option<Defect>,
}

impl TraceRequest {
    /// What the register is asked. A number or date that is none counts as not given.
    pub fn query(&self) -> Query<'_> {
        const NO_OTHER_WORDS: [(&str, Gender); 0] = [];
        let text = |detail| self.asked.get(detail);
        Query {
            nhs_number: NhsNumber::parse(text(Detail::NhsNumber)).ok(),
            family_name: text(Detail::FamilyName),
            given_name: text(Detail::GivenName),
            other_given_names: text(Detail::OtherGivenNames),
            gender: Gender::read(text(Detail::Gender), &NO_OTHER_WORDS),
            date_of_birth: PartialDate::parse(text(Detail::DateOfBirth)).ok(),
            born_as_written: text(Detail::DateOfBirth),
            address_line1: text(Detail::AddressLine1),
            address_below: [Detail::AddressLine2, Detail::AddressLine3, Detail::AddressLine4, Detail::AddressLine5]
                .map(text),
            postcode: text(Detail::Postcode),
        }
    }

    fn read(record: &Record<'_>) -> Self {
        let mut request = Self { defect: record.defect.clone(), ..Self::default() };
        for (item, cell) in record.values().filter(|(_, cell)| !cell.is_empty()) {
            match item {
                Item::Id => cell.clone_into(&mut request.id),
                Item::Asked(detail) => request.asked.set(detail, cell),
                _ => {}
            }
        }
        request
    }

    fn value(&self, item: Item) -> Cow<'_, str> {
        match item {
            Item::Id => Cow::Borrowed(&self.id),
            Item::Asked(detail) => Cow::Borrowed(self.asked.get(detail)),
            _ => Cow::Borrowed(""),
        }
    }
}

/// The records of a request file, one by one, in their order.
///
/// Opening reads the whole file once: a file that is to be refused is refused before anybody is traced. A record whose
/// fault the layout answers by record comes with [`TraceRequest::defect`].
pub struct RequestReader<R> {
    sheet: SheetReader<R>,
}

impl<R: Read + Seek> RequestReader<R> {
    /// Opens a request. `file_name`, where it is known, is held against the layout.
    ///
    /// # Errors
    /// When the file breaks the layout as a whole, or cannot be read.
    pub fn open(source: R, layout: &Arc<Layout>, file_name: Option<&str>) -> Result<Self, ReadError> {
        SheetReader::open(source, Arc::clone(layout), Side::Request, file_name).map(|sheet| Self { sheet })
    }

    /// The reference of a request file, where it is well formed, whatever is wrong with the rest: for the response that
    /// refuses the file.
    pub fn reference(source: R, layout: &Arc<Layout>) -> Option<String> {
        SheetReader::reference(source, layout, Side::Request)
    }

    /// What the file says of itself; `records` is how many it has.
    pub fn envelope(&self) -> &Envelope {
        self.sheet.envelope()
    }
}

impl<R: Read + Seek> Iterator for RequestReader<R> {
    type Item = Result<TraceRequest, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.sheet.next()?.map(|record| TraceRequest::read(&record)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.sheet.left()).unwrap_or(usize::MAX);
        (left, Some(left))
    }
}

/// Writes a request file, to be sent to a tracing service.
pub struct RequestWriter<W> {
    sheet: SheetWriter<W>,
}

impl<W: Write> RequestWriter<W> {
    /// Begins a file; `envelope.records` is how many records will follow.
    ///
    /// # Errors
    /// When the envelope breaks the layout, or the writer fails.
    pub fn begin(out: W, layout: &Arc<Layout>, envelope: Envelope) -> Result<Self, Fault> {
        SheetWriter::begin(out, Arc::clone(layout), Side::Request, envelope, "").map(|sheet| Self { sheet })
    }

    /// Adds a record. What does not fit an optional field is left blank and counted.
    ///
    /// # Errors
    /// When a required field does not fit the layout, or the writer fails.
    pub fn write(&mut self, request: &TraceRequest) -> Result<(), Fault> {
        self.sheet.record(|item| request.value(item))
    }

    /// Ends the file and gives the writer back, flushed.
    ///
    /// # Errors
    /// When there are not as many records as the envelope says, or the writer fails.
    pub fn finish(self) -> Result<(W, Written), Fault> {
        self.sheet.finish()
    }
}
