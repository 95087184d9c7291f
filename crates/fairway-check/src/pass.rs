use std::io::Read;

use fairway_domain::{Fault, OrganisationCode};
use fairway_spec::Spec;
use jiff::civil::Date;

use crate::across::{self, Across, Closed, Contradiction, Gleaner, Gleanings, Stated};
use crate::desk::{Desk, Note};
use crate::facts::{Facts, note_of};
use crate::header::{FirstRecord, HeaderFault, Layout, look};
use crate::judge::{Filled, Judge, Scene, Slot};
use crate::plan::{Builtin, Plan, letter};
use crate::read::{Encoding, Flaw, Input, LONGEST_RECORD, Reader, Step};
use crate::{CheckOptions, CheckSummary, FindingSink, Place, Verdict};

/// Most text a file may hold, where its specification sets a limit at all.
/// Source: NHS England, Data Landing Portal, sender guide: 4 GB uncompressed.
const MOST_TEXT: u64 = 4_000_000_000;

/// One reading of a file against its specification: what a check and a load have in common.
pub(crate) struct Pass<'s, R: Read> {
    pub plan: Plan<'s>,
    pub reader: Reader<R>,
    pub layout: Layout,
    judge: Judge,
    desk: Desk,
    facts: Facts,
    /// Rules about several records, where there are any.
    across: Option<Together>,
    header: Vec<u8>,
    missing: Vec<&'s str>,
    sender: Option<OrganisationCode>,
    today: Date,
    most_text: u64,
    pub records: u64,
    rejected: u64,
    last: Last,
    /// Nothing more is read.
    stopped: bool,
    /// There is more that was not read.
    cut_short: bool,
    said_utf8: bool,
    said_line_ends: bool,
}

/// What rules about several records need.
struct Together {
    gleaner: Gleaner,
    gleanings: Gleanings,
    across: Across,
    said: Vec<Contradiction>,
}

/// What became of the record read last.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Last {
    pub rejected: bool,
    /// Its cells were read.
    pub read: bool,
}

impl<'s, R: Read> Pass<'s, R> {
    /// Reads a file as far as its header.
    pub fn open(input: R, spec: &'s Spec, options: &CheckOptions, sink: &mut dyn FindingSink) -> Result<Self, Fault> {
        let plan = Plan::new(spec)?;
        let limited = spec.rules.iter().any(|rule| rule.id == Builtin::ALL[Builtin::FileTooLarge.index()].id);
        let mut pass = Self {
            judge: Judge::new(&plan, options.today),
            desk: Desk::new(options.show_values),
            reader: Reader::new(Input::open(input)?, b','),
            layout: Layout::default(),
            facts: Facts::default(),
            header: Vec::new(),
            missing: spec.missing_values.iter().map(String::as_str).filter(|word| !word.is_empty()).collect(),
            sender: options.sender.clone(),
            today: options.today,
            most_text: if limited { MOST_TEXT } else { u64::MAX },
            records: 0,
            rejected: 0,
            last: Last::default(),
            stopped: false,
            cut_short: false,
            said_utf8: false,
            said_line_ends: false,
            across: None,
            plan,
        };
        pass.across = across::halves(&pass.plan, options.follow.as_ref()).map(|(gleaner, across)| Together {
            gleaner,
            gleanings: Gleanings::default(),
            across,
            said: Vec::new(),
        });
        pass.desk.letters = (0..pass.plan.columns.len()).map(letter).collect();
        pass.begin(sink)?;
        Ok(pass)
    }

    fn begin(&mut self, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let opening = self.reader.input().opening();
        if let Some(what) = opening.not_csv {
            return self.stop(Builtin::FileNotCsv, &[("found", what)], Place::default(), sink);
        }
        match opening.encoding {
            Some(Encoding::Utf16Le | Encoding::Utf16Be) => self.say(Note::of(Builtin::EncodingUtf16), sink)?,
            Some(Encoding::Utf8Mark) => self.say(Note::of(Builtin::EncodingMark), sink)?,
            _ => {}
        }
        while !self.stopped {
            match self.reader.advance()? {
                Step::BlankLine => self.blank_line(sink)?,
                Step::Lost => self.lost(sink)?,
                Step::End => {
                    self.stopped = true;
                    if !self.reader.input().is_damaged() {
                        self.say(Note::of(Builtin::FileEmpty), sink)?;
                    }
                }
                Step::Record if self.first_record(sink)? => break,
                Step::Record => {}
            }
        }
        Ok(())
    }

    /// Looks at the first record; true where it is a header to go on with.
    fn first_record(&mut self, sink: &mut dyn FindingSink) -> Result<bool, Fault> {
        self.report_flaws(None, sink)?;
        let cells = self.reader.cells();
        let names: Vec<&str> = cells.iter().collect();
        let (line, byte) = self.reader.place_of(None);
        let place = Place { record: None, line: Some(line), byte: Some(byte) };
        match look(&self.plan, &names) {
            FirstRecord::SeparatorLine => {
                self.say(Note { place, ..Note::of(Builtin::HeaderAbsent) }, sink)?;
                Ok(false)
            }
            FirstRecord::OtherDelimiter(found) => {
                self.stop(Builtin::DelimiterWrong, &[("found", found)], place, sink)?;
                Ok(false)
            }
            FirstRecord::Other => {
                self.stop(Builtin::HeaderAbsent, &[], place, sink)?;
                Ok(false)
            }
            FirstRecord::Header(layout) => {
                self.header = self.reader.bytes().to_vec();
                self.take_layout(layout, sink)?;
                Ok(true)
            }
        }
    }

    fn take_layout(&mut self, layout: Layout, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        for (own, position) in self.desk.letters.iter_mut().zip(&layout.positions) {
            if let Some(position) = position {
                *own = letter(*position);
            }
        }
        for fault in &layout.faults {
            self.report_header_fault(fault, sink)?;
        }
        self.layout = layout;
        Ok(())
    }

    fn report_header_fault(&mut self, fault: &HeaderFault, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let (line, byte) = self.reader.place_of(fault.position);
        let own = fault.position.map_or_else(|| fault.expected.clone(), letter);
        let words = [
            ("found", fault.found.as_str()),
            ("expected", fault.expected.as_str()),
            ("nearest", fault.nearest.as_str()),
        ];
        let note = Note {
            column: fault.column,
            letter: Some(&own),
            place: Place { record: None, line: Some(line), byte: Some(byte) },
            words: &words,
            ..Note::of(fault.rule)
        };
        self.desk.report(&self.plan, &note, sink)
    }

    /// Reads and judges the next record; false at the end.
    pub fn step(&mut self, sink: &mut dyn FindingSink) -> Result<bool, Fault> {
        while !self.stopped {
            match self.reader.advance()? {
                Step::End => return Ok(false),
                Step::Lost => self.lost(sink)?,
                Step::BlankLine => self.blank_line(sink)?,
                Step::Record => {
                    self.records += 1;
                    self.judge_record(sink)?;
                    self.report_file_traits(sink)?;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn judge_record(&mut self, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        self.desk.begin_record();
        self.report_flaws(Some(self.records), sink)?;
        let whole = self.read_record();
        match whole {
            Some(rule) => self.report_whole(rule, sink)?,
            None => {
                let mut scene = Scene {
                    plan: &self.plan,
                    reader: &self.reader,
                    cells: self.reader.cells(),
                    positions: &self.layout.positions,
                    record: self.records,
                    desk: &mut self.desk,
                    sink,
                };
                self.judge.judge(&mut scene)?;
                compare_facts(&mut self.facts, &self.judge, self.sender.as_ref(), &mut scene)?;
                if let Some(together) = &mut self.across {
                    together.compare(&mut self.judge, &mut scene)?;
                }
            }
        }
        let rejected = self.desk.rejects_record() || whole.is_some();
        self.rejected += u64::from(rejected);
        self.last = Last { rejected, read: whole.is_none() };
        Ok(())
    }

    /// Reads the cells of the record at hand, or says what it is instead of a record.
    fn read_record(&mut self) -> Option<Builtin> {
        let cells = self.reader.cells();
        if cells.len() != self.layout.width {
            let blank = cells.iter().all(|cell| cell.trim().is_empty());
            Some(if blank { Builtin::RecordBlank } else { Builtin::RecordRagged })
        } else if self.reader.bytes() == self.header {
            Some(Builtin::RecordIsHeader)
        } else if !self.judge.read(&self.plan, cells, &self.layout.positions, &self.missing) {
            Some(Builtin::RecordBlank)
        } else {
            None
        }
    }

    /// Reports what makes a record unreadable as a whole.
    fn report_whole(&mut self, rule: Builtin, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let (count, expected) = (self.reader.cells().len().to_string(), self.layout.width.to_string());
        let words = [("count", count.as_str()), ("expected", expected.as_str())];
        self.say(Note { place: self.place(), words: &words, ..Note::of(rule) }, sink)
    }

    /// Reports how the record at hand is written.
    fn report_flaws(&mut self, record: Option<u64>, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        for flawed in self.reader.flaws() {
            let rule = match flawed.flaw {
                Flaw::QuoteNotClosed => Builtin::QuoteNotClosed,
                Flaw::QuoteStray => Builtin::QuoteStray,
                Flaw::Nul => Builtin::NulByte,
                Flaw::Control => Builtin::ControlCharacter,
                Flaw::Unreadable => Builtin::Unreadable,
                Flaw::OtherEncoding => Builtin::EncodingMixed,
            };
            let position = flawed.cell as usize;
            let column = self.layout.positions.iter().position(|at| *at == Some(position));
            let own = letter(position);
            let (line, byte) = self.reader.place_at(flawed.at as usize);
            let place = Place { record, line: Some(line), byte: Some(byte) };
            let cell = format!("Column {own}");
            let words = [("field", cell.as_str())];
            let words = if column.is_none() { words.as_slice() } else { &[] };
            let note = Note { column, letter: Some(&own), place, words, ..Note::of(rule) };
            self.desk.report(&self.plan, &note, sink)?;
        }
        Ok(())
    }

    /// Says once what shows only as the file is read on: its encoding, its line ends, its size.
    #[inline]
    fn report_file_traits(&mut self, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        if !self.said_utf8 && self.reader.encoding() == Encoding::Utf8 {
            self.said_utf8 = true;
            let place = self.place();
            self.say(Note { place, ..Note::of(Builtin::EncodingUtf8) }, sink)?;
        }
        if !self.said_line_ends && self.reader.has_mixed_line_ends() {
            self.said_line_ends = true;
            let place = self.place();
            self.say(Note { place, ..Note::of(Builtin::LineEndsMixed) }, sink)?;
        }
        if self.reader.text_bytes() > self.most_text {
            let max = format!("{} GB", self.most_text / 1_000_000_000);
            self.stop(Builtin::FileTooLarge, &[("max", &max)], self.place(), sink)?;
        }
        Ok(())
    }

    fn place(&self) -> Place {
        let (line, byte) = self.reader.place_of(None);
        Place { record: Some(self.records), line: Some(line), byte: Some(byte) }
    }

    fn blank_line(&mut self, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let (line, byte) = self.reader.place_of(None);
        let place = Place { record: None, line: Some(line), byte: Some(byte) };
        self.say(Note { place, ..Note::of(Builtin::LineBlank) }, sink)
    }

    fn lost(&mut self, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let (line, byte) = self.reader.next_place();
        let max = format!("{} MB", LONGEST_RECORD >> 20);
        let place = Place { record: None, line: Some(line), byte: Some(byte) };
        self.stop(Builtin::LineTooLong, &[("max", &max)], place, sink)
    }

    fn stop(
        &mut self,
        rule: Builtin,
        words: &[(&'static str, &str)],
        place: Place,
        sink: &mut dyn FindingSink,
    ) -> Result<(), Fault> {
        self.stopped = true;
        self.cut_short = true;
        self.say(Note { place, words, ..Note::of(rule) }, sink)
    }

    fn say(&mut self, note: Note<'_>, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        self.desk.report(&self.plan, &note, sink)
    }

    pub fn slots(&self) -> &[Slot] {
        self.judge.slots()
    }

    /// Leaves rules about several records out: they decide about no record.
    pub fn judge_alone(&mut self) {
        self.across = None;
    }

    pub fn last(&self) -> Last {
        self.last
    }

    /// Whether the file is refused as far as it was read; complete once [`Pass::step`] said that it ended.
    pub fn is_refused(&self) -> bool {
        self.stopped || self.desk.rejects_file() || self.reader.input().is_damaged()
    }

    /// Says what shows at the end, and sums up.
    pub fn finish(mut self, sink: &mut dyn FindingSink) -> Result<CheckSummary, Fault> {
        if self.reader.input().is_damaged() {
            let (line, byte) = self.reader.next_place();
            let place = Place { record: None, line: Some(line), byte: Some(byte) };
            self.stop(Builtin::GzipDamaged, &[], place, sink)?;
        } else if !self.stopped && self.records == 0 {
            self.say(Note::of(Builtin::FileHeaderOnly), sink)?;
        }
        self.facts.judge_period(&self.plan, self.today, &mut self.desk, sink)?;
        let mut closed = Closed::default();
        if let Some(together) = self.across.take().filter(|_| !self.cut_short) {
            let period = self.facts.period_start.zip(self.facts.period_end);
            let stated = Stated {
                period,
                today: self.today,
                organisation: self.facts.organisation.as_deref(),
                specification: self.plan.spec.name.to_string(),
            };
            closed = together.across.finish(&stated, &mut |end| {
                let words: Vec<_> = end.words.iter().map(|(name, word)| (*name, word.as_str())).collect();
                let (rule, column, place) = (end.rule, end.column, end.place);
                let note = Note { rule, column, place, words: &words, ..Note::default() };
                self.desk.report(&self.plan, &note, sink)
            })?;
        }
        if self.records > 0 && self.records == self.rejected && !self.desk.rejects_file() {
            self.say(Note::of(Builtin::NothingToLoad), sink)?;
        }
        let verdict = match (self.cut_short, self.desk.rejects_file(), self.desk.to_confirm()) {
            (true, ..) => Verdict::StoppedEarly,
            (_, true, _) => Verdict::Rejected,
            (_, _, true) => Verdict::Confirm,
            _ => Verdict::Clean,
        };
        Ok(CheckSummary {
            spec: self.plan.spec.name.clone(),
            title: self.plan.spec.title.clone(),
            verdict,
            encoding: self.reader.encoding(),
            gzip: self.reader.input().opening().gzip,
            bytes: self.reader.input().bytes_read(),
            text_bytes: self.reader.text_bytes(),
            records: self.records,
            records_rejected: self.rejected,
            tallies: self.desk.into_tallies(),
            organisation: self.facts.organisation,
            period_start: self.facts.period_start,
            period_end: self.facts.period_end,
            dataset: closed.dataset,
            imprint: closed.imprint,
        })
    }
}

impl Together {
    /// Holds the record that was judged last against the earlier ones.
    fn compare<R: Read>(&mut self, judge: &mut Judge, scene: &mut Scene<'_, '_, R>) -> Result<(), Fault> {
        self.gleanings.clear();
        judge.glean(scene, &mut self.gleaner, &mut self.gleanings);
        self.said.clear();
        self.across.take(&self.gleanings, scene.record, &|_, column| scene.place(Some(column)), &mut self.said);
        for said in &self.said {
            let other = said.other.to_string();
            let place = scene.place(said.column);
            let words = [("other", other.as_str())];
            scene.report(&Note { rule: said.rule, column: said.column, place, words: &words, ..Note::default() })?;
        }
        Ok(())
    }
}

fn compare_facts<R: Read>(
    facts: &mut Facts,
    judge: &Judge,
    sender: Option<&OrganisationCode>,
    scene: &mut Scene<'_, '_, R>,
) -> Result<(), Fault> {
    let plan = scene.plan;
    let filled =
        Filled { columns: &plan.columns, slots: judge.slots(), cells: scene.cells, positions: scene.positions };
    let departures = facts.compare(plan, &filled, sender, |column| scene.place(Some(column)));
    for departure in departures.iter().flatten() {
        let words = [("expected", sender.map_or("", OrganisationCode::as_str))];
        let place = scene.place(Some(departure.column));
        scene.report(&note_of(departure, place, &words))?;
    }
    Ok(())
}
