//! The job `trace`: the people of a submission are asked of the demographics register, once each; the answers go beside
//! the vault, and back to the council as a file in its outbox.

use std::any::Any;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use fairway_deid::cipher::{CellCipher, VaultKey};
use fairway_domain::port::{AppendOrder, Join, RowSink, ScanOrder};
use fairway_domain::{
    Fault, FaultExt, LinkClass, NhsNumber, PersonUid, Row, SubmissionEvent, TraceOutcome, TraceStep, Value,
};
use fairway_spec::{Role, Spec};
use fairway_store::{Job, JobKind, LeasedJob, OutboxKind, Submission, TraceTally, outbox};
use fairway_trace::{Answer, Gender, Mode, Parameters, PartialDate, Query, Register, ReturnFile, Tracer};
use serde_json::json;

use crate::context::blocking;
use crate::identity::{Asker, Questions, event};
use crate::plan;
use crate::stream::rows_from;
use crate::work::JobFigures;
use crate::{Service, VerbResult};

/// What the council said about one person, by role.
#[derive(Default, Clone)]
struct Asked {
    record: u64,
    sex: String,
    texts: HashMap<Role, String>,
}

/// Roles of the vault that a trace asks with.
const ASKED: [Role; 6] =
    [Role::LocalPerson, Role::NhsNumber, Role::Forename, Role::Surname, Role::BirthDate, Role::Postcode];

/// What the register answered about one person.
struct Traced {
    uid: PersonUid,
    record: u64,
    outcome: TraceOutcome,
    step: TraceStep,
    code: u8,
    /// How sure the answer is, in millionths; none where no trace was made.
    score: Option<i64>,
    link: LinkClass,
    number: Option<NhsNumber>,
}

impl Service {
    pub(crate) async fn trace(&self, leased: &LeasedJob, submission: Submission) -> VerbResult<JobFigures> {
        let id = submission.id;
        let spec = self.spec_of(&submission)?;
        let vault = VaultKey::open(&self.dir.vault_key())?;
        let key = self.kept_load_key(&vault, id).await?;
        let people = self.people(&spec, &submission, CellCipher::new(&key)).await?;
        let register = self.register().await?;
        let (placed, traced) = self.ask(&spec, &submission, people, register).await?;

        let mut numbers = Questions::default();
        let asker = Asker::new(&vault, submission.organisation.clone())?;
        traced.iter().filter_map(|one| one.number).for_each(|number| numbers.ask(asker.number(number)));
        let mut tx = self.store.tx("submission.trace.begin", self.clock.now()).await?;
        numbers.resolve(&mut tx, id.into()).await?;
        tx.audit(event("worker", "TraceBegun", id, json!({ "people": traced.len() }))).await?;
        tx.commit().await?;

        let tallies = tally(&traced);
        let (asked, found) = (traced.len(), traced.iter().filter(|one| one.outcome.is_found()).count());
        let order = AppendOrder { import: id.into(), tables: vec![plan::traces(&spec)] };
        let mut cipher = CellCipher::new(&key);
        let source = rows_from(move |to| {
            for one in &traced {
                if !to.send(vec![row(one, &numbers, &asker, &mut cipher)?]) {
                    break;
                }
            }
            Ok(())
        });
        self.warehouse.append(order, source).await?;

        let mut tx = self.store.tx("submission.trace", self.clock.now()).await?;
        tx.record_trace_tallies(id, &tallies).await?;
        tx.insert_outbox_items(&submission.organisation, OutboxKind::TraceReturn, &placed.files).await?;
        tx.advance(id, SubmissionEvent::TraceCompleted).await?;
        tx.enqueue(Job { kind: JobKind::Deidentify, submission: id }).await?;
        tx.audit(event("worker", "TraceCompleted", id, json!({ "people": asked, "found": found }))).await?;
        tx.complete(leased).await?;
        tx.commit().await?;
        let note = format!("{found} of {asked} people found in the register; the answers are in the council's outbox");
        Ok(JobFigures { records: asked as u64, note })
    }

    /// One entry per person of a submission, from the first record about them.
    async fn people(
        &self,
        spec: &Arc<Spec>,
        submission: &Submission,
        cipher: CellCipher,
    ) -> VerbResult<HashMap<PersonUid, Asked>> {
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
        Ok(people.map_err(|_| Fault::new("scan gave back another sink"))?.found)
    }

    /// Asks the register and writes the council's return file.
    async fn ask(
        &self,
        spec: &Spec,
        submission: &Submission,
        people: HashMap<PersonUid, Asked>,
        register: Option<Arc<Register>>,
    ) -> VerbResult<(outbox::Placed, Vec<Traced>)> {
        let identifier = spec.field_of_role(Role::LocalPerson).map_or_else(String::new, |f| f.header.clone());
        let (place, organisation) = (self.dir.outbox(), submission.organisation.clone());
        let (name, progress) = (format!("trace-{}", submission.id), self.progress.clone());
        blocking("tracing", move || {
            let mut people: Vec<(PersonUid, Asked)> = people.into_iter().collect();
            people.sort_unstable_by_key(|(_, asked)| asked.record);
            let total = people.len() as u64;
            let mut traced = Vec::with_capacity(people.len());
            let tracer = register.as_deref().map(|all| Tracer::new(all, Mode::Fairway, Parameters::default()));
            let mut all = |file: &mut ReturnFile<Box<dyn Write>>| -> Result<(), Fault> {
                for (done, (uid, asked)) in people.iter().enumerate() {
                    if done % 5_000 == 0 {
                        progress.at("Tracing", done as u64, Some(total));
                    }
                    let query = query(asked);
                    let answer = tracer.as_ref().map(|tracer| tracer.trace(&query));
                    if let Some(answer) = &answer {
                        file.write(text(asked, Role::LocalPerson), answer)?;
                    }
                    traced.push(result(*uid, asked, &query, answer.as_ref()));
                }
                Ok(())
            };
            let placed = outbox::place(&place, &organisation, &name, |folder| {
                let file: Box<dyn Write> = Box::new(private(&folder.join("trace-return.csv"))?);
                let mut file = ReturnFile::new(file, &identifier)?;
                all(&mut file)?;
                file.finish().map(|_| ())
            })?;
            if placed.already_there {
                // An earlier run was cut off after its file was in place; the answers are needed again, the file is not.
                let nowhere: Box<dyn Write> = Box::new(io::sink());
                all(&mut ReturnFile::new(nowhere, "")?)?;
            }
            progress.finished("Tracing");
            Ok((placed, traced))
        })
        .await
    }
}

/// A new file that its owner alone can read.
fn private(path: &Path) -> Result<BufWriter<File>, Fault> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    Ok(BufWriter::new(file.fault("return file cannot be made")?))
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

fn text(asked: &Asked, role: Role) -> &str {
    asked.texts.get(&role).map_or("", String::as_str)
}

fn query(asked: &Asked) -> Query<'_> {
    const NO_OTHER_WORDS: [(&str, Gender); 0] = [];
    Query {
        nhs_number: NhsNumber::parse(text(asked, Role::NhsNumber)).ok(),
        family_name: text(asked, Role::Surname),
        given_name: text(asked, Role::Forename),
        gender: Gender::read(&asked.sex, &NO_OTHER_WORDS),
        date_of_birth: crate::days::read(text(asked, Role::BirthDate)).map(PartialDate::from),
        postcode: text(asked, Role::Postcode),
        ..Query::default()
    }
}

/// Code of the Master Patient Trace for a trace that was not made.
const NO_TRACE_PERFORMED: u8 = 15;

fn result(uid: PersonUid, asked: &Asked, query: &Query<'_>, answer: Option<&Answer<'_>>) -> Traced {
    let (outcome, step, code) = answer
        .map_or((TraceOutcome::NotTraced, TraceStep::None, NO_TRACE_PERFORMED), |answer| {
            (answer.outcome, answer.step, answer.dbs_code)
        });
    let number = answer.and_then(|answer| answer.matched).map(|person| person.nhs_number());
    let link = match (number.is_some(), step) {
        (true, TraceStep::CrossCheck) => LinkClass::TracedExact,
        (true, _) => LinkClass::TracedScored,
        (false, _) if query.nhs_number.is_some() => LinkClass::SuppliedUnverified,
        (false, _) => LinkClass::LaOnly,
    };
    // Cut, not rounded: a probability below one never reads as one.
    let score = answer.map(|answer| (answer.score * 1e6).floor() as i64);
    Traced { uid, record: asked.record, outcome, step, code, score, link, number }
}

fn row(one: &Traced, numbers: &Questions, asker: &Asker, cipher: &mut CellCipher) -> Result<Row, Fault> {
    let mut row = Row::default();
    row.push(Value::Bytes(&one.uid.0));
    row.push(Value::Text(one.outcome.as_str()));
    row.push(Value::Text(one.step.as_str()));
    row.push(Value::Integer(one.code.into()));
    row.push(Value::Text(one.link.as_str()));
    let mut sealed = Vec::new();
    let number = match one.number {
        Some(number) => {
            cipher.seal(plan::TRACED_NHS_NUMBER, one.record, number.as_str().as_bytes(), &mut sealed)?;
            Some(numbers.answer(asker.number(number))?.0)
        }
        None => None,
    };
    row.push(number.as_ref().map_or(Value::Null, |uid| Value::Bytes(uid)));
    row.push(Value::Integer(one.record.cast_signed()));
    row.push(if number.is_some() { Value::Bytes(&sealed) } else { Value::Null });
    row.push(one.score.map_or(Value::Null, Value::Integer));
    Ok(row)
}

fn tally(traced: &[Traced]) -> Vec<TraceTally> {
    let mut counts: HashMap<(TraceOutcome, TraceStep), u64> = HashMap::new();
    for one in traced {
        *counts.entry((one.outcome, one.step)).or_default() += 1;
    }
    counts.into_iter().map(|((outcome, step), count)| TraceTally { outcome, step, count }).collect()
}
