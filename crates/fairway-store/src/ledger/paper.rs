//! Papers of governance: where each stands, and everything that ever happened to it.

use std::collections::HashMap;

use fairway_domain::governance::{Entry, PaperKind, Particulars, Recorded};
use fairway_domain::{Digest, Fault};

use crate::database::Conn;
use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

/// A paper with its history, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// What it is.
    pub kind: PaperKind,
    /// Its reference.
    pub reference: String,
    /// What it is called.
    pub title: String,
    /// Where it stands now, in the words of its machine.
    pub state: String,
    /// What happened to it.
    pub history: Vec<Recorded>,
}

/// What happened to a paper, and where it stands after it.
#[derive(Debug, Clone)]
pub struct PaperStep<'a> {
    /// The paper's kind.
    pub kind: PaperKind,
    /// The paper's reference.
    pub reference: &'a str,
    /// What happened.
    pub entry: &'a Entry,
    /// Who recorded it.
    pub actor: &'a str,
    /// Where the paper stands after it.
    pub state: &'a str,
}

#[derive(sqlx::FromRow)]
struct EventRow {
    reference: String,
    event: String,
    valid_on: String,
    until_on: Option<String>,
    organisation: Option<String>,
    done_by: String,
    subject: String,
    digest: Option<String>,
    note: String,
    actor: String,
    recorded_at: String,
}

impl EventRow {
    fn read(self) -> Result<Recorded, Fault> {
        let on = text::read_day(Some(&self.valid_on))?.ok_or_else(|| Fault::new("event of a paper has no day"))?;
        let organisation = self.organisation.as_deref();
        let about = Particulars {
            on,
            until: text::read_day(self.until_on.as_deref())?,
            organisation: organisation.map(|code| text::read_word(code, "organisation")).transpose()?,
            by: self.done_by,
            subject: self.subject,
            digest: self.digest.as_deref().map(|digest| text::read_word(digest, "digest")).transpose()?,
            note: self.note,
        };
        Ok(Recorded {
            entry: Entry { what: self.event, about },
            actor: self.actor,
            at: text::read_instant(&self.recorded_at)?,
        })
    }
}

macro_rules! events {
    ($tail:literal) => {
        concat!(
            "SELECT reference, event, valid_on, until_on, organisation, done_by, subject, digest, note, actor,
                 recorded_at FROM paper_event ",
            $tail
        )
    };
}

async fn one(conn: &mut Conn, kind: PaperKind, reference: &str) -> Result<Option<Paper>, Fault> {
    let head: Option<(String, String)> =
        sqlx::query_as("SELECT title, state FROM paper WHERE kind = $1 AND reference = $2")
            .bind(kind.as_str())
            .bind(reference)
            .fetch_optional(&mut *conn)
            .await
            .sql("paper cannot be read")?;
    let Some((title, state)) = head else { return Ok(None) };
    let rows: Vec<EventRow> = sqlx::query_as(events!("WHERE kind = $1 AND reference = $2 ORDER BY seq"))
        .bind(kind.as_str())
        .bind(reference)
        .fetch_all(conn)
        .await
        .sql("history of a paper cannot be read")?;
    let history = rows.into_iter().map(EventRow::read).collect::<Result<_, _>>()?;
    Ok(Some(Paper { kind, reference: reference.to_owned(), title, state, history }))
}

async fn all(conn: &mut Conn, kind: PaperKind) -> Result<Vec<Paper>, Fault> {
    let heads: Vec<(String, String, String)> =
        sqlx::query_as("SELECT reference, title, state FROM paper WHERE kind = $1 ORDER BY reference")
            .bind(kind.as_str())
            .fetch_all(&mut *conn)
            .await
            .sql("papers cannot be read")?;
    let rows: Vec<EventRow> = sqlx::query_as(events!("WHERE kind = $1 ORDER BY reference, seq"))
        .bind(kind.as_str())
        .fetch_all(conn)
        .await
        .sql("histories of papers cannot be read")?;
    let mut histories: HashMap<String, Vec<Recorded>> = HashMap::new();
    for row in rows {
        histories.entry(row.reference.clone()).or_default().push(row.read()?);
    }
    let paper = |(reference, title, state): (String, String, String)| {
        let history = histories.remove(&reference).unwrap_or_default();
        Paper { kind, reference, title, state, history }
    };
    Ok(heads.into_iter().map(paper).collect())
}

impl Store {
    /// One paper with its history.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn paper(&self, kind: PaperKind, reference: &str) -> Result<Option<Paper>, Fault> {
        one(&mut *self.reader().await?, kind, reference).await
    }

    /// Every paper of a kind with its history, in the order of their references.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn papers(&self, kind: PaperKind) -> Result<Vec<Paper>, Fault> {
        all(&mut *self.reader().await?, kind).await
    }

    /// A document that was kept, by its SHA-256.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn document(&self, digest: &Digest) -> Result<Option<String>, Fault> {
        sqlx::query_scalar("SELECT content FROM paper_document WHERE digest = $1")
            .bind(digest.to_string())
            .fetch_optional(&mut *self.reader().await?)
            .await
            .sql("document cannot be read")
    }
}

impl Tx {
    /// One paper with its history, as this transaction sees it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn paper(&mut self, kind: PaperKind, reference: &str) -> Result<Option<Paper>, Fault> {
        one(self.reading(), kind, reference).await
    }

    /// Every paper of a kind with its history, as this transaction sees them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn papers(&mut self, kind: PaperKind) -> Result<Vec<Paper>, Fault> {
        all(self.reading(), kind).await
    }

    /// Opens a paper; one that is open stays as it is.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn open_paper(
        &mut self,
        kind: PaperKind,
        reference: &str,
        title: &str,
        state: &str,
    ) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO paper (kind, reference, title, state, opened_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
        )
        .bind(kind.as_str())
        .bind(reference)
        .bind(title)
        .bind(state)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("paper cannot be opened")
        .map(|_done| ())
    }

    /// Adds to a paper's history, and says where it stands now.
    ///
    /// # Errors
    /// When there is no such paper.
    pub async fn record_step(&mut self, step: &PaperStep<'_>) -> Result<(), Fault> {
        let now = self.now();
        let about = &step.entry.about;
        sqlx::query(
            "INSERT INTO paper_event (kind, reference, seq, event, valid_on, until_on, organisation, done_by, subject, digest,
                 note, actor, recorded_at)
             SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
             FROM paper_event WHERE kind = $1 AND reference = $2",
        )
        .bind(step.kind.as_str())
        .bind(step.reference)
        .bind(&step.entry.what)
        .bind(about.on.to_string())
        .bind(about.until.map(|day| day.to_string()))
        .bind(about.organisation.as_ref().map(|code| code.as_str().to_owned()))
        .bind(&about.by)
        .bind(&about.subject)
        .bind(about.digest.map(|digest| digest.to_string()))
        .bind(&about.note)
        .bind(step.actor)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("event of a paper cannot be recorded")?;
        let done = sqlx::query("UPDATE paper SET state = $3 WHERE kind = $1 AND reference = $2")
            .bind(step.kind.as_str())
            .bind(step.reference)
            .bind(step.state)
            .execute(self.writing())
            .await
            .sql("paper cannot be moved on")?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(Fault::new(format!("{} is not open", step.kind))) }
    }

    /// Keeps the text of a document under its SHA-256.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn keep_document(&mut self, digest: &Digest, content: &str) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query("INSERT INTO paper_document (digest, content, kept_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(digest.to_string())
            .bind(content)
            .bind(now)
            .execute(self.writing())
            .await
            .sql("document cannot be kept")
            .map(|_done| ())
    }
}
