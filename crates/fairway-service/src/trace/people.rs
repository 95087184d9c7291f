//! The people of a submission, as a trace asks about them.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use fairway_deid::cipher::CellCipher;
use fairway_domain::port::{Join, RowSink, ScanOrder};
use fairway_domain::{Fault, FaultExt, NhsNumber, PersonUid, Row};
use fairway_spec::{Role, Spec};
use fairway_store::Submission;
use fairway_trace::format::{Detail, Details, TraceRequest};
use fairway_trace::{Gender, PartialDate, Query};

use crate::{Service, VerbResult, plan};

/// What the council said about one person, by role.
#[derive(Default, Clone)]
pub(super) struct Asked {
    /// The first record about them.
    pub(super) record: u64,
    sex: String,
    texts: HashMap<Role, String>,
}

/// Roles of the vault that a trace asks with.
const ASKED: [Role; 6] =
    [Role::LocalPerson, Role::NhsNumber, Role::Forename, Role::Surname, Role::BirthDate, Role::Postcode];

impl Service {
    /// One entry per person of a submission, from the first record about them and in the order of those.
    pub(super) async fn people(
        &self,
        spec: &Arc<Spec>,
        submission: &Submission,
        cipher: CellCipher,
    ) -> VerbResult<Vec<(PersonUid, Asked)>> {
        let fields: Vec<(Role, String)> = ASKED
            .iter()
            .filter_map(|role| spec.field_of_role(*role).map(|field| (*role, field.column.clone())))
            .collect();
        let mut columns = vec![plan::RECORD.to_owned(), plan::PERSON_UID.to_owned()];
        columns.extend(fields.iter().map(|(_, column)| column.clone()));
        let sex = spec.field_of_role(Role::Sex).map(|field| field.column.clone());
        let order = ScanOrder {
            table: plan::vault(spec).table,
            columns,
            imports: vec![submission.id.into()],
            joins: vec![Join {
                table: plan::events(spec).table,
                on: vec![plan::RECORD.into()],
                columns: sex.into_iter().collect(),
            }],
            order_by: vec![plan::RECORD.into()],
            shuffle: false,
        };
        let sink = Box::new(People { fields, cipher, found: HashMap::new() });
        let (_, sink) = self.warehouse.scan(order, sink).await?;
        let people = (sink as Box<dyn Any>).downcast::<People>();
        let found = people.map_err(|_| Fault::new("scan gave back another sink"))?.found;
        let mut people: Vec<(PersonUid, Asked)> = found.into_iter().collect();
        people.sort_unstable_by_key(|(_, asked)| asked.record);
        Ok(people)
    }
}

struct People {
    fields: Vec<(Role, String)>,
    cipher: CellCipher,
    found: HashMap<PersonUid, Asked>,
}

impl RowSink for People {
    fn take(&mut self, row: &Row) -> Result<(), Fault> {
        let (Some(record), Some(uid)) = (row.get(0).integer(), row.get(1).bytes()) else {
            return Err(Fault::new("a row of the vault has no record or person"));
        };
        let uid = PersonUid(uid.try_into().fault("a person's uid has another length")?);
        if self.found.contains_key(&uid) {
            return Ok(());
        }
        let mut asked = Asked { record: record.cast_unsigned(), ..Asked::default() };
        for (index, (role, column)) in self.fields.iter().enumerate() {
            if let Some(sealed) = row.get(index + 2).bytes() {
                let clear = self.cipher.open(column, asked.record, sealed)?;
                asked.texts.insert(*role, String::from_utf8(clear).fault("a cell of the vault is not text")?);
            }
        }
        asked.sex = row.get(self.fields.len() + 2).text().unwrap_or_default().to_owned();
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
        Gender::read(&self.sex, &NO_OTHER_WORDS)
    }

    fn born(&self) -> Option<PartialDate> {
        crate::days::read(self.text(Role::BirthDate)).map(PartialDate::from)
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
