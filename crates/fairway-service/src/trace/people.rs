//! The people of a submission, as a trace asks about them.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use fairway_deid::cipher::CellCipher;
use fairway_domain::port::{Join, RowSink, ScanOrder};
use fairway_domain::{Fault, FaultExt, NhsNumber, PersonUid, PrivacyClass, Row, Value};
use fairway_spec::{Form, Role, Spec};
use fairway_store::Submission;
use fairway_trace::format::{Detail, Details, TraceRequest};
use fairway_trace::{Gender, PartialDate, Query};
use jiff::civil::Date;

use crate::{Service, VerbResult, days, plan};

/// What the council said about one person, by role.
#[derive(Default, Clone)]
pub(super) struct Asked {
    /// The first record about them.
    pub(super) record: u64,
    born: Option<Date>,
    texts: HashMap<Role, String>,
}

/// Roles that a trace asks with.
const ASKED: [Role; 7] =
    [Role::LocalPerson, Role::NhsNumber, Role::Forename, Role::Surname, Role::Sex, Role::BirthDate, Role::Postcode];

/// A cell that a trace asks with: sealed in the vault, or open in the events.
struct AskedCell {
    role: Role,
    column: String,
    is_sealed: bool,
    form: Option<Form>,
}

impl Service {
    /// One entry per person of a submission, from the first record about them and in the order of those.
    pub(super) async fn people(
        &self,
        spec: &Arc<Spec>,
        submission: &Submission,
        cipher: CellCipher,
    ) -> VerbResult<Vec<(PersonUid, Asked)>> {
        let vault = plan::vault(spec).ok_or_else(|| Fault::new(format!("{} has no persons to trace", spec.name)))?;
        let cells = ASKED.iter().filter_map(|role| {
            spec.field_of_role(*role).map(|field| AskedCell {
                role: *role,
                column: field.column.clone(),
                is_sealed: field.class == PrivacyClass::Direct,
                form: days::form(field),
            })
        });
        let (sealed, open): (Vec<AskedCell>, Vec<AskedCell>) = cells.partition(|cell| cell.is_sealed);
        let names = |cells: &[AskedCell]| cells.iter().map(|cell| cell.column.clone()).collect::<Vec<_>>();
        let mut columns = vec![plan::RECORD.to_owned(), plan::PERSON_UID.to_owned()];
        columns.extend(names(&sealed));
        let order = ScanOrder {
            table: vault.table,
            columns,
            imports: vec![submission.id.into()],
            joins: vec![Join {
                table: plan::events(spec).table,
                on: vec![plan::RECORD.into()],
                columns: names(&open),
                in_step: true,
            }],
            order_by: vec![plan::RECORD.into()],
            shuffle: false,
        };
        let cells = sealed.into_iter().chain(open).collect();
        let sink = Box::new(People { cells, cipher, found: HashMap::new() });
        let (_, sink) = self.warehouse.scan(order, sink).await?;
        let people = (sink as Box<dyn Any>).downcast::<People>();
        let found = people.map_err(|_| Fault::new("scan gave back another sink"))?.found;
        let mut people: Vec<(PersonUid, Asked)> = found.into_iter().collect();
        people.sort_unstable_by_key(|(_, asked)| asked.record);
        Ok(people)
    }
}

struct People {
    cells: Vec<AskedCell>,
    cipher: CellCipher,
    found: HashMap<PersonUid, Asked>,
}

impl RowSink for People {
    fn take(&mut self, row: &Row) -> Result<(), Fault> {
        let record = row.get(0).integer().ok_or_else(|| Fault::new("a row of the vault has no record"))?;
        // A record that says of nobody whom it is about asks nothing.
        let Some(uid) = row.get(1).bytes() else { return Ok(()) };
        let uid = PersonUid(uid.try_into().fault("a person's uid has another length")?);
        if self.found.contains_key(&uid) {
            return Ok(());
        }
        let mut asked = Asked { record: record.cast_unsigned(), ..Asked::default() };
        for (index, cell) in self.cells.iter().enumerate() {
            let text = match row.get(index + 2) {
                Value::Bytes(sealed) => {
                    let clear = self.cipher.open(&cell.column, asked.record, sealed)?;
                    String::from_utf8(clear).fault("a cell of the vault is not text")?
                }
                Value::Text(text) => text.to_owned(),
                Value::Integer(number) => number.to_string(),
                Value::Date(day) if cell.role == Role::BirthDate => {
                    asked.born = Some(day);
                    continue;
                }
                _ => continue,
            };
            if let (Role::BirthDate, Some(form)) = (cell.role, &cell.form) {
                asked.born = days::read(form, &text);
            }
            asked.texts.insert(cell.role, text);
        }
        self.found.insert(uid, asked);
        Ok(())
    }
}

const NO_OTHER_WORDS: [(&str, Gender); 0] = [];

impl Asked {
    pub(super) fn text(&self, role: Role) -> &str {
        self.texts.get(&role).map_or("", String::as_str)
    }

    /// The NHS number, if one was given that is well formed.
    pub(super) fn number(&self) -> Option<NhsNumber> {
        NhsNumber::parse(self.text(Role::NhsNumber)).ok()
    }

    fn gender(&self) -> Gender {
        Gender::read(self.text(Role::Sex), &NO_OTHER_WORDS)
    }

    fn born(&self) -> Option<PartialDate> {
        self.born.map(PartialDate::from)
    }

    /// What the register here is asked.
    pub(super) fn query(&self) -> Query<'_> {
        Query {
            nhs_number: self.number(),
            family_name: self.text(Role::Surname),
            given_name: self.text(Role::Forename),
            gender: self.gender(),
            date_of_birth: self.born(),
            postcode: self.text(Role::Postcode),
            ..Query::default()
        }
    }

    /// What a service elsewhere is asked. The reference is the number of the record: it says nothing to anybody else.
    pub(super) fn request(&self) -> TraceRequest {
        let number = self.number();
        let asked = Details::default()
            .with(Detail::NhsNumber, number.as_ref().map_or("", NhsNumber::as_str))
            .with(Detail::FamilyName, self.text(Role::Surname))
            .with(Detail::GivenName, self.text(Role::Forename))
            .with(Detail::Gender, self.gender().code())
            .with(Detail::DateOfBirth, self.born().map_or_else(String::new, PartialDate::digits))
            .with(Detail::Postcode, self.text(Role::Postcode));
        TraceRequest { id: self.record.to_string(), asked, defect: None }
    }
}
