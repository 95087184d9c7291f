use fairway_domain::{Fault, ImportId, OrganisationCode, SubmissionId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::database::Statement;
use crate::error::SqlExt;
use crate::store::Store;
use crate::text;

/// Which de-identified data is asked for.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The dataset, such as `asc-cld`.
    pub dataset: String,
    /// The organisations whose data is wanted; `None` for all.
    pub organisations: Option<Vec<OrganisationCode>>,
    /// First and last day; a submission counts when its reporting period shares a day with this.
    pub period: (Date, Date),
}

/// A submission whose de-identified rows are the ones to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentImport {
    /// The import its rows bear.
    pub import: ImportId,
    /// The submission.
    pub submission: SubmissionId,
    /// The sender.
    pub organisation: OrganisationCode,
    /// The release of its specification.
    pub release: String,
    /// First and last day of its reporting period.
    pub period: (Date, Date),
    /// When it was acknowledged.
    pub landed_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct CurrentRow {
    id: String,
    organisation: String,
    release: String,
    period_start: String,
    period_end: String,
    landed_at: String,
}

impl CurrentRow {
    fn read(self) -> Result<CurrentImport, Fault> {
        let submission: SubmissionId = text::read_word(&self.id, "submission")?;
        Ok(CurrentImport {
            import: submission.into(),
            submission,
            organisation: text::read_word(&self.organisation, "organisation")?,
            release: self.release,
            period: (text::read_word(&self.period_start, "day")?, text::read_word(&self.period_end, "day")?),
            landed_at: text::read_instant(&self.landed_at)?,
        })
    }
}

/// A submission is replaced by one that supersedes it, directly or through others, once that one is de-identified too
/// (until then the earlier rows are the best there are); and by a later one of the same organisation for the same period.
const CURRENT: &str = "
    WITH RECURSIVE replaced (id) AS (
        SELECT supersedes FROM submission WHERE state = 'deidentified' AND supersedes IS NOT NULL
        UNION
        SELECT s.supersedes FROM submission s JOIN replaced r ON s.id = r.id WHERE s.supersedes IS NOT NULL
    )
    SELECT s.id, s.organisation, s.release, s.period_start, s.period_end, s.landed_at
    FROM submission s
    WHERE s.state = 'deidentified'
      AND s.id NOT IN (SELECT id FROM replaced)
      AND NOT EXISTS (
          SELECT 1 FROM submission l
          WHERE l.dataset = s.dataset AND l.state = 'deidentified' AND l.organisation = s.organisation
            AND l.period_start = s.period_start AND l.period_end = s.period_end
            AND (l.landed_at > s.landed_at OR (l.landed_at = s.landed_at AND l.id > s.id))
      )
      AND s.dataset = ";

impl Store {
    /// The de-identified submissions in scope that no other has replaced, by organisation and time of landing.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn current_imports(&self, scope: &Scope) -> Result<Vec<CurrentImport>, Fault> {
        let mut statement = Statement::new(CURRENT);
        statement.bind(&scope.dataset);
        statement.push(" AND s.period_start <= ").bind(scope.period.1.to_string());
        statement.push(" AND s.period_end >= ").bind(scope.period.0.to_string());
        if let Some(organisations) = &scope.organisations {
            statement.push(" AND s.organisation IN ").list(organisations.iter().map(OrganisationCode::as_str));
        }
        statement.push(" ORDER BY s.organisation, s.landed_at, s.id");
        let rows: Vec<CurrentRow> = statement
            .query_as()
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql("current submissions cannot be read")?;
        rows.into_iter().map(CurrentRow::read).collect()
    }
}
