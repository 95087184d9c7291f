use std::io::Read;
use std::sync::Arc;

use fairway_domain::Fault;
use fairway_spec::Spec;

use crate::brief::{Brief, Known};
use crate::desk::{Desk, Note};
use crate::examiner::rule_of;
use crate::header::{FirstRecord, HeaderFault, Layout, look, name_of};
use crate::plan::{Builtin, Plan, letter};
use crate::read::{Blocks, Encoding, Input, LONGEST_RECORD, Step, Stream};
use crate::{CheckOptions, FindingSink, Place, RawRecord};

/// Most text a file may hold, where its specification sets a limit at all.
/// Source: NHS England, Data Landing Portal, sender guide: 4 GB uncompressed.
const MOST_TEXT: u64 = 4_000_000_000;

/// A file read as far as its header, record by record.
pub(crate) struct Opening<'s, R: Read> {
    brief: Brief<'s>,
    desk: Desk,
    stream: Stream<R>,
    stopped: bool,
    cut_short: bool,
    /// Records to pass over before the header.
    to_skip: usize,
}

/// What follows the header, and what is known by then.
pub(crate) struct Opened<'s, R: Read> {
    pub brief: Arc<Brief<'s>>,
    pub desk: Desk,
    pub blocks: Blocks<R>,
    pub known: Known,
    /// The line after the header.
    pub line: u64,
    /// Bytes of text up to the end of the header.
    pub text_bytes: u64,
    /// Nothing more is read.
    pub stopped: bool,
    /// There is more that was not read.
    pub cut_short: bool,
}

impl<'s, R: Read> Opening<'s, R> {
    pub fn read(
        input: R,
        spec: &'s Spec,
        options: &CheckOptions,
        sink: &mut dyn FindingSink,
    ) -> Result<Opened<'s, R>, Fault> {
        let plan = Plan::new(spec)?;
        let limited = spec.rules.iter().any(|rule| rule.id == Builtin::ALL[Builtin::FileTooLarge.index()].id);
        let mut desk = Desk::default();
        desk.letters = (0..plan.columns.len()).map(letter).collect();
        let brief = Brief {
            plan,
            layout: Layout::default(),
            header: Vec::new(),
            sender: options.sender.clone(),
            today: options.today,
            most_text: if limited { MOST_TEXT } else { u64::MAX },
            show_values: options.show_values,
            wants_records: sink.wants_records(),
        };
        let stream = Stream::new(Input::open(input)?, spec.dialect.delimiter, options.block_bytes);
        let mut this = Self { brief, desk, stream, stopped: false, cut_short: false, to_skip: spec.dialect.skipped };
        this.begin(sink)?;
        Ok(this.opened())
    }

    fn opened(self) -> Opened<'s, R> {
        let reader = self.stream.reader();
        let (line, text_bytes) = reader.next_place();
        let known = Known { manner: reader.manner(), thrown: reader.thrown(), ..Known::default() };
        let Self { desk, stopped, cut_short, .. } = self;
        let (brief, blocks) = (Arc::new(self.brief), self.stream.into_blocks());
        Opened { brief, desk, blocks, known, line, text_bytes, stopped, cut_short }
    }

    fn begin(&mut self, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let opening = self.stream.input().opening();
        if let Some(what) = opening.not_csv {
            return self.stop(Builtin::FileNotCsv, &[("found", what)], Place::default(), sink);
        }
        match opening.encoding {
            Some(Encoding::Utf16Le | Encoding::Utf16Be) => self.say(Note::of(Builtin::EncodingUtf16), sink)?,
            Some(Encoding::Utf8Mark) => self.say(Note::of(Builtin::EncodingMark), sink)?,
            _ => {}
        }
        if !self.brief.plan.spec.dialect.header {
            self.brief.layout = Layout::in_order(self.brief.plan.columns.len());
            return Ok(());
        }
        while !self.stopped {
            match self.stream.advance()? {
                Step::BlankLine => self.say(Note { place: self.place(), ..Note::of(Builtin::LineBlank) }, sink)?,
                Step::Lost => self.lost(sink)?,
                Step::End => self.ended(sink)?,
                Step::Record if self.first_record(sink)? => break,
                Step::Record => {}
            }
        }
        Ok(())
    }

    fn ended(&mut self, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        self.stopped = true;
        if self.stream.input().is_damaged() {
            return Ok(());
        }
        self.say(Note::of(Builtin::FileEmpty), sink)
    }

    fn lost(&mut self, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let (line, byte) = self.stream.reader().next_place();
        let max = format!("{} MB", LONGEST_RECORD >> 20);
        let place = Place { record: None, line: Some(line), byte: Some(byte) };
        self.stop(Builtin::LineTooLong, &[("max", &max)], place, sink)
    }

    /// Looks at the first record; true where it is a header to go on with.
    fn first_record(&mut self, sink: &mut dyn FindingSink) -> Result<bool, Fault> {
        if self.to_skip > 0 {
            self.to_skip -= 1;
            return Ok(false);
        }
        self.report_flaws(sink)?;
        let names: Vec<&str> = self.stream.reader().cells().iter().collect();
        let place = self.place();
        match look(&self.brief.plan, &names) {
            FirstRecord::SeparatorLine => {
                self.say(Note { place, ..Note::of(Builtin::HeaderAbsent) }, sink)?;
                Ok(false)
            }
            FirstRecord::OtherDelimiter(found) => {
                let expected = name_of(self.brief.plan.spec.dialect.delimiter);
                self.stop(Builtin::DelimiterWrong, &[("found", found), ("expected", expected)], place, sink)?;
                Ok(false)
            }
            FirstRecord::Other => {
                self.stop(Builtin::HeaderAbsent, &[], place, sink)?;
                Ok(false)
            }
            FirstRecord::Header(layout) => {
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
        let reader = self.stream.reader();
        self.brief.header = reader.bytes().to_vec();
        self.brief.layout = layout;
        if !self.brief.wants_records {
            return Ok(());
        }
        sink.header(&RawRecord {
            number: 0,
            delimiter: self.brief.plan.spec.dialect.delimiter,
            bytes: reader.bytes(),
            encoding: reader.manner().encoding.unwrap_or(Encoding::Ascii),
            flawed: !reader.flaws().is_empty(),
            rejected: false,
        })
    }

    fn report_header_fault(&mut self, fault: &HeaderFault, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let (line, byte) = self.stream.reader().place_of(fault.position);
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
        self.desk.report(&self.brief.plan, &note, sink)
    }

    /// Reports how the first record is written. Which columns its cells are is not known yet.
    fn report_flaws(&mut self, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let reader = self.stream.reader();
        for flawed in reader.flaws() {
            let own = letter(flawed.cell as usize);
            let (line, byte) = reader.place_at(flawed.at as usize);
            let place = Place { record: None, line: Some(line), byte: Some(byte) };
            let cell = format!("Column {own}");
            let words = [("field", cell.as_str())];
            let note = Note { letter: Some(&own), place, words: &words, ..Note::of(rule_of(flawed.flaw)) };
            self.desk.report(&self.brief.plan, &note, sink)?;
        }
        Ok(())
    }

    fn place(&self) -> Place {
        let (line, byte) = self.stream.reader().place_of(None);
        Place { record: None, line: Some(line), byte: Some(byte) }
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
        self.desk.report(&self.brief.plan, &note, sink)
    }
}
