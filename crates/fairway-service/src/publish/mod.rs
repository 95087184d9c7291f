//! The public register: the councils that take part, and every file that was released. A projection of the ledger, made anew
//! each time; nothing in it is about one person.

mod files;
mod page;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fairway_domain::governance::{NoticeState, PaperKind};
use fairway_domain::{FactKind, OrganisationCode, ReleaseId};
use fairway_governance::papers::{AgreementPaper, NoticePaper};
use fairway_governance::{Agreement, DataClass, Object, Onward, Verb};
use fairway_store::{AuditEvent, OutboxItem, OutboxKind, Release};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;

use crate::context::blocking;
use crate::{Service, VerbResult};

/// The page of the register.
pub const REGISTER_PAGE: &str = "register.html";
/// The register for programs.
pub const REGISTER_JSON: &str = "register.json";
/// Its releases, a row a file.
pub const RELEASES_CSV: &str = "releases.csv";
/// Its councils.
pub const PARTICIPANTS_CSV: &str = "participants.csv";

/// The public register on one day.
#[derive(Debug, Clone, Serialize)]
pub struct PublicRegister {
    /// The day on which it was made, year-month-day.
    pub as_of: String,
    /// The councils that acknowledged a notice in force, by code.
    pub participants: Vec<Participant>,
    /// Every file that was released, newest first.
    pub releases: Vec<ReleasedFile>,
}

/// A council that takes part.
#[derive(Debug, Clone, Serialize)]
pub struct Participant {
    /// Its code.
    pub code: String,
    /// Its name; blank where the code is of nobody who is known here.
    pub name: String,
    /// The dataset that it provides.
    pub dataset: String,
    /// The notice that it acknowledged.
    pub notice: String,
    /// The day on which it did.
    pub since: String,
}

/// One physical file that left.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ReleasedFile {
    /// The day on which it was placed in the outbox.
    pub released_on: String,
    /// The release that it is a part of.
    pub release: String,
    /// What became of the release.
    pub state: String,
    /// The agreement's reference with its version.
    pub agreement: String,
    /// What the agreement is called; blank with what follows where no such agreement was registered here.
    pub title: String,
    /// Who answers for the data.
    pub controllers: Vec<String>,
    /// `sole` or `joint`.
    pub controllership: String,
    /// Who received it.
    pub recipient: String,
    /// Datasets, the linked ones too.
    pub datasets: Vec<String>,
    /// `pseudonymised`, `aggregated` or `identifiable`.
    pub data: String,
    /// What the data are for.
    pub purpose: String,
    /// Under which law.
    pub legal_basis: String,
    /// Whether people who opted out were left out, and why or why not.
    pub opt_outs: String,
    /// Whether the recipient may pass the data on: `none`, `named` or `sublicence`.
    pub onward_sharing: String,
    /// Whether the purpose is commercial.
    pub commercial: bool,
    /// First day of the agreement.
    pub agreement_start: String,
    /// Last day of the agreement.
    pub agreement_end: String,
    /// Name of the file.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// Rows of the release's extract.
    pub rows: u64,
    /// The day on which it was fetched; blank where it was not.
    pub fetched_on: String,
}

/// Where a register was written.
#[derive(Debug, Clone)]
pub struct RegisterPublished {
    /// The register.
    pub register: PublicRegister,
    /// The folder.
    pub folder: PathBuf,
    /// The files in it.
    pub files: [&'static str; 4],
}

impl PublicRegister {
    /// The register as one page of HTML, without scripts or other files.
    pub fn page(&self) -> String {
        page::render(self)
    }
}

impl Service {
    /// The public register as of today.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn public_register(&self) -> VerbResult<PublicRegister> {
        self.authorise(Verb::RegisterRead, Object::Several).await?;
        self.register_today().await
    }

    async fn register_today(&self) -> VerbResult<PublicRegister> {
        Ok(PublicRegister {
            as_of: self.clock.today().to_string(),
            participants: self.participants().await?,
            releases: self.released_files().await?,
        })
    }

    /// Writes the public register into a folder as a page, as JSON and as CSV, each file whole or not at all. The same ledger
    /// on the same day gives the same bytes.
    ///
    /// # Errors
    /// When the ledger cannot be read or the folder cannot be written.
    pub async fn publish_register(&self, actor: &str, folder: &Path) -> VerbResult<RegisterPublished> {
        self.authorise(Verb::RegisterPublish, Object::Centre).await?;
        let register = self.register_today().await?;
        // Recorded, then written: nothing appears that the log does not tell of.
        let mut tx = self.store.tx("register.publish", self.clock.now()).await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "RegisterPublished",
            object: "centre".into(),
            detail: json!({ "participants": register.participants.len(), "files": register.releases.len() }),
        })
        .await?;
        tx.commit().await?;
        let (written, into) = (register.clone(), folder.to_owned());
        blocking("writing the register", move || Ok(files::write(&written, &into)?)).await?;
        let files = [REGISTER_PAGE, REGISTER_JSON, RELEASES_CSV, PARTICIPANTS_CSV];
        Ok(RegisterPublished { register, folder: folder.to_owned(), files })
    }

    async fn participants(&self) -> VerbResult<Vec<Participant>> {
        let notices = self.papers_of::<NoticePaper>(PaperKind::Notice).await?;
        let mut participants = Vec::new();
        for notice in notices.iter().filter(|notice| notice.state == NoticeState::InForce) {
            for (code, since) in notice.participants() {
                participants.push(Participant {
                    code: code.to_string(),
                    name: self.name_on(code, since).await?,
                    dataset: notice.dataset.clone(),
                    notice: notice.reference.clone(),
                    since: since.to_string(),
                });
            }
        }
        participants.sort_by(|a, b| (&a.code, &a.dataset).cmp(&(&b.code, &b.dataset)));
        Ok(participants)
    }

    /// The name of an organisation on a day: of what was imported, else of those that may send; blank where nobody has the code.
    async fn name_on(&self, code: &OrganisationCode, day: Date) -> VerbResult<String> {
        let records = self.records_coded(code).await?;
        let imported = records.first().and_then(|record| record.on(FactKind::Name, day)).map(|fact| fact.value.clone());
        if let Some(name) = imported {
            return Ok(name);
        }
        Ok(self.store.organisation(code).await?.map(|known| known.name).unwrap_or_default())
    }

    async fn released_files(&self) -> VerbResult<Vec<ReleasedFile>> {
        let releases: BTreeMap<ReleaseId, Release> =
            self.store.releases(u32::MAX).await?.into_iter().map(|release| (release.id, release)).collect();
        let agreements = self.registered_documents().await?;
        let mut rows = Vec::new();
        for item in self.store.outbox_items(u32::MAX).await? {
            let release = release_of(&item.file.path).and_then(|id| releases.get(&id));
            let Some(release) = release.filter(|_| item.kind == OutboxKind::Release) else { continue };
            rows.push(row(&item, release, agreements.get(release.agreement.as_str())));
        }
        Ok(rows)
    }

    /// What the registered agreements say, by reference.
    async fn registered_documents(&self) -> VerbResult<BTreeMap<String, Agreement>> {
        let mut documents = BTreeMap::new();
        for paper in self.papers_of::<AgreementPaper>(PaperKind::Agreement).await? {
            let text = self.store.document(&paper.document).await?.unwrap_or_default();
            if let Ok(agreement) = Agreement::parse(&text) {
                documents.insert(paper.reference.to_string(), agreement);
            }
        }
        Ok(documents)
    }
}

/// The release that a path of the outbox belongs to.
pub(crate) fn release_of(path: &str) -> Option<ReleaseId> {
    path.split('/').find_map(|part| part.strip_prefix("release-")?.parse().ok())
}

fn row(item: &OutboxItem, release: &Release, agreement: Option<&Agreement>) -> ReleasedFile {
    let day = |at: jiff::Timestamp| at.to_zoned(TimeZone::UTC).date().to_string();
    let file = ReleasedFile {
        released_on: day(item.created_at),
        release: release.id.to_string(),
        state: release.state.to_string(),
        agreement: release.agreement.to_string(),
        recipient: release.recipient.to_string(),
        file: item.file.path.rsplit('/').next().unwrap_or_default().to_owned(),
        bytes: item.file.bytes,
        sha256: item.file.digest.to_string(),
        rows: release.files.as_ref().map_or(0, |files| files.rows),
        fetched_on: item.collected_at.map(day).unwrap_or_default(),
        ..ReleasedFile::default()
    };
    let is_table = file.file.starts_with("table.");
    let mut file = agreement.map_or(file.clone(), |agreement| told_by(agreement, file));
    if is_table {
        file.data = class(DataClass::Aggregated).into();
    }
    file
}

/// A row with what the agreement says.
fn told_by(agreement: &Agreement, file: ReleasedFile) -> ReleasedFile {
    let said = &agreement.particulars;
    let party = |party: &fairway_governance::Party| format!("{} ({})", party.name, party.organisation);
    let linked = agreement.linkages.iter().map(|linkage| linkage.dataset.clone());
    let further = said.further.iter().map(|further| further.dataset.clone());
    let opt_outs = said.opt_outs.as_ref().map(|policy| {
        let applied = if policy.applied { "applied" } else { "not applied" };
        format!("{applied}: {}", policy.reason)
    });
    ReleasedFile {
        title: agreement.title.clone(),
        controllers: agreement.controllers.iter().map(party).collect(),
        controllership: if agreement.controllers.len() > 1 { "joint".into() } else { "sole".into() },
        recipient: party(&agreement.recipient),
        datasets: std::iter::once(agreement.dataset.clone()).chain(further).chain(linked).collect(),
        data: said.class.map(class).unwrap_or_default().into(),
        purpose: agreement.purpose.trim().to_owned(),
        legal_basis: agreement.legal_basis.trim().to_owned(),
        opt_outs: opt_outs.unwrap_or_default(),
        onward_sharing: said.onward.map(onward).unwrap_or_default().into(),
        commercial: said.commercial,
        agreement_start: agreement.start.to_string(),
        agreement_end: agreement.end.to_string(),
        ..file
    }
}

fn class(class: DataClass) -> &'static str {
    match class {
        DataClass::Pseudonymised => "pseudonymised",
        DataClass::Aggregated => "aggregated",
        DataClass::Identifiable => "identifiable",
    }
}

fn onward(onward: Onward) -> &'static str {
    match onward {
        Onward::None => "none",
        Onward::Named => "named",
        Onward::Sublicence => "sublicence",
    }
}
