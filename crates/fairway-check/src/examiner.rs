use std::sync::Arc;

use crate::across::{Gleaner, Gleanings};
use crate::brief::{Brief, Known};
use crate::facts::Departure;
use crate::judge::{Filled, Judge, Page, Slot};
use crate::outcome::{Extent, Kind, Outcome};
use crate::plan::Builtin;
use crate::quality::Counts;
use crate::read::{Block, Cells, Encoding, Flaw, Reader, Step};
use crate::{FieldStatus, Place, Validity};

/// Judges the records of one block after the other, knowing nothing of other blocks but what it is told.
pub(crate) struct Examiner<'s> {
    brief: Arc<Brief<'s>>,
    reader: Reader,
    judge: Judge,
    known: Known,
    out: Outcome,
    gleanings: Gleanings,
    last: Last,
    /// Where rules about several records are to be held.
    gleaner: Option<Gleaner>,
}

/// What became of the record read last.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Last {
    pub rejected: bool,
    /// Its cells were read.
    pub read: bool,
}

impl<'s> Examiner<'s> {
    /// Without a `gleaner`, nothing is taken for rules about several records.
    pub fn new(brief: Arc<Brief<'s>>, gleaner: Option<Gleaner>) -> Self {
        Self {
            gleaner,
            judge: Judge::new(&brief.plan, brief.today),
            reader: Reader::new(brief.plan.spec.dialect.delimiter),
            known: Known::default(),
            out: Outcome::default(),
            gleanings: Gleanings::default(),
            last: Last::default(),
            brief,
        }
    }

    /// Judges a whole block.
    pub fn examine(&mut self, block: Block, known: Known) -> Outcome {
        self.begin(block, known);
        while self.step() {}
        self.end()
    }

    /// Takes up a block, as if `known` were all that its predecessors showed.
    pub fn begin(&mut self, block: Block, known: Known) {
        self.reader.begin(block, known.manner, 0, known.thrown);
        self.out = Outcome { counts: Counts::new(&self.brief.plan.grid), assumed: known.clone(), ..Outcome::default() };
        self.known = known;
    }

    /// Lays the block down again, and says what judging it came to.
    pub fn end(&mut self) -> Outcome {
        let mut out = std::mem::take(&mut self.out);
        self.known.manner = self.reader.manner();
        self.known.thrown = self.reader.thrown();
        out.known = std::mem::take(&mut self.known);
        out.gleanings = std::mem::take(&mut self.gleanings);
        out.consumed = self.reader.consumed();
        out.lines = self.reader.next_place().0;
        out.block = self.reader.end();
        out
    }

    /// Reads and judges the next record; false at the end of the block.
    pub fn step(&mut self) -> bool {
        while !self.out.stopped {
            match self.reader.advance() {
                Step::End => return false,
                Step::Lost => self.lost(),
                Step::BlankLine => self.page().note_at(Kind::built_in(Builtin::LineBlank, None), 0),
                Step::Record => {
                    self.out.records += 1;
                    self.judge_record();
                    self.report_file_traits();
                    if self.brief.wants_records || self.gleaner.is_some() {
                        self.remember_extent();
                    }
                    return true;
                }
            }
        }
        false
    }

    fn page(&mut self) -> Page<'_, 's> {
        Page {
            brief: &self.brief,
            reader: &self.reader,
            cells: Cells::default(),
            record: u32::try_from(self.out.records).unwrap_or(u32::MAX),
            rejected: false,
            out: &mut self.out,
        }
    }

    fn judge_record(&mut self) {
        let brief = &*self.brief;
        let cells = self.reader.cells();
        let mut page = Page {
            brief,
            reader: &self.reader,
            cells,
            record: u32::try_from(self.out.records).unwrap_or(u32::MAX),
            rejected: false,
            out: &mut self.out,
        };
        report_flaws(&mut page);
        let whole = whole_fault(brief, &self.reader, cells, &mut self.judge);
        match whole {
            Some(rule) => {
                let detail = u32::try_from(cells.len()).unwrap_or(u32::MAX);
                page.note_at(Kind { detail, ..Kind::built_in(rule, None) }, 0);
            }
            None => {
                self.judge.judge(&mut page);
                compare_facts(&mut self.known, &self.judge, &mut page);
                if let Some(gleaner) = &mut self.gleaner {
                    let nth = page.record as usize - 1;
                    self.judge.glean(nth, &page, gleaner, &mut self.gleanings);
                }
            }
        }
        let rejected = page.rejected || whole.is_some();
        self.out.rejected += u64::from(rejected);
        self.last = Last { rejected, read: whole.is_none() };
    }

    fn remember_extent(&mut self) {
        let number = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        let (start, length) = self.reader.extent();
        self.out.extents.push(Extent {
            start: number(start),
            length: number(length),
            line: number(usize::try_from(self.reader.place_of(None).0).unwrap_or(usize::MAX)),
            noted: number(self.out.noted.len()),
            flawed: !self.reader.flaws().is_empty() || !self.last.read,
            rejected: self.last.rejected,
        });
    }

    /// Says once what shows only as the file is read on: its encoding, its line ends, its size.
    #[inline]
    fn report_file_traits(&mut self) {
        let manner = self.reader.manner();
        if !self.known.said_utf8 && manner.encoding == Some(Encoding::Utf8) {
            self.known.said_utf8 = true;
            self.page().note_at(Kind::built_in(Builtin::EncodingUtf8, None), 0);
        }
        if !self.known.said_line_ends && manner.has_mixed_line_ends() {
            self.known.said_line_ends = true;
            self.page().note_at(Kind::built_in(Builtin::LineEndsMixed, None), 0);
        }
        if self.reader.text_bytes() > self.brief.most_text {
            self.out.stopped = true;
            self.page().note_at(Kind::built_in(Builtin::FileTooLarge, None), 0);
        }
    }

    fn lost(&mut self) {
        self.out.stopped = true;
        self.page().note_lost(Kind::built_in(Builtin::LineTooLong, None));
    }

    pub fn slots(&self) -> &[Slot] {
        self.judge.slots()
    }

    pub fn cells(&self) -> Cells<'_> {
        self.reader.cells()
    }

    pub fn last(&self) -> Last {
        self.last
    }
}

/// Reads the cells of the record at hand, or says what it is instead of a record.
fn whole_fault(brief: &Brief<'_>, reader: &Reader, cells: Cells<'_>, judge: &mut Judge) -> Option<Builtin> {
    if cells.len() != brief.layout.width {
        let blank = cells.iter().all(|cell| cell.trim().is_empty());
        Some(if blank { Builtin::RecordBlank } else { Builtin::RecordRagged })
    } else if reader.bytes() == brief.header {
        Some(Builtin::RecordIsHeader)
    } else if !judge.read(brief, cells) {
        Some(Builtin::RecordBlank)
    } else {
        None
    }
}

/// How a record may be written badly.
pub(crate) const FLAWS: [Flaw; 6] =
    [Flaw::QuoteNotClosed, Flaw::QuoteStray, Flaw::Nul, Flaw::Control, Flaw::Unreadable, Flaw::OtherEncoding];

/// The rule that a flaw of writing breaks.
pub(crate) fn rule_of(flaw: Flaw) -> Builtin {
    match flaw {
        Flaw::QuoteNotClosed => Builtin::QuoteNotClosed,
        Flaw::QuoteStray => Builtin::QuoteStray,
        Flaw::Nul => Builtin::NulByte,
        Flaw::Control => Builtin::ControlCharacter,
        Flaw::Unreadable => Builtin::Unreadable,
        Flaw::OtherEncoding => Builtin::EncodingMixed,
    }
}

/// Reports how the record at hand is written.
fn report_flaws(page: &mut Page<'_, '_>) {
    for flawed in page.reader.flaws() {
        let position = flawed.cell as usize;
        let column = page.brief.layout.positions.iter().position(|at| *at == Some(position));
        let kind = Kind { detail: flawed.cell, ..Kind::built_in(rule_of(flawed.flaw), column) };
        page.note_at(kind, flawed.at as usize);
    }
}

fn compare_facts(known: &mut Known, judge: &Judge, page: &mut Page<'_, '_>) {
    let brief = page.brief;
    let filled = Filled {
        columns: &brief.plan.columns,
        slots: judge.slots(),
        cells: page.cells,
        positions: &brief.layout.positions,
    };
    let place = |column: usize| -> Place { page.place_of(column) };
    let departures = known.facts.compare(&brief.plan, &filled, brief.sender.as_ref(), place);
    for Departure { rule, column } in departures.into_iter().flatten() {
        let (status, validity) = (Some(FieldStatus::Mandatory), Some(Validity::Invalid));
        page.note_cell(Kind { status, validity, ..Kind::built_in(rule, Some(column)) }, None);
    }
}
