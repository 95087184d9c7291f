//! The job `load`: an accepted file becomes rows of the identity vault and of the events, in step.
//!
//! The file is read twice: once to learn which persons it speaks of, once to write. Rows in = rows loaded + rows rejected.

use std::sync::Arc;

use fairway_check::{CheckOptions, Record, Records};
use fairway_deid::cipher::CellCipher;
use fairway_domain::port::{AppendOrder, TableCommit};
use fairway_domain::{Fault, NhsNumber, Row, SubmissionEvent, SubmissionId, Value};
use fairway_spec::{Role, Spec};
use fairway_store::{Import, Job, JobKind, LeasedJob, Submission};
use serde_json::json;

use crate::context::blocking;
use crate::identity::{Asker, NHS_NUMBER, Questions, event};
use crate::plan;
use crate::stream::{RowSender, rows_from};
use crate::work::JobFigures;
use crate::{Service, VerbResult};

/// What the first reading learnt.
struct Census {
    persons: Questions,
    records: u64,
    rejected: u64,
    /// Loaded records that say of nobody whom they are about.
    nameless: u64,
}

/// All that reading a file for its rows takes.
#[derive(Clone)]
struct Reading {
    service: Service,
    spec: Arc<Spec>,
    submission: Submission,
    asker: Asker,
}

impl Service {
    pub(crate) async fn load(&self, leased: &LeasedJob, submission: Submission) -> VerbResult<JobFigures> {
        let id = submission.id;
        let spec = self.spec_of(&submission)?;
        let vault = self.vault_key()?;
        let asker = Asker::new(&vault, submission.organisation.clone())?;
        let reading = Reading { service: self.clone(), spec: spec.clone(), submission, asker };
        let first = reading.clone();
        let mut census = blocking("loading", move || Ok(first.census()?)).await?;

        let mut tx = self.store.tx("submission.load.begin", self.clock.now()).await?;
        let key = self.load_key(&mut tx, &vault, id).await?;
        census.persons.resolve(&mut tx, id.into()).await?;
        let people = census.persons.people();
        let numbers = census.persons.count(NHS_NUMBER);
        let intent = json!({ "records": census.records, "people": people, "nhs_numbers": numbers });
        tx.audit(event("worker", "LoadBegun", id, intent)).await?;
        tx.commit().await?;

        let order = AppendOrder {
            import: id.into(),
            tables: plan::vault(&spec).into_iter().chain([plan::events(&spec)]).collect(),
        };
        let (persons, cipher) = (census.persons, CellCipher::new(&key));
        let source = rows_from(move |to| reading.rows(&persons, cipher, to));
        let commits = self.warehouse.append(order, source).await?;
        self.progress.finished("Loading");
        let import = account(id, (census.records, census.rejected), &commits)?;
        let follows = if plan::has_persons(&spec) { JobKind::Trace } else { JobKind::Deidentify };

        let mut tx = self.store.tx("submission.load", self.clock.now()).await?;
        tx.insert_import(&import).await?;
        tx.advance(id, SubmissionEvent::LoadCommitted).await?;
        tx.enqueue(Job { kind: follows, submission: id }).await?;
        let figures = json!({
            "rows_in": import.rows_in, "rows_loaded": import.rows_loaded, "rows_rejected": import.rows_rejected,
            "rows_without_person": census.nameless,
            "vault_version": import.vault_version, "events_version": import.events_version,
        });
        tx.audit(event("worker", "LoadCommitted", id, figures)).await?;
        tx.complete(leased).await?;
        tx.commit().await?;
        Ok(JobFigures { records: import.rows_in, note: loaded_note(&spec, &import, people, census.nameless) })
    }
}

fn loaded_note(spec: &Spec, import: &Import, people: usize, nameless: u64) -> String {
    let mut note =
        format!("{} of {} records loaded, {} left out", import.rows_loaded, import.rows_in, import.rows_rejected);
    if plan::has_persons(spec) {
        note += &format!("; they speak of {people} people");
    }
    if nameless > 0 {
        note +=
            &format!(", {nameless} of them of nobody who can be told: their identifiers are blank or cannot be read");
    }
    note
}

/// Every record is accounted for, in vault and events alike, or it is a fault.
fn account(
    submission: SubmissionId,
    (records, rejected): (u64, u64),
    commits: &[TableCommit],
) -> Result<Import, Fault> {
    let (vault, events) = match commits {
        [vault, events] => (vault, events),
        [events] => (events, events),
        _ => return Err(Fault::new("load committed other tables than it was asked to")),
    };
    let loaded = records - rejected;
    if vault.rows != loaded || events.rows != loaded {
        return Err(Fault::new(format!(
            "rows of submission {submission} do not add up: {records} read, {rejected} left out, {} in the vault, {} events",
            vault.rows, events.rows
        )));
    }
    Ok(Import {
        submission,
        rows_in: records,
        rows_loaded: loaded,
        rows_rejected: rejected,
        vault_version: vault.version,
        events_version: events.version,
    })
}

impl Reading {
    /// Reads the file once and hands each record over.
    fn each(&self, mut take: impl FnMut(&Record<'_>) -> Result<bool, Fault>) -> Result<(), Fault> {
        let payload = self.service.payload(&self.submission)?;
        let mut options = CheckOptions::new(self.service.clock.today());
        options.sender = Some(self.submission.organisation.clone());
        let mut records = Records::open(payload, &self.spec, &options)?;
        while let Some(record) = records.next()? {
            if !take(&record)? {
                break;
            }
        }
        Ok(())
    }

    fn census(&self) -> Result<Census, Fault> {
        let ask = Identity::of(&self.spec);
        let mut census = Census { persons: Questions::default(), records: 0, rejected: 0, nameless: 0 };
        self.each(|record| {
            census.records += 1;
            if record.rejected() {
                census.rejected += 1;
                return Ok(true);
            }
            let number = ask.number(record);
            let local = ask.local(record);
            let person = self.asker.person(local, number);
            census.nameless += u64::from(person.is_none() && ask.is_about_persons());
            person.into_iter().for_each(|question| census.persons.ask(question));
            number.into_iter().for_each(|number| census.persons.ask(self.asker.number(number)));
            for linked in ask.linked(record).filter(|text| !text.is_empty()) {
                census.persons.ask(self.asker.local(linked));
            }
            Ok(true)
        })?;
        Ok(census)
    }

    fn rows(self, persons: &Questions, mut cipher: CellCipher, to: &mut RowSender) -> Result<(), Fault> {
        let ask = Identity::of(&self.spec);
        let tables = 1 + usize::from(plan::vault(&self.spec).is_some());
        let mut writer = RowWriter { spec: &self.spec, ask: &ask, asker: &self.asker, persons, sealed: Vec::new() };
        let progress = self.service.progress.clone();
        self.each(|record| {
            if record.number() % 10_000 == 0 {
                progress.at("Loading", record.number(), None);
            }
            if record.rejected() {
                return Ok(true);
            }
            let mut rows = to.fresh(tables);
            writer.fill(record, &mut cipher, &mut rows)?;
            Ok(to.send(rows))
        })
    }
}

/// Where a record says whom it is about.
struct Identity {
    local: Option<usize>,
    number: Option<usize>,
    linked: Vec<usize>,
}

impl Identity {
    fn of(spec: &Spec) -> Self {
        Self {
            local: spec.index_of_role(Role::LocalPerson),
            number: spec.index_of_role(Role::NhsNumber),
            linked: plan::linked_fields(spec).map(|(index, _)| index).collect(),
        }
    }

    fn is_about_persons(&self) -> bool {
        self.local.is_some() || self.number.is_some()
    }

    fn local<'r>(&self, record: &'r Record<'_>) -> &'r str {
        self.local.map_or("", |index| said(record, index))
    }

    fn number(&self, record: &Record<'_>) -> Option<NhsNumber> {
        NhsNumber::parse(record.raw(self.number?)).ok()
    }

    fn linked<'r>(&'r self, record: &'r Record<'_>) -> impl Iterator<Item = &'r str> {
        self.linked.iter().map(|index| said(record, *index))
    }
}

/// A cell's text; blank where it is a word that stands for nothing.
fn said<'r>(record: &Record<'r>, index: usize) -> &'r str {
    let is_blank = record.readable(index) && matches!(record.value(index), Value::Null);
    if is_blank { "" } else { record.raw(index) }
}

struct RowWriter<'a> {
    spec: &'a Spec,
    ask: &'a Identity,
    asker: &'a Asker,
    persons: &'a Questions,
    sealed: Vec<u8>,
}

impl RowWriter<'_> {
    /// Fills a row for the vault, if there is one, and one for the events.
    fn fill(&mut self, record: &Record<'_>, cipher: &mut CellCipher, rows: &mut [Row]) -> Result<(), Fault> {
        let number = self.ask.number(record);
        let person = self.asker.person(self.ask.local(record), number);
        let person = person.map(|person| self.persons.answer(person)).transpose()?;
        for row in rows.iter_mut() {
            row.push(Value::Integer(record.number().cast_signed()));
            row.push(person.as_ref().map_or(Value::Null, |person| Value::Bytes(&person.0)));
        }
        let (vault, events) = match rows {
            [vault, events] => (Some(vault), events),
            [events] => (None, events),
            _ => return Err(Fault::new("a record goes to one table or two")),
        };
        self.uids(record, number, events)?;
        self.open_cells(record, events);
        match vault {
            Some(vault) => self.sealed_cells(record, cipher, vault),
            None => self.unreadable(record, cipher, events),
        }
    }

    fn uids(&self, record: &Record<'_>, number: Option<NhsNumber>, events: &mut Row) -> Result<(), Fault> {
        match number {
            Some(number) => events.push(Value::Bytes(&self.persons.answer(self.asker.number(number))?.0)),
            None => events.push(Value::Null),
        }
        for linked in self.ask.linked(record) {
            match linked {
                "" => events.push(Value::Null),
                linked => events.push(Value::Bytes(&self.persons.answer(self.asker.local(linked))?.0)),
            }
        }
        Ok(())
    }

    fn open_cells(&self, record: &Record<'_>, events: &mut Row) {
        for (index, _) in plan::open_fields(self.spec) {
            events.push(record.value(index));
        }
    }

    fn sealed_cells(&mut self, record: &Record<'_>, cipher: &mut CellCipher, vault: &mut Row) -> Result<(), Fault> {
        for (index, field) in plan::direct_fields(self.spec) {
            self.seal(&field.column, record.number(), said(record, index), cipher, vault)?;
        }
        self.unreadable(record, cipher, vault)
    }

    fn unreadable(&mut self, record: &Record<'_>, cipher: &mut CellCipher, row: &mut Row) -> Result<(), Fault> {
        let unread: serde_json::Map<String, serde_json::Value> = plan::open_fields(self.spec)
            .filter(|(index, _)| !record.readable(*index))
            .map(|(index, field)| (field.column.clone(), record.raw(index).into()))
            .collect();
        let unread = if unread.is_empty() { String::new() } else { serde_json::Value::from(unread).to_string() };
        self.seal(plan::UNREADABLE, record.number(), &unread, cipher, row)
    }

    fn seal(
        &mut self,
        column: &str,
        record: u64,
        clear: &str,
        cipher: &mut CellCipher,
        vault: &mut Row,
    ) -> Result<(), Fault> {
        if clear.is_empty() {
            vault.push(Value::Null);
            return Ok(());
        }
        self.sealed.clear();
        cipher.seal(column, record, clear.as_bytes(), &mut self.sealed)?;
        vault.push(Value::Bytes(&self.sealed));
        Ok(())
    }
}
