//! The verb `tabulate`: a table of the de-identified zone by dimensions that the specification declares, protected, held
//! against all that was published before, recorded, and then written.

mod dimension;
mod document;
mod history;
mod magnitude;
mod page;
mod question;
mod released;
mod reread;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fairway_deid::disclosure::{
    Cell, Definition, DisclosureReport, Measured, Population, Profile, Protected, Published, percentages, protect,
};
use fairway_domain::port::{QueryAnswer, QueryError};
use fairway_domain::{AgreementRef, Fault, FaultExt, OrganisationCode, Refusal, ReleaseId, Zone};
use fairway_governance::{Object, Verb};
use fairway_store::{AuditEvent, Counted, CurrentImport, PublishedTable, Scope};
use jiff::civil::Date;
use serde_json::json;

use crate::context::blocking;
use crate::{Service, VerbError, VerbResult};

use self::dimension::{Dimension, IMPORT};
use self::question::Question;

pub use self::document::{TableDocument, TableRow, TableTotal};
pub use self::released::Requester;

/// The table as comma-separated values: the canonical form.
pub const TABLE_CSV: &str = "table.csv";
/// The table with what is to be known about it.
pub const TABLE_JSON: &str = "table.json";
/// The table as a page.
pub const TABLE_HTML: &str = "table.html";
/// How the table was protected. Not for publication.
pub const DISCLOSURE_JSON: &str = "disclosure.json";

const WHAT: &str = "The table cannot be made";
const UNWRITABLE: &str = "table cannot be written";

/// What is said of each row besides how many it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// Nothing.
    Count,
    /// What share it is of all rows that differ in this dimension alone.
    Percent(String),
    /// The mean of a column.
    Mean(String),
    /// The sum of a column.
    Sum(String),
    /// The median of a column.
    Median(String),
}

impl std::fmt::Display for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count => f.write_str("count"),
            Self::Percent(of) => write!(f, "percent {of}"),
            Self::Mean(column) => write!(f, "mean {column}"),
            Self::Sum(column) => write!(f, "sum {column}"),
            Self::Median(column) => write!(f, "median {column}"),
        }
    }
}

impl Measure {
    fn column(&self) -> Option<&str> {
        match self {
            Self::Count | Self::Percent(_) => None,
            Self::Mean(column) | Self::Sum(column) | Self::Median(column) => Some(column),
        }
    }
}

/// A table that is asked for.
#[derive(Debug, Clone)]
pub struct TableRequest {
    /// The dataset.
    pub dataset: String,
    /// Its dimensions: a column, or `COLUMN:quarter` and the like.
    pub by: Vec<String>,
    /// What is counted; people where the dataset has them, if nothing is said.
    pub counted: Option<Counted>,
    /// What is said of each row.
    pub measure: Measure,
    /// The profile; that of the agreement, else `asc_default`, if nothing is said.
    pub profile: Option<String>,
    /// Values that a record must have to be counted, by dimension.
    pub filter: BTreeMap<String, BTreeSet<String>>,
    /// First and last day of the reporting periods; all where nothing is said.
    pub period: Option<(Date, Date)>,
    /// The senders; all where nothing is said.
    pub organisations: Option<Vec<OrganisationCode>>,
    /// An agreement (YAML document) under which the table is released, if any; without one it is internal.
    pub agreement: Option<String>,
    /// Who is to have it; the agreement's recipient where nothing is said.
    pub recipient: Option<OrganisationCode>,
    /// Who asks for it, where the agreement has it wait for approval.
    pub requester: Option<Requester>,
    /// The folder that the processing centre's own copy is written to.
    pub out: PathBuf,
}

/// A table that was written.
#[derive(Debug, Clone)]
pub struct TableReport {
    /// The folder: where it is released, that in the outbox or among what is held.
    pub folder: PathBuf,
    /// The table.
    pub table: TableDocument,
    /// How it was protected. Not for publication.
    pub report: DisclosureReport,
    /// Whether the very table was published before, where it is internal.
    pub published_before: bool,
    /// The release that it is, if it is one.
    pub release: Option<ReleaseId>,
    /// Whether it is held for approval.
    pub is_held: bool,
}

/// What a table is, whichever submissions it is made of.
struct Shape {
    profile: Profile,
    counted: Counted,
    dimensions: Vec<Dimension>,
    title: String,
}

/// A table that was protected, with everything it was protected by.
struct MadeTable {
    plan: Plan,
    definition: Definition,
    population: Population,
    earlier: Vec<Published>,
    report: DisclosureReport,
    table: TableDocument,
    record: PublishedTable,
}

/// Everything that decides about a table, before any data are read.
struct Plan {
    request: TableRequest,
    profile: Profile,
    counted: Counted,
    agreement: Option<AgreementRef>,
    imports: Vec<CurrentImport>,
    dimensions: Vec<Dimension>,
    national: bool,
    title: String,
}

impl Plan {
    fn new(
        shape: Shape,
        request: TableRequest,
        imports: Vec<CurrentImport>,
        agreement: Option<AgreementRef>,
    ) -> VerbResult<Self> {
        if imports.is_empty() {
            let why = "There is no submission of that dataset, those senders and periods in the de-identified zone";
            return Err(VerbError::refused(WHAT, why, "See fairway status"));
        }
        let Shape { profile, counted, dimensions, title } = shape;
        let senders: BTreeSet<&str> = imports.iter().map(|one| one.organisation.as_str()).collect();
        let all_senders = senders.len() as u64 >= profile.national.least_organisations;
        let national = all_senders && !dimensions.iter().any(Dimension::is_area);
        Ok(Self { request, profile, counted, agreement, imports, dimensions, national, title })
    }
}

/// The profile of a table: the one asked for, else the agreement's, else that of adult social care.
fn profile_name<'a>(request: &'a TableRequest, agreed: Option<&'a str>) -> &'a str {
    request.profile.as_deref().or(agreed).unwrap_or("asc_default")
}

impl Service {
    /// Makes a table, protects it, holds it against all that was published about the same people or events, records it,
    /// and writes it to the request's folder; or refuses with every reason. Both are recorded. Under an agreement it is a
    /// release: held against the gate, and put into the outbox of the recipient or held until it is approved.
    ///
    /// # Errors
    /// Refused for a column that is no dimension, where the agreement does not entitle to the table, where nothing is
    /// there, and where a small number could be worked out and no withholding helps.
    pub async fn tabulate(&self, actor: &str, request: TableRequest) -> VerbResult<TableReport> {
        self.authorise(Verb::TableMake, Object::Centre).await?;
        // One at a time: a table is held against every other, and none may come between.
        let _alone = self.release_alone().await?;
        if let Some(document) = request.agreement.clone() {
            return self.release_table(actor, &document, request).await;
        }
        match self.internal_table(actor, request.clone()).await {
            Err(VerbError::Refused(refusal)) => {
                let mut tx = self.store.tx("table.refuse", self.clock.now()).await?;
                tx.audit(AuditEvent {
                    actor: actor.into(),
                    verb: "TableRefused",
                    object: format!("dataset:{}", request.dataset),
                    detail: json!({ "by": request.by, "measure": request.measure.to_string(), "reasons": refusal.reasons }),
                })
                .await?;
                tx.commit().await?;
                Err(refusal.into())
            }
            done => done,
        }
    }

    async fn internal_table(&self, actor: &str, request: TableRequest) -> VerbResult<TableReport> {
        let shape = self.shape(&request, None)?;
        let period = request.period.unwrap_or((Date::MIN, Date::MAX));
        let scope = Scope { dataset: request.dataset.clone(), organisations: request.organisations.clone(), period };
        let mut imports = self.store.current_imports(&scope).await?;
        imports.retain(|one| period.0 <= one.period.0 && one.period.1 <= period.1);
        let made = self.make_table(Plan::new(shape, request, imports, None)?).await?;
        let published_before = !self.publish(actor, &made.plan, &made.record, &made.report).await?;
        write(&made.plan.request.out, &made.table, &made.report)?;
        let folder = made.plan.request.out;
        Ok(TableReport {
            folder,
            table: made.table,
            report: made.report,
            published_before,
            release: None,
            is_held: false,
        })
    }

    async fn make_table(&self, plan: Plan) -> VerbResult<MadeTable> {
        let earlier = self.published_before(&plan).await?;
        let (definition, population) = self.population(&plan, &earlier).await?;
        let asked = (plan.profile.clone(), plan.national, definition.clone());
        let (protected, population, earlier) = blocking("protecting a table", move || {
            let (profile, national, definition) = asked;
            let protected = protect(&profile, &population, &definition, national, &earlier);
            Ok((protected, population, earlier))
        })
        .await?;
        let protected = protected.map_err(|(reasons, report)| refused_by_audit(reasons, &report))?;
        let values = self.values(&plan, &protected).await?;
        let table = TableDocument::new(&plan, &protected, values, self.clock.today());
        let record = history::record(&plan, &definition, &protected)?;
        Ok(MadeTable { plan, definition, population, earlier, report: protected.report, table, record })
    }

    /// What a table is, by the specification and the profile alone; or every reason why it is none.
    fn shape(&self, request: &TableRequest, agreed: Option<&str>) -> VerbResult<Shape> {
        let spec = self.newest_spec(&request.dataset, WHAT)?;
        let name = profile_name(request, agreed);
        let profile = Profile::named(name)?.ok_or_else(|| {
            let known = Profile::names().join(", ");
            VerbError::refused(WHAT, format!("There is no profile {name}"), format!("Name one of {known}"))
        })?;
        let regions = dimension::regions(&self.dir.reference())?;
        let dimensions = dimension::wanted(&spec, request, &regions)?;
        let people = question::person(&spec).is_some();
        let counted = request.counted.unwrap_or(if people { Counted::People } else { Counted::Events });
        if counted == Counted::People && !people {
            let why = format!("Records of {} do not say whom they are about", request.dataset);
            return Err(VerbError::refused(WHAT, why, "Count events"));
        }
        Ok(Shape { profile, counted, dimensions, title: spec.title.clone() })
    }

    /// Who is to be counted, told apart by what this table and the earlier ones tell apart.
    async fn population(&self, plan: &Plan, earlier: &[Published]) -> VerbResult<(Definition, Population)> {
        let spec = self.newest_spec(&plan.request.dataset, WHAT)?;
        let regions = dimension::regions(&self.dir.reference())?;
        let mut dimensions = plan.dimensions.clone();
        dimension::add_earlier(&spec, &regions, earlier, &mut dimensions)?;
        let imports = question::imports(plan, earlier);
        let question = Question::new(&spec, plan.counted, &dimensions, &imports);
        let most = plan.profile.audit.most_atoms;
        let answer = self.ask_tables(&question.sql, most).await?;
        if answer.cut {
            let why = format!(
                "People or events differ in more than {most} ways by these dimensions and those of earlier tables"
            );
            return Err(VerbError::refused(WHAT, why, "Take fewer or coarser dimensions, or fewer senders"));
        }
        let population = question.population(&dimensions, &answer);
        let mut filter = plan.request.filter.clone();
        filter.insert(IMPORT.to_owned(), plan.imports.iter().map(|one| one.import.to_string()).collect());
        Ok((Definition { by: plan.request.by.clone(), filter }, population))
    }

    /// What is said of each row besides how many it counts.
    async fn values(&self, plan: &Plan, protected: &Protected) -> VerbResult<Option<Vec<String>>> {
        let spec = self.newest_spec(&plan.request.dataset, WHAT)?;
        match &plan.request.measure {
            Measure::Count => Ok(None),
            Measure::Percent(of) => {
                let over = plan.request.by.iter().position(|one| one == of);
                let why = || VerbError::refused(WHAT, format!("{of} is no dimension of the table"), "Name one of --by");
                Ok(Some(percentages(&plan.profile, protected, over.ok_or_else(why)?)))
            }
            measure => {
                let asked = magnitude::Magnitude::new(&spec, plan, measure.column().unwrap_or_default())?;
                let mut answers = Vec::with_capacity(2);
                for sql in asked.questions() {
                    answers.push(self.ask_tables(&sql, plan.profile.audit.most_atoms).await?);
                }
                let values = asked.contributions(&answers, &protected.cells);
                Ok(Some(match measure {
                    Measure::Mean(_) => {
                        fairway_deid::disclosure::averages(&plan.profile, protected, &values, Measured::Mean)
                    }
                    Measure::Median(_) => {
                        fairway_deid::disclosure::averages(&plan.profile, protected, &values, Measured::Median)
                    }
                    _ => fairway_deid::disclosure::sums(&plan.profile, protected, &values),
                }))
            }
        }
    }

    async fn ask_tables(&self, sql: &str, most: usize) -> VerbResult<QueryAnswer> {
        self.warehouse.query(Zone::Deidentified, sql, most).await.map_err(|error| match error {
            QueryError::Refused(why) => VerbError::Fault(Fault::new(format!("table cannot be asked for: {why}"))),
            QueryError::Fault(fault) => fault.into(),
        })
    }

    /// Records a table before anybody can see it: one that is recorded and not written harms nobody. Says whether it is new.
    async fn publish(
        &self,
        actor: &str,
        plan: &Plan,
        record: &PublishedTable,
        report: &DisclosureReport,
    ) -> VerbResult<bool> {
        let mut tx = self.store.tx("table.publish", self.clock.now()).await?;
        let is_new = tx.publish_table(record).await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "TablePublished",
            object: format!("table:{}", record.id),
            detail: json!({
                "dataset": record.dataset, "by": plan.request.by, "counted": record.counted.as_str(),
                "measure": record.measure, "profile": record.profile, "numbers": report.cells,
                "agreement": record.agreement.as_ref().map(AgreementRef::as_str),
                "held_against": report.earlier_tables.len(),
            }),
        })
        .await?;
        tx.commit().await?;
        Ok(is_new)
    }
}

fn refused_by_audit(reasons: Vec<String>, report: &DisclosureReport) -> VerbError {
    /// As many gaps as a person reads.
    const MOST_TOLD: usize = 10;
    let of = |gap: &fairway_deid::disclosure::Gap| {
        let key: Vec<&str> = gap.key.iter().map(|value| value.as_deref().unwrap_or("all")).collect();
        format!("{} could be told from {}", key.join(", "), gap.by.join(" and "))
    };
    let gaps = report.gaps.iter().take(MOST_TOLD).map(of);
    VerbError::Refused(Refusal {
        what: WHAT.into(),
        reasons: reasons.into_iter().chain(gaps).collect(),
        next: "Take fewer or coarser dimensions".into(),
    })
}

/// Puts every file of a table into its folder, each whole or not at all.
fn write(folder: &Path, table: &TableDocument, report: &DisclosureReport) -> Result<(), Fault> {
    write_public(folder, table)?;
    put(folder, DISCLOSURE_JSON, &serde_json::to_vec_pretty(report).fault(UNWRITABLE)?)?;
    std::fs::File::open(folder).and_then(|file| file.sync_all()).fault(UNWRITABLE)
}

/// The same without what is not for publication.
fn write_public(folder: &Path, table: &TableDocument) -> Result<(), Fault> {
    std::fs::create_dir_all(folder).fault(UNWRITABLE)?;
    put(folder, TABLE_CSV, &table.csv()?)?;
    put(folder, TABLE_JSON, &serde_json::to_vec_pretty(table).fault(UNWRITABLE)?)?;
    put(folder, TABLE_HTML, page::render(table)?.as_bytes())
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Fault> {
    let part = folder.join(format!(".{name}.part"));
    std::fs::write(&part, bytes).fault(UNWRITABLE)?;
    std::fs::File::open(&part).and_then(|file| file.sync_all()).fault(UNWRITABLE)?;
    std::fs::rename(&part, folder.join(name)).fault(UNWRITABLE)
}

/// The cells of a table in order, as the measures number them.
fn keys(cells: &[Cell]) -> BTreeMap<&[Option<String>], usize> {
    cells.iter().enumerate().map(|(at, cell)| (cell.key.as_slice(), at)).collect()
}
