//! The job `deidentify`: birth dates become ages, postcodes areas, numbers pseudonyms; free text stays behind.
//! What each derived column is made of stands in the specification.

use fairway_deid::cipher::CellCipher;
use fairway_domain::port::AppendOrder;
use fairway_domain::{KeyDomain, SubmissionEvent};
use fairway_store::{LeasedJob, Submission};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::deid_map::DeidMap;
use crate::derive::{About, Deriver, everything};
use crate::identity::event;
use crate::lookup::versioned;
use crate::plan;
use crate::work::JobFigures;
use crate::{Service, VerbResult};

impl Service {
    pub(crate) async fn deidentify(&self, leased: &LeasedJob, submission: Submission) -> VerbResult<JobFigures> {
        let id = submission.id;
        let spec = self.spec_of(&submission)?;
        let vault = self.vault_key()?;
        let key = self.kept_load_key(&vault, id).await?;
        self.active_key("worker", &KeyDomain::national_repository()).await?;
        let used = self.chosen_references(id).await?;
        let references = self.references(&spec, &used).await?;
        let used = versioned(used, &references);
        let postcodes = references.postcodes_version.clone();
        let about = self.about(&submission).await?;
        let deriver = Deriver::new(&spec, about, references, CellCipher::new(&key), self.keyholder.clone())?;
        let map = DeidMap::new(&spec, deriver, self.progress.clone());
        let order = AppendOrder { import: id.into(), tables: vec![plan::deidentified(&spec)] };
        let commit = self.warehouse.derive(everything(&spec, id.into()), order, Box::new(map)).await?;
        self.progress.finished("De-identifying");

        let mut tx = self.store.tx("submission.deidentify", self.clock.now()).await?;
        tx.advance(id, SubmissionEvent::DeidentifyCompleted).await?;
        for reference in &used {
            tx.keep_import_reference(id, reference).await?;
        }
        let figures = json!({ "rows": commit.rows, "version": commit.version, "postcode_directory": postcodes });
        tx.audit(event("worker", "DeidCompleted", id, figures)).await?;
        tx.complete(leased).await?;
        tx.commit().await?;
        Ok(JobFigures { records: commit.rows, note: format!("{} rows in the de-identified zone", commit.rows) })
    }

    async fn about(&self, submission: &Submission) -> VerbResult<About> {
        Ok(About {
            submission: submission.id.to_string(),
            persons: self.store.persons(self.clock.now()).await?,
            import_date: submission.landed_at.to_zoned(TimeZone::UTC).date(),
            names: self.council_names().await?,
        })
    }
}
