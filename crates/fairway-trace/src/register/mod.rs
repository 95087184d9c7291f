//! A demographics register: an index, and what has changed since it was built, in the order in which it came.

mod error;
mod person;
mod read;
mod table;

use std::fmt;
use std::path::{Path, PathBuf};

use fairway_domain::{Digest, NhsNumber};
use sha2::{Digest as _, Sha256};

pub use error::RegisterError;
pub(crate) use error::RegisterFile;
pub use person::Person;
pub use table::{CsvFolder, Extract, ExtractRows};

use crate::index::build::{self, RegisterBuilder, nine};
use crate::index::image::Image;
use crate::index::keys::Key;
use crate::index::layout::IndexError;
use crate::index::{Segment, names};
use crate::{Answer, Gender, PartialDate, Query, Soundex, step};

/// Lines of an address.
const ADDRESS_LINES: usize = 5;
/// Ends a line of an address held as one text; no cell may contain it.
pub(crate) const LINE_END: char = '\n';

/// The people whom a trace can find.
pub struct Register {
    segments: Vec<Segment>,
    version: Digest,
}

impl Register {
    /// Reads a register from the folder `dir` into memory: three CSV files in UTF-8 with a header, dates `YYYYMMDD` (or
    /// `YYYYMM`, `YYYY`), gender 0, 1, 2 or 9.
    ///
    /// - `register.csv`, one row a person: `nhs_number, given_name, other_given_names, family_name, gender,
    ///   date_of_birth, date_of_death, address_line1, postcode, gp_practice, sensitive` (`S` or blank), and, where the
    ///   register has them, `address_line2` to `address_line5`, `posting` and `posting_date`;
    /// - `history.csv`: `nhs_number, field` (`family_name` or `postcode`)`, value`: what the register held before;
    /// - `superseded.csv`: `old_nhs_number, nhs_number`: the number that took the place of another, itself current or
    ///   superseded.
    ///
    /// # Errors
    /// When a file is missing, a column is missing, repeated or unknown, a value does not fit its column, a number occurs
    /// twice, or history or replacement is of nobody in the register.
    pub fn read(dir: &Path) -> Result<Self, RegisterError> {
        let (builder, version) = read::read(&CsvFolder(dir.to_owned()))?;
        Self::hold(builder, version)
    }

    /// A register in memory of rows gathered elsewhere; `version` is the digest of where they come from.
    ///
    /// # Errors
    /// When the rows contradict each other, or are more than an index can hold.
    pub fn hold(rows: RegisterBuilder, version: Digest) -> Result<Self, RegisterError> {
        let image = rows.finish(|_| false).and_then(|sections| Image::hold(&sections, version));
        match image {
            Ok(image) => Ok(Self::of(vec![Segment::new(image)])),
            Err(IndexError::Rows(error)) => Err(error),
            Err(_) => Err(RegisterError::TooLarge { what: "entries" }),
        }
    }

    /// Builds the index of the three files of `from` (see [`Register::read`]) in the folder `into`, in place of the one
    /// there and its updates. The index of before stays until the new one is whole; whoever has it open keeps it.
    ///
    /// # Errors
    /// When the files do not make a register, or the index cannot be written.
    pub fn build(from: &Path, into: &Path) -> Result<(), IndexError> {
        Self::build_from(&CsvFolder(from.to_owned()), into)
    }

    /// The same of tables that are elsewhere, or of another form.
    ///
    /// # Errors
    /// When the tables do not make a register, or the index cannot be written.
    pub fn build_from(from: &dyn Extract, into: &Path) -> Result<(), IndexError> {
        let (builder, version) = read::read(from)?;
        Self::build_rows(builder, version, into)
    }

    /// Builds an index from rows gathered elsewhere; `version` is the digest of where they come from.
    ///
    /// # Errors
    /// When the rows contradict each other, or the index cannot be written.
    pub fn build_rows(rows: RegisterBuilder, version: Digest, into: &Path) -> Result<(), IndexError> {
        let sections = rows.finish(|_| false)?;
        std::fs::create_dir_all(into)?;
        let next = into.join(NEXT);
        build::write(&sections, version, &next)?;
        for update in updates(into)? {
            std::fs::remove_file(update)?;
        }
        Ok(std::fs::rename(next, into.join(BASE))?)
    }

    /// Whether there is an index in this folder.
    pub fn is_built(index: &Path) -> bool {
        index.join(BASE).is_file()
    }

    /// Adds what has changed to the index in the folder `index`, without building it again. The files of `changes` have
    /// the form of a register's: whole rows of the people who are new or changed, with all their history; new
    /// replacements; and, if there is one, `removed.csv` with the column `nhs_number`.
    ///
    /// # Errors
    /// When there is no index, the files do not fit it, or it cannot be written.
    pub fn update(index: &Path, changes: &Path) -> Result<(), IndexError> {
        Self::update_from(index, &CsvFolder(changes.to_owned()))
    }

    /// The same of tables that are elsewhere, or of another form.
    ///
    /// # Errors
    /// When there is no index, the tables do not fit it, or it cannot be written.
    pub fn update_from(index: &Path, changes: &dyn Extract) -> Result<(), IndexError> {
        let (builder, version) = read::read_changes(changes)?;
        let before = Self::open(index)?;
        let sections = builder.finish(|number| before.current(number).is_some())?;
        before.unharmed()?;
        let number = before.segments.len();
        build::write(&sections, version, &index.join(format!("update-{number:04}.index")))
    }

    /// Opens an index, with its updates. What lies in it is checked block by block when it is first read: whatever reads
    /// something damaged fails, and so does all that is asked afterwards.
    ///
    /// # Errors
    /// When there is none, or one of its files has a damaged header or is of another build.
    pub fn open(index: &Path) -> Result<Self, IndexError> {
        let mut segments = vec![Segment::new(Image::map(&index.join(BASE))?)];
        for update in updates(index)? {
            segments.push(Segment::new(Image::map(&update)?));
        }
        let register = Self::of(segments);
        register.unharmed().map(|()| register)
    }

    /// Reads and checks all of an index that is open.
    ///
    /// # Errors
    /// When anything in it is damaged.
    pub fn verify(&self) -> Result<(), IndexError> {
        self.segments.iter().try_for_each(|segment| segment.image().verify())
    }

    /// Whether nothing that was read so far was damaged.
    pub(crate) fn unharmed(&self) -> Result<(), IndexError> {
        self.segments.iter().try_for_each(|segment| segment.image().unharmed())
    }

    /// What was found, once the people in it are read whole and nothing was damaged.
    pub(crate) fn sound<'r, T>(&self, found: T, people: impl IntoIterator<Item = Person<'r>>) -> Result<T, IndexError> {
        people.into_iter().for_each(Person::read_whole);
        self.unharmed().map(|()| found)
    }

    fn of(mut segments: Vec<Segment>) -> Self {
        for later in 1..segments.len() {
            let (earlier, rest) = segments.split_at_mut(later);
            let Some(update) = rest.first() else { break };
            for number in update.gone().chain(update.words().iter().map(|word| word[0])) {
                for segment in &mut *earlier {
                    segment.any_by_number(number).into_iter().for_each(|row| segment.replace(row));
                }
            }
        }
        let version = match &segments[..] {
            [one] => one.image().version(),
            all => {
                let digest =
                    all.iter().fold(Sha256::new(), |sum, segment| sum.chain_update(segment.image().version().0));
                Digest(digest.finalize().into())
            }
        };
        Self { segments, version }
    }

    /// How many people there are.
    pub fn len(&self) -> usize {
        self.segments.iter().map(Segment::len).sum()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A digest of what the tables say that the register was made from: the same people, the same version.
    pub fn version(&self) -> Digest {
        self.version
    }

    /// Looks for the person of a query by the first two published steps: the cross-check, then, if that gives nobody, the
    /// step. The same query has the same answer, whatever the order of the register's rows.
    ///
    /// # Errors
    /// When what was read of the index is damaged.
    pub fn trace(&self, query: &Query<'_>) -> Result<Answer<'_>, IndexError> {
        let answer = step::trace(self, query);
        self.sound(answer, answer.matched)
    }

    /// The person with this current number.
    ///
    /// # Errors
    /// When what was read of the index is damaged.
    pub fn by_number(&self, number: NhsNumber) -> Result<Option<Person<'_>>, IndexError> {
        let found = self.with_number(number);
        self.sound(found, found)
    }

    /// The person whose number took the place of this one.
    ///
    /// # Errors
    /// When what was read of the index is damaged.
    pub fn by_superseded_number(&self, number: NhsNumber) -> Result<Option<Person<'_>>, IndexError> {
        let found = self.with_superseded_number(number);
        self.sound(found, found)
    }

    pub(crate) fn with_number(&self, number: NhsNumber) -> Option<Person<'_>> {
        self.current(nine(number))
    }

    pub(crate) fn with_superseded_number(&self, number: NhsNumber) -> Option<Person<'_>> {
        let mut number = self.successor(nine(number))?;
        for _ in 0..LONGEST_CHAIN {
            match self.current(number) {
                Some(person) => return Some(person),
                None => number = self.successor(number)?,
            }
        }
        None
    }

    /// The current number that a number is, or leads to.
    pub(crate) fn resolve(&self, number: u32) -> Option<u32> {
        let mut number = number;
        for _ in 0..LONGEST_CHAIN {
            if self.segments.iter().any(|segment| segment.by_number(number).is_some()) {
                return Some(number);
            }
            number = self.successor(number)?;
        }
        None
    }

    fn current(&self, number: u32) -> Option<Person<'_>> {
        self.segments.iter().find_map(|segment| Some(Person::new(segment, segment.by_number(number)?)))
    }

    fn successor(&self, number: u32) -> Option<u32> {
        self.segments.iter().rev().find_map(|segment| segment.successor(number))
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// People with one of these keys, each once for each key.
    pub(crate) fn by_key(&self, key: Key) -> impl Iterator<Item = Person<'_>> {
        self.segments.iter().flat_map(move |segment| segment.rows(key).map(move |row| Person::new(segment, row)))
    }

    /// People of this gender whose current family name has this code, born on a day that the date allows.
    pub(crate) fn by_family(
        &self,
        code: Soundex,
        gender: Gender,
        born: PartialDate,
    ) -> impl Iterator<Item = Person<'_>> {
        let fits = move |person: &Person<'_>| {
            person.gender() == gender && names::sound_of_whole(person.family()) == Some(code.packed())
        };
        // Each person has one birth date: that it is the one looked up keeps chance hits of other keys out.
        let on =
            move |day| self.by_key(Key::BornFamily(day, code.packed())).filter(move |person| person.word()[4] == day);
        born.days().flat_map(on).filter(fits)
    }
}

/// Replacements of replacements are followed so far.
const LONGEST_CHAIN: usize = 1_000;
const BASE: &str = "base.index";
/// The index that takes the place of the base, until it is whole.
const NEXT: &str = "next.index";

/// The updates of an index, the earliest first.
fn updates(index: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(index)? {
        let name = entry?.file_name();
        if name.to_str().is_some_and(|name| name.starts_with("update-") && name.ends_with(".index")) {
            found.push(index.join(name));
        }
    }
    found.sort();
    Ok(found)
}

impl fmt::Debug for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Register").field("people", &self.len()).finish_non_exhaustive()
    }
}
