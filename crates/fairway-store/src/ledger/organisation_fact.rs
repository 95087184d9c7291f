//! Dated facts about organisations: what was true when, and what was known of it when.

use fairway_domain::{Fault, OrganisationCode, OrganisationFact, RecordedFact};

use crate::database::Conn;
use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

#[derive(sqlx::FromRow)]
struct FactRow {
    organisation: String,
    fact: String,
    value: String,
    detail: String,
    valid_from: Option<String>,
    valid_until: Option<String>,
    source: String,
    confidence: String,
    recorded_at: String,
    superseded_at: Option<String>,
}

impl FactRow {
    fn read(self) -> Result<RecordedFact, Fault> {
        Ok(RecordedFact {
            fact: OrganisationFact {
                organisation: text::read_word(&self.organisation, "organisation")?,
                kind: text::read_word(&self.fact, "kind of fact")?,
                value: self.value,
                detail: self.detail,
                from: text::read_day(self.valid_from.as_deref())?,
                until: text::read_day(self.valid_until.as_deref())?,
                source: self.source,
                confidence: text::read_word(&self.confidence, "confidence")?,
            },
            recorded_at: text::read_instant(&self.recorded_at)?,
            superseded_at: text::read_instant_option(self.superseded_at.as_deref())?,
        })
    }
}

macro_rules! facts {
    ($condition:literal) => {
        concat!(
            "SELECT organisation, fact, value, detail, valid_from, valid_until, source, confidence, recorded_at,
                 superseded_at FROM organisation_fact WHERE ",
            $condition,
            " ORDER BY organisation, id"
        )
    };
}

async fn read_all(conn: &mut Conn, statement: &'static str, value: &str) -> Result<Vec<RecordedFact>, Fault> {
    let rows: Vec<FactRow> =
        sqlx::query_as(statement).bind(value).fetch_all(conn).await.sql("facts about organisations cannot be read")?;
    rows.into_iter().map(FactRow::read).collect()
}

impl Store {
    /// Every fact about one organisation, those found to be otherwise too, in the order in which they were recorded.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn facts_of(&self, organisation: &OrganisationCode) -> Result<Vec<RecordedFact>, Fault> {
        read_all(&mut *self.reader().await?, facts!("organisation = $1"), organisation.as_str()).await
    }

    /// Every fact about the organisations of a kind (`council`, `icb`).
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn facts_of_kind(&self, kind: &str) -> Result<Vec<RecordedFact>, Fault> {
        const OF_KIND: &str =
            facts!("organisation IN (SELECT organisation FROM organisation_fact WHERE fact = 'kind' AND value = $1)");
        read_all(&mut *self.reader().await?, OF_KIND, kind).await
    }

    /// The organisations with this code now or ever, whatever list the code is of.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn organisations_coded(&self, code: &str) -> Result<Vec<OrganisationCode>, Fault> {
        let codes: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT organisation FROM organisation_fact
             WHERE fact IN ('ods', 'gss', 'handle') AND value = $1 AND superseded_at IS NULL ORDER BY organisation",
        )
        .bind(code)
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("organisations cannot be read")?;
        codes.iter().map(|code| text::read_word(code, "organisation")).collect()
    }

    /// How many organisations of each kind are known, in the order of the kinds.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn organisation_kinds(&self) -> Result<Vec<(String, u64)>, Fault> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT value, COUNT(DISTINCT organisation) FROM organisation_fact WHERE fact = 'kind' AND superseded_at IS NULL
             GROUP BY value ORDER BY value",
        )
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("organisations cannot be read")?;
        rows.into_iter().map(|(kind, count)| Ok((kind, text::from_sql(count)?))).collect()
    }
}

impl Tx {
    /// Every fact that counts now, as this transaction sees them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn current_facts(&mut self) -> Result<Vec<OrganisationFact>, Fault> {
        let facts = read_all(self.reading(), facts!("superseded_at IS NULL AND organisation <> $1"), "").await?;
        Ok(facts.into_iter().map(|recorded| recorded.fact).collect())
    }

    /// Records a fact.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn record_fact(&mut self, fact: &OrganisationFact) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO organisation_fact (id, organisation, fact, value, detail, valid_from, valid_until, source,
                 confidence, recorded_at)
             SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM organisation_fact",
        )
        .bind(fact.organisation.as_str())
        .bind(fact.kind.as_str())
        .bind(&fact.value)
        .bind(&fact.detail)
        .bind(fact.from.map(|day| day.to_string()))
        .bind(fact.until.map(|day| day.to_string()))
        .bind(&fact.source)
        .bind(fact.confidence.as_str())
        .bind(now)
        .execute(self.writing())
        .await
        .sql("fact about an organisation cannot be recorded")
        .map(|_done| ())
    }

    /// Records that a fact was found to be otherwise. It stays readable.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn supersede_fact(&mut self, fact: &OrganisationFact) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "UPDATE organisation_fact SET superseded_at = $1
             WHERE organisation = $2 AND fact = $3 AND value = $4 AND detail = $5 AND COALESCE(valid_from, '') = $6
                 AND COALESCE(valid_until, '') = $7 AND superseded_at IS NULL",
        )
        .bind(now)
        .bind(fact.organisation.as_str())
        .bind(fact.kind.as_str())
        .bind(&fact.value)
        .bind(&fact.detail)
        .bind(fact.from.map(|day| day.to_string()).unwrap_or_default())
        .bind(fact.until.map(|day| day.to_string()).unwrap_or_default())
        .execute(self.writing())
        .await
        .sql("fact about an organisation cannot be superseded")
        .map(|_done| ())
    }
}
