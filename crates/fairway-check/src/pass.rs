//! One reading of a file against its specification: what blocks come to, put together in the order of the file.

use std::io::Read;
use std::sync::Arc;

use fairway_domain::Fault;
use fairway_spec::Spec;

use crate::across::{self, Across, Closed, Contradiction, Gleaner, Stated};
use crate::brief::{Brief, Known};
use crate::desk::{Desk, Note};
use crate::examiner::Examiner;
use crate::opening::{Opened, Opening};
use crate::outcome::{Base, Extent, Noted, Outcome};
use crate::plan::Builtin;
use crate::quality::Quality;
use crate::read::{Block, Blocks, Encoding, place_in};
use crate::{CheckOptions, CheckSummary, FindingSink, Place, RawRecord, Verdict};

pub(crate) struct Pass<'s, R: Read> {
    brief: Arc<Brief<'s>>,
    desk: Desk,
    blocks: Blocks<R>,
    known: Known,
    quality: Quality,
    /// Rules about several records, where there are any.
    across: Option<(Gleaner, Across)>,
    base: Base,
    rejected: u64,
    stopped: bool,
    cut_short: bool,
}

impl<'s, R: Read> Pass<'s, R> {
    /// Reads a file as far as its header.
    pub fn open(input: R, spec: &'s Spec, options: &CheckOptions, sink: &mut dyn FindingSink) -> Result<Self, Fault> {
        let Opened { brief, desk, blocks, known, line, text_bytes, stopped, cut_short } =
            Opening::read(input, spec, options, sink)?;
        let base = Base { records: 0, line, byte: text_bytes };
        let (across, quality) = (across::halves(&brief.plan, options), Quality::default());
        Ok(Self { brief, desk, blocks, known, quality, across, base, rejected: 0, stopped, cut_short })
    }

    /// One who judges this file's records; with `across`, also for rules about several of them.
    pub fn examiner(&self, across: bool) -> Examiner<'s> {
        let gleaner = self.across.as_ref().filter(|_| across).map(|(gleaner, _)| gleaner.clone());
        Examiner::new(Arc::clone(&self.brief), gleaner)
    }

    pub fn brief(&self) -> &Brief<'s> {
        &self.brief
    }

    /// The next block of the file, if any is to be judged.
    pub fn next_block(&mut self) -> Result<Option<Block>, Fault> {
        if self.stopped { Ok(None) } else { self.blocks.next() }
    }

    /// What is known before the next block, as far as blocks have been put together.
    pub fn known(&self) -> Known {
        self.known.clone()
    }

    /// Bytes of the file as sent that have been read.
    pub fn bytes_read(&self) -> u64 {
        self.blocks.input().bytes_read()
    }

    /// Nothing more is to be read.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Adds what the next block came to. What was taken for known before it may have turned out otherwise, and it may
    /// end within a record: then the blocks that follow were cut or judged wrongly, and `recall` has to hand them over.
    pub fn add(
        &mut self,
        outcome: Outcome,
        sink: &mut dyn FindingSink,
        recall: impl FnOnce() -> Vec<Block>,
    ) -> Result<(), Fault> {
        if !self.known.is_as_good_as(&outcome.assumed, &outcome.known) {
            self.blocks.give_back(outcome.block, 0, recall());
            return Ok(());
        }
        self.send(&outcome, sink)?;
        self.learn(&outcome);
        self.stopped |= outcome.stopped;
        self.cut_short |= outcome.stopped;
        if outcome.consumed == outcome.block.text().len() {
            self.blocks.recycle(outcome.block);
        } else if !self.stopped {
            self.blocks.give_back(outcome.block, outcome.consumed, recall());
        }
        Ok(())
    }

    /// Sends a block's findings out, and its records where they are wanted.
    fn send(&mut self, outcome: &Outcome, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let mut sent = 0;
        let contradictions = self.compare(outcome)?;
        let mut contradictions = contradictions.iter().peekable();
        for (nth, extent) in outcome.extents.iter().enumerate() {
            let noted = extent.noted as usize;
            self.send_findings(outcome, &outcome.noted[sent..noted], sink)?;
            sent = noted;
            while let Some(contradiction) = contradictions.next_if(|contradiction| contradiction.nth == nth) {
                self.send_contradiction(outcome, contradiction, sink)?;
            }
            if self.brief.wants_records {
                self.send_record(outcome, nth as u64 + 1, extent, sink)?;
            }
        }
        self.send_findings(outcome, &outcome.noted[sent..], sink)
    }

    fn send_findings(&mut self, outcome: &Outcome, noted: &[Noted], sink: &mut dyn FindingSink) -> Result<(), Fault> {
        for noted in noted {
            let value = noted.value.and_then(|(from, to)| outcome.values.get(from as usize..to as usize));
            self.desk.send(&self.brief, noted.kind, (self.base.place(noted), value), sink)?;
        }
        Ok(())
    }

    /// Holds a block's records against one another and the earlier ones.
    fn compare(&mut self, outcome: &Outcome) -> Result<Vec<Contradiction>, Fault> {
        let mut said = Vec::new();
        if let Some((_, across)) = &mut self.across {
            let place = |nth, column| place_of(&self.brief, self.base, outcome, (nth, Some(column)));
            across.take(&outcome.gleanings, self.base.records + 1, &place, &mut said)?;
        }
        Ok(said)
    }

    fn send_contradiction(
        &mut self,
        outcome: &Outcome,
        said: &Contradiction,
        sink: &mut dyn FindingSink,
    ) -> Result<(), Fault> {
        let other = said.other.to_string();
        let place = place_of(&self.brief, self.base, outcome, (said.nth, said.column));
        let words = [("other", other.as_str())];
        self.say(Note { rule: said.rule, column: said.column, place, words: &words, ..Note::default() }, sink)
    }

    fn send_record(
        &self,
        outcome: &Outcome,
        number: u64,
        extent: &Extent,
        sink: &mut dyn FindingSink,
    ) -> Result<(), Fault> {
        let start = extent.start as usize;
        sink.record(&RawRecord {
            delimiter: self.brief.plan.spec.dialect.delimiter,
            number: self.base.records + number,
            bytes: outcome.block.text().get(start..start + extent.length as usize).unwrap_or_default(),
            encoding: outcome.known.manner.encoding.unwrap_or(Encoding::Ascii),
            flawed: extent.flawed,
            rejected: extent.rejected,
        })
    }

    /// Goes on to what follows a block.
    fn learn(&mut self, outcome: &Outcome) {
        self.quality.add(&self.brief.plan.grid, &outcome.counts);
        let thrown = self.known.thrown + (outcome.known.thrown - outcome.assumed.thrown);
        self.known = Known { thrown, ..outcome.known.clone() };
        if outcome.assumed.facts.period_place == Place::default() {
            let place = &mut self.known.facts.period_place;
            *place = self.base.lift(*place);
        }
        self.rejected += outcome.rejected;
        self.base.records += outcome.records;
        self.base.line += outcome.lines;
        self.base.byte += outcome.consumed as u64;
    }

    fn say(&mut self, note: Note<'_>, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        self.desk.report(&self.brief.plan, &note, sink)
    }

    /// Whether the file is refused as far as it was read; complete once all of it was.
    pub fn is_refused(&self) -> bool {
        self.stopped || self.desk.rejects_file() || self.blocks.input().is_damaged()
    }

    /// Says what shows at the end, and sums up.
    pub fn finish(mut self, sink: &mut dyn FindingSink) -> Result<CheckSummary, Fault> {
        if self.blocks.input().is_damaged() {
            self.cut_short = true;
            let place = Place { record: None, line: Some(self.base.line), byte: Some(self.base.byte) };
            self.say(Note { place, ..Note::of(Builtin::GzipDamaged) }, sink)?;
        } else if !self.stopped && self.base.records == 0 {
            self.say(Note::of(Builtin::FileHeaderOnly), sink)?;
        }
        self.known.facts.judge_period(&self.brief.plan, self.brief.today, &mut self.desk, sink)?;
        let Closed { dataset, imprint } = self.finish_across(sink)?;
        let nothing_left = self.base.records > 0 && self.base.records == self.rejected;
        if nothing_left && !self.desk.rejects_file() {
            self.say(Note::of(Builtin::NothingToLoad), sink)?;
        }
        let verdict = match (self.cut_short, self.desk.rejects_file(), self.desk.to_confirm()) {
            (true, ..) => Verdict::StoppedEarly,
            (_, true, _) => Verdict::Rejected,
            (_, _, true) => Verdict::Confirm,
            _ => Verdict::Clean,
        };
        Ok(CheckSummary {
            spec: self.brief.plan.spec.name.clone(),
            title: self.brief.plan.spec.title.clone(),
            verdict,
            encoding: self.known.manner.encoding.unwrap_or(Encoding::Ascii),
            gzip: self.blocks.input().opening().gzip,
            bytes: self.bytes_read(),
            text_bytes: self.base.byte,
            records: self.base.records,
            records_rejected: self.rejected,
            tallies: self.desk.into_tallies(),
            quality: self.quality.into_rows(&self.brief.plan.grid, &self.brief.plan),
            organisation: self.known.facts.organisation,
            period_start: self.known.facts.period_start,
            period_end: self.known.facts.period_end,
            dataset,
            imprint,
        })
    }

    /// Says what shows of several records only now that all are known.
    fn finish_across(&mut self, sink: &mut dyn FindingSink) -> Result<Closed, Fault> {
        let Some((_, across)) = self.across.take().filter(|_| !self.cut_short) else { return Ok(Closed::default()) };
        let period = self.known.facts.period_start.zip(self.known.facts.period_end);
        let stated = Stated {
            period,
            today: self.brief.today,
            organisation: self.known.facts.organisation.as_deref(),
            specification: self.brief.plan.spec.name.to_string(),
        };
        across.finish(&stated, &mut |end| {
            let words: Vec<_> = end.words.iter().map(|(name, word)| (*name, word.as_str())).collect();
            let (rule, column, place) = (end.rule, end.column, end.place);
            self.desk.report(&self.brief.plan, &Note { rule, column, place, words: &words, ..Note::default() }, sink)
        })
    }
}

/// The place of a record of a block, the n-th counted from 0, or of one of its cells.
fn place_of(brief: &Brief<'_>, base: Base, outcome: &Outcome, (nth, column): (usize, Option<usize>)) -> Place {
    let Some(extent) = outcome.extents.get(nth) else { return Place::default() };
    let (start, length) = (extent.start as usize, extent.length as usize);
    let bytes = outcome.block.text().get(start..start + length).unwrap_or_default();
    let position = column.and_then(|column| brief.layout.positions.get(column).copied().flatten());
    let (lines, at) = position.map_or((0, 0), |position| place_in(bytes, brief.plan.spec.dialect.delimiter, position));
    base.lift(Place {
        record: Some(nth as u64 + 1),
        line: Some(u64::from(extent.line) + lines),
        byte: Some((start + at) as u64),
    })
}
