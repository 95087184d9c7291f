use std::io::Read;

use fairway_domain::{Fault, Value};
use fairway_spec::Spec;

use crate::examiner::{Examiner, Last};
use crate::judge::{Datum, Filled, Slot, State};
use crate::pass::Pass;
use crate::plan::Kind;
use crate::{CheckOptions, NoFindings};

/// The records of a file that passed its check, for loading: the same reading, the same decisions about encoding,
/// blanks and records left out. Owns its input and may be moved to another thread.
pub struct Records<'s, R: Read> {
    pass: Pass<'s, R>,
    examiner: Examiner<'s>,
    /// A block is being read.
    within: bool,
    number: u64,
}

impl<'s, R: Read> Records<'s, R> {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// When the input cannot be read, or the header shows that this file does not pass its check.
    pub fn open(input: R, spec: &'s Spec, options: &CheckOptions) -> Result<Self, Fault> {
        let pass = Pass::open(input, spec, options, &mut NoFindings)?;
        let records = Self { examiner: pass.examiner(false), pass, within: false, number: 0 };
        records.still_accepted()?;
        Ok(records)
    }

    /// The next record, those to be left out included; `None` at the end.
    ///
    /// # Errors
    /// When the input cannot be read, or has turned out, at its end, not to pass its check.
    #[expect(clippy::should_implement_trait, reason = "a record borrows from its reader, which no iterator allows")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, Fault> {
        if !self.advance()? {
            self.still_accepted()?;
            return Ok(None);
        }
        self.number += 1;
        let (brief, last) = (self.pass.brief(), self.examiner.last());
        let filled = Filled {
            columns: &brief.plan.columns,
            slots: if last.read { self.examiner.slots() } else { &[] },
            cells: self.examiner.cells(),
            positions: if last.read { &brief.layout.positions } else { &[] },
        };
        Ok(Some(Record { filled, number: self.number, last }))
    }

    /// Moves on to the next record, of the next block if need be.
    fn advance(&mut self) -> Result<bool, Fault> {
        loop {
            if self.within {
                if self.examiner.step() {
                    return Ok(true);
                }
                self.within = false;
                self.pass.add(self.examiner.end(), &mut NoFindings, Vec::new)?;
            }
            let Some(block) = self.pass.next_block()? else { return Ok(false) };
            self.examiner.begin(block, self.pass.known());
            self.within = true;
        }
    }

    fn still_accepted(&self) -> Result<(), Fault> {
        if self.pass.is_refused() {
            return Err(Fault::new("input does not pass the check that it was accepted with"));
        }
        Ok(())
    }
}

/// One record, lent by [`Records`]. Cells are numbered as the specification's fields.
pub struct Record<'r> {
    filled: Filled<'r>,
    number: u64,
    last: Last,
}

impl<'r> Record<'r> {
    /// Which data record of the file this is, counted from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether a load leaves it out.
    pub fn rejected(&self) -> bool {
        self.last.rejected
    }

    /// The cell's text as sent, decoded, blanks at its ends taken off. May be a word that stands for nothing.
    pub fn raw(&self, field: usize) -> &'r str {
        self.filled.raw(field)
    }

    /// The cell's value as its field's kind; `Null` where it is blank or cannot be read as that kind.
    /// A coded value is the text as sent, one of the release before included;
    /// so is a number of any decimals, a time and every other form that a table holds as text.
    pub fn value(&self, field: usize) -> Value<'r> {
        let slot = self.slot(field);
        match (slot.state, slot.datum) {
            (State::Absent | State::Blank | State::Unreadable, _) => Value::Null,
            (_, Datum::Date(date)) => Value::Date(date),
            (_, Datum::Number(number)) => match self.filled.columns.get(field).map(|column| &column.kind) {
                Some(Kind::Decimal) => Value::Decimal(number),
                _ => Value::Integer(number),
            },
            (_, Datum::Code(_) | Datum::Real(_) | Datum::None) => Value::Text(self.raw(field)),
        }
    }

    /// Whether the cell is blank or was read as its field's kind. False: text was there that could not be.
    pub fn readable(&self, field: usize) -> bool {
        self.slot(field).state != State::Unreadable
    }

    fn slot(&self, field: usize) -> Slot {
        self.filled.slots.get(field).copied().unwrap_or(Slot::ABSENT)
    }
}

impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[record {}]", self.number)
    }
}
