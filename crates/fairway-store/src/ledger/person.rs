//! Who turned out to be whom: merges and splits are events, and what they say of a person is followed, never written over.

use std::collections::{HashMap, HashSet};

use fairway_domain::words;
use fairway_domain::{Fault, LinkClass, PersonUid, SubmissionId};
use jiff::Timestamp;

use crate::database::{Conn, Statement};
use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

words!(
    /// What became of a person.
    PersonChange, "merge or split", {
        /// It is another from then on.
        Merge = "merge",
        /// It is itself again.
        Split = "split",
    }
);

/// One merge or split. Two people stand behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonEvent {
    /// What became of the person.
    pub what: PersonChange,
    /// The person.
    pub uid: PersonUid,
    /// Who it is from then on: itself after a split.
    pub is_now: PersonUid,
    /// Since when.
    pub at: Timestamp,
    /// Who asked for it.
    pub asked_by: String,
    /// Who agreed; another.
    pub approved_by: String,
    /// Why, in words that name nobody.
    pub reason: String,
}

/// Who everybody is, as of a time.
#[derive(Debug, Clone, Default)]
pub struct Persons(HashMap<PersonUid, PersonUid>);

impl Persons {
    /// Who a person is: the one at the end of its merges.
    pub fn now(&self, uid: PersonUid) -> PersonUid {
        let mut person = uid;
        // Merges make no circle; a ledger that was tampered with may, and must not hold us for ever.
        for _ in 0..self.0.len() {
            match self.0.get(&person) {
                Some(next) if *next != person => person = *next,
                _ => break,
            }
        }
        person
    }

    /// Whether nobody was ever merged.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

async fn persons(conn: &mut Conn, as_of: Timestamp) -> Result<Persons, Fault> {
    let rows: Vec<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as("SELECT uid, is_now FROM person_event WHERE at <= $1 ORDER BY id")
            .bind(text::instant(as_of))
            .fetch_all(conn)
            .await
            .sql("merges of persons cannot be read")?;
    let mut all = HashMap::with_capacity(rows.len());
    for (uid, is_now) in rows {
        all.insert(PersonUid(text::read_bytes(&uid)?), PersonUid(text::read_bytes(&is_now)?));
    }
    Ok(Persons(all))
}

impl Store {
    /// Who everybody is as of a time: the latest event until then counts.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn persons(&self, as_of: Timestamp) -> Result<Persons, Fault> {
        persons(&mut *self.reader().await?, as_of).await
    }

    /// The kinds of identifier by which a person is known; none for a number that is nobody's.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn kinds_of(&self, uid: PersonUid) -> Result<HashSet<String>, Fault> {
        let kinds: Vec<String> = sqlx::query_scalar("SELECT DISTINCT kind FROM identity WHERE uid = $1")
            .bind(&uid.0[..])
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql("identity map cannot be read")?;
        Ok(kinds.into_iter().collect())
    }

    /// The classes that traces gave an identifier, by its kind and blind index, latest last.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn classes_of(&self, kind: &str, blind: [u8; 32]) -> Result<Vec<LinkClass>, Fault> {
        let words: Vec<String> = sqlx::query_scalar(
            "SELECT link_class FROM identity_class WHERE kind = $1 AND blind_index = $2 ORDER BY at, link_class",
        )
        .bind(kind)
        .bind(&blind[..])
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("classes of identifiers cannot be read")?;
        words.iter().map(|word| text::read_word(word, "link class")).collect()
    }
}

impl Tx {
    /// Who everybody is now, as this transaction sees it.
    pub(super) async fn persons(&mut self) -> Result<Persons, Fault> {
        let at = self.at();
        persons(self.reading(), at).await
    }

    /// Records a merge or split. Whether it makes sense is for the caller to say.
    ///
    /// # Errors
    /// When the same person asked and agreed, or the ledger refuses.
    pub async fn record_person_event(&mut self, event: &PersonEvent) -> Result<(), Fault> {
        sqlx::query(
            "INSERT INTO person_event (what, uid, is_now, at, asked_by, approved_by, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(event.what.as_str())
        .bind(&event.uid.0[..])
        .bind(&event.is_now.0[..])
        .bind(text::instant(event.at))
        .bind(&event.asked_by)
        .bind(&event.approved_by)
        .bind(&event.reason)
        .execute(self.writing())
        .await
        .sql("merge or split cannot be written")
        .map(|_done| ())
    }

    /// Keeps how well a trace knows these identifiers. What was kept before stays.
    ///
    /// # Errors
    /// When an identifier is not in the map, or the ledger refuses.
    pub async fn keep_classes(
        &mut self,
        kind: &str,
        known: &[([u8; 32], LinkClass)],
        source: SubmissionId,
    ) -> Result<(), Fault> {
        const CHUNK: usize = 2_000;
        let (now, source) = (self.now(), source.to_string());
        for chunk in known.chunks(CHUNK) {
            let mut statement =
                Statement::new("INSERT INTO identity_class (kind, blind_index, link_class, source, at) VALUES ");
            statement.rows(chunk, |row, (index, class)| {
                row.value(kind).value(&index[..]).value(class.as_str()).value(source.as_str()).value(now.as_str());
            });
            statement.push(" ON CONFLICT DO NOTHING");
            statement.query().execute(self.writing()).await.sql("classes of identifiers cannot be written")?;
        }
        Ok(())
    }
}
