//! The release gate at work: the files of an extract are read back, measured, and held against every rule; the outcome is a
//! signed report beside them.

mod plan;
mod report;
mod sketch;

use std::any::Any;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use fairway_deid::measure::{self, Content, MeasurePlan, Measured};
use fairway_domain::port::RowSink;
use fairway_domain::{Fault, FaultExt, FileFacts, KeyDomain, KeyRecord, OrganisationCode, Refusal, ReleaseId, Row};
use fairway_governance::gate::{LogStanding, Outcome, judge};
use fairway_governance::{Agreement, Object, Period, ReleaseRequest, Verb};
use fairway_store::CurrentImport;
use tokio::runtime::Handle;

use crate::manifest::Manifest;
use crate::release::{EXTRACT_CSV, EXTRACT_PARQUET, below};
use crate::{Service, VerbError, VerbResult};

pub(crate) use fairway_governance::gate::Extract;
pub(crate) use plan::{Part, codes, limits_of, linked, single};
pub use report::{GATE_REPORT, GATE_SIGNATURE, VerifiedReport};

/// What an extract is held against.
pub(crate) struct Passage<'a> {
    pub agreement: &'a Agreement,
    pub request: &'a ReleaseRequest,
    pub plan: MeasurePlan,
    pub areas: Vec<OrganisationCode>,
    pub submissions: Vec<(OrganisationCode, Period)>,
    pub key_domain: KeyDomain,
}

/// The submissions of an extract, as the gate looks at them.
pub(crate) fn submissions(imports: &[CurrentImport]) -> Vec<(OrganisationCode, Period)> {
    let of =
        |import: &CurrentImport| (import.organisation.clone(), Period { from: import.period.0, to: import.period.1 });
    imports.iter().map(of).collect()
}

impl Service {
    /// Holds the files in `folder` against every rule. Where they pass, writes the signed report beside them and remembers
    /// their pseudonyms for those of other agreements; else gives every reason. For a thread that may wait.
    pub(crate) fn gate(
        &self,
        runtime: &Handle,
        folder: &Path,
        passage: &Passage<'_>,
        manifest: &mut Manifest,
    ) -> Result<Option<Refusal>, Fault> {
        const WHAT: &str = "extract cannot be read back";
        let csv = File::open(folder.join(EXTRACT_CSV)).fault(WHAT)?;
        let csv = BufReader::with_capacity(256 * 1024, csv);
        // The two files are read at the same time.
        let parquet = runtime.spawn(parquet_facts(self.clone(), folder.join(EXTRACT_PARQUET)));
        let Measured { mut facts, pseudonyms, cells } = measure::csv(&passage.plan, EXTRACT_CSV, csv)?;
        facts.files.push(runtime.block_on(parquet).fault("task of reading an extract was stopped")??);
        facts.key_is_the_recorded_one = runtime.block_on(self.key_is_recorded(&passage.key_domain))?;
        facts.overlaps = sketch::shared(&self.dir, passage.agreement.reference.as_str(), &pseudonyms)?;
        manifest.cells_scanned = cells;
        let columns: Vec<String> = passage.plan.columns.iter().map(|column| column.name.clone()).collect();
        let extract = Extract {
            columns: &columns,
            areas: &passage.areas,
            submissions: &passage.submissions,
            facts: &facts,
            log: self.log_for_the_gate()?,
        };
        let refusal = self.judged(folder, (passage.agreement, passage.request), &extract, manifest)?;
        if refusal.is_none() {
            sketch::keep(&self.dir, passage.agreement.reference.as_str(), &manifest.release, &pseudonyms)?;
        }
        Ok(refusal)
    }

    /// Holds what was found in `folder` against every rule. Where it passes, writes the signed report; else gives every reason.
    pub(crate) fn judged(
        &self,
        folder: &Path,
        (agreement, request): (&Agreement, &ReleaseRequest),
        extract: &Extract<'_>,
        manifest: &Manifest,
    ) -> Result<Option<Refusal>, Fault> {
        let outcomes = judge(agreement, request, extract, self.clock.today());
        let refusal = refusal(&outcomes);
        if refusal.is_none() {
            report::write(self, folder, manifest, (&outcomes, extract.facts))?;
        }
        Ok(refusal)
    }

    /// How the log stands: the intent was committed before, and its witnesses had to see it, where there are any.
    pub(crate) fn log_for_the_gate(&self) -> Result<LogStanding, Fault> {
        let is_watched = !self.store.witnesses()?.all.is_empty();
        Ok(LogStanding { intent_recorded: true, witnessed_hours_ago: is_watched.then_some(0) })
    }

    /// Whether the keyholder makes the canaries that were recorded when the domain's key was made.
    async fn key_is_recorded(&self, domain: &KeyDomain) -> Result<bool, Fault> {
        let held = self.keyholder.prepare(domain)?;
        let recorded = self.store.pseudonym_key(&held.key_id).await?;
        let same = |recorded: KeyRecord| {
            recorded.domain == held.domain
                && recorded.commitment == held.commitment
                && recorded.canaries == held.canaries
        };
        Ok(recorded.is_some_and(same))
    }

    /// Holds a gate report against its signature: with `key`, or where nothing is said with this processing centre's.
    ///
    /// # Errors
    /// Refused when the folder holds no report, or somebody else's signature.
    pub async fn verify_gate_report(&self, folder: &Path, key: Option<&str>) -> VerbResult<VerifiedReport> {
        self.authorise(Verb::ReleaseShow, Object::Several).await?;
        report::verify(self, folder, key)
    }

    /// The gate report of a release that is held or was delivered, with its signature held against the key of this
    /// processing centre.
    ///
    /// # Errors
    /// When there is no release of that name, or none that may be told of; refused where its files are gone.
    pub async fn gate_report(&self, id: ReleaseId) -> VerbResult<VerifiedReport> {
        self.authorised_release(Verb::ReleaseShow, id).await?;
        let name = format!("release-{id}");
        let folder = below(&self.dir.outbox(), &name)?.or(below(&self.dir.held(), &name)?);
        let gone = || {
            VerbError::refused(
                "The gate report cannot be shown",
                "The files of the release are gone",
                "Read it with them",
            )
        };
        report::verify(self, &folder.ok_or_else(gone)?, None)
    }
}

async fn parquet_facts(service: Service, path: std::path::PathBuf) -> Result<FileFacts, Fault> {
    let (columns, sink) = service.warehouse.read_back(&path, Box::new(Digested::default())).await?;
    let sink =
        (sink as Box<dyn Any>).downcast::<Digested>().map_err(|_| Fault::new("reading gave back another sink"))?;
    let bytes = std::fs::metadata(&path).fault("extract cannot be read back")?.len();
    let name = EXTRACT_PARQUET.to_owned();
    // Parquet has many lawful forms, all written by the same writer here: its cells are compared, not its bytes.
    Ok(FileFacts { name, columns, rows: sink.rows, bytes, content: sink.content.finish(), canonical: true })
}

/// Takes the digest of rows.
#[derive(Default)]
struct Digested {
    content: Content,
    rows: u64,
}

impl RowSink for Digested {
    fn take(&mut self, row: &Row) -> Result<(), Fault> {
        self.rows += 1;
        self.content.row(row)
    }
}

/// Every reason, or nothing where there is none.
fn refusal(outcomes: &[Outcome]) -> Option<Refusal> {
    let told =
        outcomes.iter().flat_map(|outcome| outcome.reasons.iter().map(move |why| format!("{why} ({})", outcome.rule)));
    let reasons: Vec<String> = told.collect();
    (!reasons.is_empty()).then(|| Refusal {
        what: "Nothing was released: the extract did not pass the release gate".into(),
        reasons,
        next: "The guide's page on the release gate tells what each rule looks at".into(),
    })
}

#[cfg(test)]
mod tests;
