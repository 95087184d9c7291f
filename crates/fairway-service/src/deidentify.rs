//! The job `deidentify`: birth dates become ages, postcodes areas, numbers pseudonyms; free text stays behind.
//! What each derived column is made of stands in the specification.

use std::sync::Arc;

use fairway_deid::cipher::{CellCipher, VaultKey};
use fairway_deid::keyholder::FileKeyholder;
use fairway_domain::port::{AppendOrder, Join, ScanOrder};
use fairway_domain::{KeyDomain, SubmissionEvent};
use fairway_spec::{Role, Spec};
use fairway_store::{LeasedJob, Submission};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::deid_map::{About, DeidMap, Sealed};
use crate::identity::event;
use crate::plan;
use crate::work::JobFigures;
use crate::{Service, VerbResult};

/// The key domain of the de-identified zone.
pub(crate) fn zone_domain() -> KeyDomain {
    KeyDomain { name: "zone:deidentified".into(), epoch: 1 }
}

impl Service {
    pub(crate) async fn deidentify(&self, leased: &LeasedJob, submission: Submission) -> VerbResult<JobFigures> {
        let id = submission.id;
        let spec = self.spec_of(&submission)?;
        let vault = VaultKey::open(&self.dir.vault_key())?;
        let key = self.kept_load_key(&vault, id).await?;
        let directory = self.postcodes().await?;
        let postcodes = directory.version().to_string();
        let about = self.about(&submission, &postcodes).await?;
        let map = DeidMap::new(&spec, about, CellCipher::new(&key), directory, self.keyholder()?)?;
        let order = AppendOrder { import: id.into(), tables: vec![plan::deidentified(&spec)] };
        let commit = self.warehouse.derive(everything(&spec, &submission), order, Box::new(map)).await?;
        self.progress.finished("De-identifying");

        let mut tx = self.store.tx("submission.deidentify", self.clock.now()).await?;
        tx.advance(id, SubmissionEvent::DeidentifyCompleted).await?;
        let figures = json!({ "rows": commit.rows, "version": commit.version, "postcode_directory": postcodes });
        tx.audit(event("worker", "DeidCompleted", id, figures)).await?;
        tx.complete(leased).await?;
        tx.commit().await?;
        Ok(JobFigures { records: commit.rows, note: format!("{} rows in the de-identified zone", commit.rows) })
    }

    async fn about(&self, submission: &Submission, postcodes: &str) -> VerbResult<About> {
        Ok(About {
            submission: submission.id.to_string(),
            import_date: submission.landed_at.to_zoned(TimeZone::UTC).date(),
            names: self.names().await?,
            postcode_directory: postcodes.to_owned(),
            progress: self.progress.clone(),
        })
    }

    /// The keyholder, a module with a file of its own.
    pub(crate) fn keyholder(&self) -> VerbResult<Arc<FileKeyholder>> {
        Ok(Arc::new(FileKeyholder::open(&self.dir.keyholder())?.on(self.clock.today())))
    }
}

/// The events of a submission with what the vault and the trace know beside them, in the order of the file.
/// The cells are those that [`DeidMap`] counts on.
fn everything(spec: &Spec, submission: &Submission) -> ScanOrder {
    let events = plan::events(spec);
    let sealed =
        [Role::BirthDate, Role::Postcode, Role::EventDescription].iter().filter_map(|r| spec.field_of_role(*r));
    ScanOrder {
        table: events.table,
        columns: events.columns.into_iter().map(|column| column.name).collect(),
        imports: vec![submission.id.into()],
        joins: vec![
            Join {
                table: plan::vault(spec).table,
                on: vec![plan::RECORD.into()],
                columns: sealed.map(|field| field.column.clone()).collect(),
            },
            Join {
                table: plan::traces(spec).table,
                on: vec![plan::PERSON_UID.into()],
                columns: vec![plan::TRACED_UID.into(), plan::TRACE_CODE.into()],
            },
        ],
        order_by: vec![plan::RECORD.into()],
        shuffle: false,
    }
}

impl Sealed {
    /// Where the sealed cells stand in a row of [`everything`].
    pub(crate) fn of(spec: &Spec) -> Self {
        let mut next = plan::events(spec).columns.len();
        let mut place = |role| {
            spec.field_of_role(role).map(|field| {
                next += 1;
                (next - 1, field.column.clone())
            })
        };
        let (born, postcode, description) =
            (place(Role::BirthDate), place(Role::Postcode), place(Role::EventDescription));
        Self { born, postcode, description, traced_uid: next, trace_code: next + 1 }
    }
}
