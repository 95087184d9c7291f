//! One row of the de-identified zone from one record of the safe haven.

use std::collections::HashMap;
use std::sync::Arc;

use fairway_deid::age::AgeBands;
use fairway_deid::cipher::CellCipher;
use fairway_deid::directory::{Area, PostcodeDirectory};
use fairway_deid::row::{self, Address};
use fairway_domain::port::{Keyholder, RowMap};
use fairway_domain::{Fault, FaultExt, PersonUid, Row, Subject, Value};
use fairway_spec::{CodeList, Derivation, FieldKind, Role, Spec};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::at_hand::AtHand;
use crate::deidentify::zone_domain;
use crate::{Progress, days, plan};

/// What a coded value reads that is in no list.
const NOT_MAPPED: &str = "Invalid and not mapped";
/// The word by which a description speaks of a conversation.
const CONVERSATION: &str = "conversation";

/// What is the same for every record of a submission.
pub(crate) struct About {
    pub submission: String,
    pub import_date: Date,
    pub names: HashMap<String, String>,
    pub postcode_directory: String,
    pub progress: Arc<dyn Progress>,
}

/// Where the sealed cells and the trace's answer stand in a row.
pub(crate) struct Sealed {
    pub born: Option<(usize, String)>,
    pub postcode: Option<(usize, String)>,
    pub description: Option<(usize, String)>,
    pub traced_uid: usize,
    pub trace_code: usize,
}

/// What becomes of a field's cell.
enum Passing {
    /// It goes through.
    AsIs,
    /// It goes through where it is in the list, or in the one of the release before.
    Listed(Arc<CodeList>),
    /// Free text: it stays behind.
    Nothing,
}

pub(crate) struct DeidMap {
    about: About,
    sealed: Sealed,
    /// Field cells of the events, with what becomes of them.
    fields: Vec<(usize, Passing)>,
    derivations: Vec<Derivation>,
    by_role: HashMap<Role, usize>,
    linked: usize,
    cipher: CellCipher,
    directory: Arc<PostcodeDirectory>,
    bands: AgeBands,
    pseudonyms: Pseudonyms,
    rows: u64,
}

/// First cells of an event: record, person, NHS number; linked persons follow.
const RECORD: usize = 0;
const PERSON: usize = 1;
const NUMBER: usize = 2;
const FIRST_LINKED: usize = 3;

impl DeidMap {
    pub(crate) fn new(
        spec: &Spec,
        about: About,
        cipher: CellCipher,
        directory: Arc<PostcodeDirectory>,
        keyholder: Arc<dyn Keyholder>,
    ) -> Result<Self, Fault> {
        let linked = plan::linked_fields(spec).count();
        let mut fields = Vec::new();
        let mut by_role = HashMap::new();
        for (at, (_, field)) in plan::open_fields(spec).enumerate() {
            let cell = FIRST_LINKED + linked + at;
            if let Some(role) = field.role {
                by_role.entry(role).or_insert(cell);
            }
            let passing = match (field.kind, &field.codes, field.format) {
                (FieldKind::Code, Some(list), _) => Passing::Listed(list.clone()),
                (FieldKind::Code, None, _) | (FieldKind::Text, _, None) => Passing::Nothing,
                _ => Passing::AsIs,
            };
            fields.push((cell, passing));
        }
        Ok(Self {
            sealed: Sealed::of(spec),
            derivations: spec.derived.iter().map(|derived| derived.derivation).collect(),
            bands: AgeBands::published()?,
            pseudonyms: Pseudonyms { keyholder, at_hand: AtHand::new() },
            about,
            fields,
            by_role,
            linked,
            cipher,
            directory,
            rows: 0,
        })
    }

    fn open(&mut self, row: &Row, place: &Option<(usize, String)>, record: u64) -> Result<Option<String>, Fault> {
        let Some((cell, column)) = place else { return Ok(None) };
        let Some(sealed) = row.get(*cell).bytes() else { return Ok(None) };
        let clear = self.cipher.open(column, record, sealed)?;
        String::from_utf8(clear).fault("a cell of the vault is not text").map(Some)
    }

    fn clear(&mut self, row: &Row) -> Result<Clear, Fault> {
        let record = row.get(RECORD).integer().ok_or_else(|| Fault::new("an event has no record number"))?;
        let number = record.cast_unsigned();
        let sealed = std::mem::replace(&mut self.sealed, Sealed::NOWHERE);
        let clear = (|| {
            Ok(Clear {
                born: self.open(row, &sealed.born, number)?.and_then(|text| days::read(&text)),
                postcode: self.open(row, &sealed.postcode, number)?,
                description: self.open(row, &sealed.description, number)?,
            })
        })();
        self.sealed = sealed;
        clear
    }
}

impl Sealed {
    const NOWHERE: Self = Self { born: None, postcode: None, description: None, traced_uid: 0, trace_code: 0 };
}

/// The clear cells that derivations need, for as long as a row takes.
struct Clear {
    born: Option<Date>,
    postcode: Option<String>,
    description: Option<String>,
}

impl RowMap for DeidMap {
    fn map(&mut self, row: &Row, out: &mut Row) -> Result<bool, Fault> {
        self.rows += 1;
        if self.rows.is_multiple_of(10_000) {
            self.about.progress.at("De-identifying", self.rows, None);
        }
        for (cell, passing) in &self.fields {
            out.push(pass(row.get(*cell), passing));
        }
        let clear = self.clear(row)?;
        let directory = self.directory.clone();
        let address = Address::read(&directory, clear.postcode.as_deref());
        for at in 0..self.derivations.len() {
            let derivation = self.derivations[at];
            self.derive(derivation, row, &clear, &address, out)?;
        }
        Ok(true)
    }
}

fn pass<'a>(value: Value<'a>, passing: &Passing) -> Value<'a> {
    match (passing, value) {
        (Passing::AsIs, value) => value,
        (Passing::Nothing, _) => Value::Null,
        (Passing::Listed(list), Value::Text(text)) if !list.contains(text) && !list.earlier.contains_key(text) => {
            Value::Text(NOT_MAPPED)
        }
        (Passing::Listed(_), value) => value,
    }
}

impl DeidMap {
    fn derive(
        &mut self,
        derivation: Derivation,
        row: &Row,
        clear: &Clear,
        address: &Address<'_>,
        out: &mut Row,
    ) -> Result<(), Fault> {
        use Derivation as D;
        match derivation {
            D::NhsNumberPseudonym => self.pseudonym(Subject::Person, row.get(NUMBER), out),
            D::TracedNhsNumberPseudonym => self.pseudonym(Subject::Person, row.get(self.sealed.traced_uid), out),
            D::LocalPersonPseudonym => self.pseudonym(Subject::LaPerson, row.get(PERSON), out),
            D::LinkedPersonPseudonym(n) => {
                let cell = usize::from(n).checked_sub(1).filter(|n| *n < self.linked);
                self.pseudonym(Subject::LaPerson, cell.map_or(Value::Null, |n| row.get(FIRST_LINKED + n)), out)
            }
            D::CombinedPersonId => self.combined(row, out),
            D::RecordPseudonym => {
                let uid = self.record_uid(row);
                self.pseudonym(Subject::Record, Value::Bytes(&uid), out)
            }
            _ => {
                out.push(self.plainly(derivation, row, clear, address));
                Ok(())
            }
        }
    }

    /// What takes no key.
    fn plainly<'a>(
        &'a self,
        derivation: Derivation,
        record: &'a Row,
        clear: &Clear,
        address: &'a Address<'a>,
    ) -> Value<'a> {
        use Derivation as D;
        let day = |role| self.by_role.get(&role).and_then(|cell| record.get(*cell).date());
        let latest = || row::latest_age(clear.born, day(Role::EventEnd), day(Role::PeriodEnd));
        match derivation {
            D::RecordNumber => record.get(RECORD),
            D::BirthYear => row::birth_year(clear.born),
            D::BirthMonth => row::birth_month(clear.born),
            D::AgeAtEventStart => row::age_at(clear.born, day(Role::EventStart)),
            D::AgeAtPeriodEnd => row::age_at(clear.born, day(Role::PeriodEnd)),
            D::LatestAge => latest(),
            D::AgeBand => row::age_band(&self.bands, latest()),
            D::WorkingAgeBand => row::working_age_band(&self.bands, latest()),
            D::PostcodeSector => address.sector(),
            D::Lsoa2011 => address.code(Area::Lsoa2011),
            D::Msoa2011 => address.code(Area::Msoa2011),
            D::Ward => address.code(Area::Ward),
            D::District => address.code(Area::District),
            D::UpperTier => address.code(Area::UpperTier),
            D::Constituency => address.code(Area::Constituency),
            D::Ccg => address.code(Area::Ccg),
            D::Icb => address.code(Area::Icb),
            D::PostcodeStatus => address.status(),
            D::PostcodeDirectory => Value::Text(&self.about.postcode_directory),
            D::TraceCode => record.get(self.sealed.trace_code),
            D::SubmissionId => Value::Text(&self.about.submission),
            D::ImportDate => Value::Date(self.about.import_date),
            D::OrganisationName => self.organisation(record).map_or(Value::Null, Value::Text),
            D::Conversation => Value::Integer(clear.description.as_deref().is_some_and(speaks_of_conversation).into()),
            _ => Value::Null,
        }
    }

    fn code<'a>(&self, record: &'a Row) -> Option<&'a str> {
        self.by_role.get(&Role::Organisation).and_then(|cell| record.get(*cell).text())
    }

    fn organisation(&self, record: &Row) -> Option<&str> {
        self.code(record).and_then(|code| self.about.names.get(code)).map(String::as_str)
    }

    /// The record as a subject: a digest of submission and record number, the same each time it is derived.
    fn record_uid(&self, row: &Row) -> [u8; 16] {
        let mut hasher = Sha256::new_with_prefix(self.about.submission.as_bytes());
        hasher.update(row.get(RECORD).integer().unwrap_or_default().to_be_bytes());
        let digest: [u8; 32] = hasher.finalize().into();
        let [uid, _] = digest.as_chunks::<16>().0 else { return [0; 16] };
        *uid
    }

    fn pseudonym(&mut self, subject: Subject, uid: Value<'_>, out: &mut Row) -> Result<(), Fault> {
        match uid.bytes() {
            Some(uid) => out.push(Value::Text(self.pseudonyms.of(subject, uid)?)),
            None => out.push(Value::Null),
        }
        Ok(())
    }

    /// The traced pseudonym, else the given number's, else council code, underscore and the local person's pseudonym.
    /// Source of the order: the Department's `create_GetDerivedFields` procedure.
    fn combined(&mut self, row: &Row, out: &mut Row) -> Result<(), Fault> {
        for uid in [row.get(self.sealed.traced_uid), row.get(NUMBER)] {
            if uid.bytes().is_some() {
                return self.pseudonym(Subject::Person, uid, out);
            }
        }
        let (Some(code), Some(uid)) = (self.code(row), row.get(PERSON).bytes()) else {
            out.push(Value::Null);
            return Ok(());
        };
        let text = format!("{code}_{}", self.pseudonyms.of(Subject::LaPerson, uid)?);
        out.push(Value::Text(&text));
        Ok(())
    }
}

fn speaks_of_conversation(text: &str) -> bool {
    text.to_ascii_lowercase().contains(CONVERSATION)
}

/// Pseudonyms of the de-identified zone.
struct Pseudonyms {
    keyholder: Arc<dyn Keyholder>,
    at_hand: AtHand<PersonUid>,
}

impl Pseudonyms {
    fn of(&mut self, subject: Subject, uid: &[u8]) -> Result<&str, Fault> {
        let uid = PersonUid(uid.try_into().fault("a person's uid has another length")?);
        self.at_hand.get(subject, uid, |uid| self.keyholder.pseudonyms(&zone_domain(), subject, &[*uid]))
    }
}
