//! Tables of figures that were published, and what each of their numbers tells.

use std::collections::HashMap;

use fairway_domain::words;
use fairway_domain::{AgreementRef, Digest, Fault};
use jiff::Timestamp;

use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

words!(
    /// What a table counts.
    Counted, "a table counts people or events", {
        /// Persons, each once.
        People = "people",
        /// Records.
        Events = "events",
    }
);

words!(
    /// What stands for a number.
    NumberShown, "a number is shown as a count, small or withheld", {
        /// The number, rounded.
        Count = "count",
        /// That it is small.
        Small = "small",
        /// Nothing.
        Withheld = "withheld",
    }
);

/// A table that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedTable {
    /// SHA-256 over what it counts, how it is protected and what it shows.
    pub id: Digest,
    /// The dataset.
    pub dataset: String,
    /// What is counted.
    pub counted: Counted,
    /// What is said of each row, such as `count` or `mean Unit_Cost`.
    pub measure: String,
    /// The profile of disclosure control.
    pub profile: String,
    /// Dimensions and filter with its submissions, as JSON.
    pub definition: String,
    /// The agreement it was made under, if any.
    pub agreement: Option<AgreementRef>,
    /// When it was last published.
    pub published_at: Timestamp,
    /// Its numbers, in order.
    pub numbers: Vec<PublishedNumber>,
}

/// A number of a published table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedNumber {
    /// Value of each dimension as a JSON array, null for all together.
    pub row_key: String,
    /// What stands there.
    pub shown: NumberShown,
    /// The least that a reader can take it for.
    pub low: u64,
    /// The greatest, if there is one.
    pub high: Option<u64>,
}

#[derive(sqlx::FromRow)]
struct TableRow {
    id: String,
    dataset: String,
    counted: String,
    measure: String,
    profile: String,
    definition: String,
    agreement: Option<String>,
    published_at: String,
}

#[derive(sqlx::FromRow)]
struct NumberRow {
    published_table: String,
    row_key: String,
    shown: String,
    low: i64,
    high: Option<i64>,
}

impl TableRow {
    fn read(self, numbers: &mut HashMap<String, Vec<PublishedNumber>>) -> Result<PublishedTable, Fault> {
        Ok(PublishedTable {
            numbers: numbers.remove(&self.id).unwrap_or_default(),
            id: text::read_word(&self.id, "digest")?,
            dataset: self.dataset,
            counted: text::read_word(&self.counted, "word")?,
            measure: self.measure,
            profile: self.profile,
            definition: self.definition,
            agreement: self.agreement.as_deref().map(|one| text::read_word(one, "agreement")).transpose()?,
            published_at: text::read_instant(&self.published_at)?,
        })
    }
}

impl Store {
    /// Tables of a dataset that were published since a time, the earliest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn published_tables(&self, dataset: &str, since: Timestamp) -> Result<Vec<PublishedTable>, Fault> {
        const WHAT: &str = "published tables cannot be read";
        let mut reader = self.reader().await?;
        let since = text::instant(since);
        let numbers: Vec<NumberRow> = sqlx::query_as(
            "SELECT c.published_table, c.row_key, c.shown, c.low, c.high
             FROM published_cell c JOIN published_table t ON t.id = c.published_table
             WHERE t.dataset = $1 AND t.published_at >= $2 ORDER BY c.published_table, c.place",
        )
        .bind(dataset)
        .bind(&since)
        .fetch_all(&mut *reader)
        .await
        .sql(WHAT)?;
        let tables: Vec<TableRow> = sqlx::query_as(
            "SELECT * FROM published_table WHERE dataset = $1 AND published_at >= $2 ORDER BY published_at, id",
        )
        .bind(dataset)
        .bind(&since)
        .fetch_all(&mut *reader)
        .await
        .sql(WHAT)?;
        let mut by_table: HashMap<String, Vec<PublishedNumber>> = HashMap::new();
        for row in numbers {
            let number = PublishedNumber {
                row_key: row.row_key,
                shown: text::read_word(&row.shown, "word")?,
                low: text::from_sql(row.low)?,
                high: row.high.map(text::from_sql).transpose()?,
            };
            by_table.entry(row.published_table).or_default().push(number);
        }
        tables.into_iter().map(|row| row.read(&mut by_table)).collect()
    }
}

impl Tx {
    /// Records that a table is published. The same table again is published anew from this time on, and nothing else
    /// changes; says whether it is a new one.
    ///
    /// # Errors
    /// When the ledger refuses.
    pub async fn publish_table(&mut self, table: &PublishedTable) -> Result<bool, Fault> {
        const WHAT: &str = "published table cannot be written";
        let (id, now) = (table.id.to_string(), self.now());
        let known: Option<String> = sqlx::query_scalar("SELECT id FROM published_table WHERE id = $1")
            .bind(&id)
            .fetch_optional(self.reading())
            .await
            .sql(WHAT)?;
        sqlx::query(
            "INSERT INTO published_table
             (id, dataset, counted, measure, profile, definition, agreement, published_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (id) DO UPDATE SET published_at = excluded.published_at",
        )
        .bind(&id)
        .bind(&table.dataset)
        .bind(table.counted.as_str())
        .bind(&table.measure)
        .bind(&table.profile)
        .bind(&table.definition)
        .bind(table.agreement.as_ref().map(AgreementRef::as_str))
        .bind(now)
        .execute(self.writing())
        .await
        .sql(WHAT)?;
        if known.is_some() {
            return Ok(false);
        }
        for (place, number) in table.numbers.iter().enumerate() {
            sqlx::query(
                "INSERT INTO published_cell (published_table, place, row_key, shown, low, high)
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(&id)
            .bind(text::to_sql(place as u64)?)
            .bind(&number.row_key)
            .bind(number.shown.as_str())
            .bind(text::to_sql(number.low)?)
            .bind(number.high.map(text::to_sql).transpose()?)
            .execute(self.writing())
            .await
            .sql(WHAT)?;
        }
        Ok(true)
    }
}
