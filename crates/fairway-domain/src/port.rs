//! What the floors above ask of machines, in our own nouns. The warehouse and the keyholder stand behind these traits;
//! rows cross as references, one at a time.

use std::any::Any;
use std::fmt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::{
    Column, Fault, ImportId, KeyDomain, KeyRecord, KeyState, PersonUid, Pseudonym, Row, Subject, TableName,
    TraceRunEvent, Zone,
};

/// Gives rows to one or more tables in step: each call fills one row per table.
pub trait RowSource: Send {
    /// Fills `rows` (one per table of the order, already cleared). A table whose row stays empty gets none this time.
    /// Returns `false` when there is nothing more.
    ///
    /// # Errors
    /// When the rows cannot be read to their end; then nothing is committed.
    fn next(&mut self, rows: &mut [Row]) -> Result<bool, Fault>;
}

/// Takes rows one by one.
pub trait RowSink: Any + Send {
    /// Takes one row.
    ///
    /// # Errors
    /// When the row cannot be taken; the scan stops.
    fn take(&mut self, row: &Row) -> Result<(), Fault>;
}

/// Makes one row of another.
pub trait RowMap: Send {
    /// Looks at a row that will be mapped soon, in order: what must be fetched for it can be fetched for many at once.
    ///
    /// # Errors
    /// As for [`RowMap::map`].
    fn look(&mut self, _row: &Row) -> Result<(), Fault> {
        Ok(())
    }

    /// Fills `out` (already cleared) from `row`. Returns `false` to leave the row out.
    ///
    /// # Errors
    /// When a key or a reference is missing; then nothing is committed.
    fn map(&mut self, row: &Row, out: &mut Row) -> Result<bool, Fault>;
}

/// A table with its columns.
#[derive(Debug, Clone)]
pub struct TablePlan {
    /// Which table.
    pub table: TableName,
    /// Its columns, without `import_id`, which every table has as its first column (text).
    pub columns: Vec<Column>,
}

/// Rows to be added to several tables in step, under one import.
#[derive(Debug, Clone)]
pub struct AppendOrder {
    /// The import. A table that already has it keeps its rows and is not written again.
    pub import: ImportId,
    /// The tables, in the order in which a source fills its rows.
    pub tables: Vec<TablePlan>,
}

/// What a table holds after an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCommit {
    /// Which table.
    pub table: TableName,
    /// The version whose commit holds the import.
    pub version: u64,
    /// Rows of this import.
    pub rows: u64,
    /// Whether the import was there before, so that nothing was written.
    pub already_there: bool,
}

/// A table whose rows are put beside those of another.
#[derive(Debug, Clone)]
pub struct Join {
    /// The table to the right.
    pub table: TableName,
    /// Columns that must agree, besides `import_id`. Rows of the left without a partner keep nulls.
    pub on: Vec<String>,
    /// Columns taken from the right.
    pub columns: Vec<String>,
    /// The right table took its imports in step with the left, one row for one row, so that the rows of an import stand in
    /// the same order in both. `on` is then held against each pair of rows, and a difference is a fault.
    pub in_step: bool,
}

/// Rows to be read, in the order of `order_by` within an import.
#[derive(Debug, Clone)]
pub struct ScanOrder {
    /// The table.
    pub table: TableName,
    /// Columns taken from it; `import_id` can be asked for like any other.
    pub columns: Vec<String>,
    /// The imports whose rows are wanted; all others are left out.
    pub imports: Vec<ImportId>,
    /// Tables put beside it. Their columns follow, in order.
    pub joins: Vec<Join>,
    /// Columns of `table` to sort by; empty for any order.
    pub order_by: Vec<String>,
    /// Give the rows in a random order, another one each time (sort by a digest of import, `order_by` and a random
    /// seed that is thrown away), so that two extracts cannot be joined by position.
    pub shuffle: bool,
}

/// One side of a link: a table whose rows bear a key of their person.
#[derive(Debug, Clone)]
pub struct LinkSide {
    /// The table.
    pub table: TableName,
    /// Columns taken from it.
    pub columns: Vec<String>,
    /// The imports whose rows are wanted.
    pub imports: Vec<ImportId>,
    /// Columns with the key: the first of them that is filled. A row where none is has no partner.
    pub keys: Vec<String>,
}

/// Rows of two tables with the same key, put beside each other: each row of one with each such row of the other, in a
/// random order.
#[derive(Debug, Clone)]
pub struct LinkOrder {
    /// The table whose columns come first.
    pub left: LinkSide,
    /// The other.
    pub right: LinkSide,
}

/// A file to be written from rows, beside others with the same rows.
#[derive(Debug, Clone)]
pub enum ExtractFile {
    /// Comma-separated, UTF-8, RFC 4180, header first.
    Csv(PathBuf),
    /// Parquet with zstd.
    Parquet(PathBuf),
}

/// What an extract wrote and from what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtractCommit {
    /// Rows in each file.
    pub rows: u64,
    /// The version of each table read.
    pub versions: Vec<(TableName, u64)>,
}

/// The answer to a query: column names, then rows.
#[derive(Debug, Clone, Default)]
pub struct QueryAnswer {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Whether more rows were there than `limit` let through.
    pub cut: bool,
}

/// Why a query was not answered.
#[derive(Debug)]
pub enum QueryError {
    /// The text is not a query we run; the reason is for the person who wrote it.
    Refused(String),
    /// Our own fault.
    Fault(Fault),
}

impl From<Fault> for QueryError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// As of when tables are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// As they are.
    Now,
    /// As a table was at this version.
    Version(u64),
    /// As a table was when it had taken this import.
    Import(ImportId),
    /// As a table was at this time.
    Time(Timestamp),
}

/// Files that no version of a table refers to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unreferenced {
    /// How many.
    pub files: u64,
    /// Their bytes together.
    pub bytes: u64,
}

/// Versioned tables by zone. Every commit is on disk when a method returns.
#[async_trait]
pub trait Warehouse: Send + Sync {
    /// Adds rows to several tables in step. Running it again with the same import changes nothing.
    async fn append(&self, order: AppendOrder, source: Box<dyn RowSource>) -> Result<Vec<TableCommit>, Fault>;

    /// Reads rows into a sink and says how many there were.
    async fn scan(&self, order: ScanOrder, sink: Box<dyn RowSink>) -> Result<(u64, Box<dyn RowSink>), Fault>;

    /// Reads rows, maps each, and adds the result to one table under the import of `into`.
    async fn derive(&self, from: ScanOrder, into: AppendOrder, map: Box<dyn RowMap>) -> Result<TableCommit, Fault>;

    /// Reads rows, maps each, and writes files with the columns given. Files are whole and synced on return.
    async fn extract(
        &self,
        from: ScanOrder,
        columns: Vec<Column>,
        map: Box<dyn RowMap>,
        files: Vec<ExtractFile>,
    ) -> Result<ExtractCommit, Fault>;

    /// Links rows, maps each pair, and writes files with the columns given. Files are whole and synced on return.
    async fn link(
        &self,
        from: LinkOrder,
        columns: Vec<Column>,
        map: Box<dyn RowMap>,
        files: Vec<ExtractFile>,
    ) -> Result<ExtractCommit, Fault>;

    /// Reads a Parquet file that an extract wrote, row by row, and gives its columns. Nothing is taken from anywhere but the
    /// file.
    async fn read_back(&self, file: &Path, sink: Box<dyn RowSink>) -> Result<(Vec<String>, Box<dyn RowSink>), Fault>;

    /// Answers one `SELECT` over the tables of one zone, at most `limit` rows.
    async fn query(&self, zone: Zone, sql: &str, limit: usize) -> Result<QueryAnswer, QueryError> {
        self.query_as_of(zone, sql, limit, AsOf::Now).await
    }

    /// As [`Warehouse::query`], over the tables as they were.
    async fn query_as_of(&self, zone: Zone, sql: &str, limit: usize, as_of: AsOf) -> Result<QueryAnswer, QueryError>;

    /// Finds files last written before a time that no version of a table refers to, and takes them away if asked.
    async fn vacuum(&self, before: Timestamp, take_away: bool) -> Result<Unreferenced, Fault>;
}

/// Whether a keyholder can be asked for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyholderStatus {
    /// Its keys are in its memory.
    Ready,
    /// It runs, and waits for custodians.
    Sealed {
        /// How many custodians it takes.
        needed: usize,
        /// How many have given their passphrase since it was sealed.
        given: usize,
        /// All of them, by name.
        custodians: Vec<String>,
    },
    /// It cannot be reached.
    Away {
        /// Why, lower case, without a full stop.
        why: String,
    },
}

impl fmt::Display for KeyholderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("keyholder is unlocked"),
            Self::Sealed { needed, given, custodians } => write!(
                f,
                "keyholder is sealed: {needed} of its custodians ({}) unlock it, and {given} have",
                custodians.join(", ")
            ),
            Self::Away { why } => write!(f, "keyholder does not answer: {why}"),
        }
    }
}

/// A secret of the processing centre that the keyholder keeps and hands to the process that works with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CentreSecret {
    /// What wraps the keys of loads, and the key of the blind index.
    VaultKey,
    /// What opens sealed files.
    ProcessingCentreKey,
}

impl CentreSecret {
    /// The word by which the keyholder knows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VaultKey => "vault-key",
            Self::ProcessingCentreKey => "processing-centre-key",
        }
    }
}

/// Makes and opens pseudonyms. Alone holds their keys, and sees uids and pseudonyms, never a row.
///
/// Every method may be called again after a fault and then does no more than once. While the keyholder is sealed or
/// away all of them fail with the words of its status.
pub trait Keyholder: Send + Sync {
    /// Whether it can be asked.
    fn status(&self) -> KeyholderStatus;

    /// What may be known of each key, ordered by domain and epoch.
    fn keys(&self) -> Result<Vec<KeyRecord>, Fault>;

    /// The domain's key, made now and pre-active if there is none.
    fn prepare(&self, domain: &KeyDomain) -> Result<KeyRecord, Fault>;

    /// Moves a key to another state. A move that [`KeyState::may_become`] does not allow is a fault.
    fn set_state(&self, key_id: &str, state: KeyState) -> Result<KeyRecord, Fault>;

    /// One pseudonym per uid, in order. The domain's key must be active.
    fn pseudonyms(&self, domain: &KeyDomain, subject: Subject, uids: &[PersonUid]) -> Result<Vec<Pseudonym>, Fault>;

    /// Each pseudonym of one domain as the other has it. A text that is not a pseudonym of `from` is a fault.
    fn rekey(
        &self,
        from: &KeyDomain,
        to: &KeyDomain,
        subject: Subject,
        pseudonyms: &[&str],
    ) -> Result<Vec<Pseudonym>, Fault>;

    /// For each pseudonym of `from`, that of the key `old`, which only verifies, and that of the next epoch's key, which is active.
    fn bridge(
        &self,
        from: &KeyDomain,
        old: &KeyDomain,
        subject: Subject,
        pseudonyms: &[&str],
    ) -> Result<Vec<(Pseudonym, Pseudonym)>, Fault>;

    /// The uids behind at most [`MOST_OPENED`] pseudonyms; `None` where one of them was not made by the domain's key for
    /// the subject.
    fn open(&self, domain: &KeyDomain, subject: Subject, pseudonyms: &[&str]) -> Result<Option<Vec<PersonUid>>, Fault>;

    /// A secret of the processing centre.
    fn secret(&self, which: CentreSecret) -> Result<Zeroizing<Vec<u8>>, Fault>;
}

/// Pseudonyms that a keyholder opens at a time. Source: proposed for controlled re-identification (assumed).
pub const MOST_OPENED: usize = 50;

/// What became of a request that was handed to a tracing service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceHandover {
    /// It is on its way. The ticket is what whoever carries it calls it.
    Sent {
        /// To be kept with the run, and shown when the run is asked after.
        ticket: String,
    },
    /// It was refused.
    Refused(TraceRefusal),
}

/// Why a request was refused, by whoever carries it or by the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceRefusal {
    /// Their code, blank if they gave none.
    pub code: String,
    /// In words, lower case, without a full stop; holds nothing of the file.
    pub reason: String,
}

/// What is new about a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceNews {
    /// Nothing.
    Nothing,
    /// The service has fetched the request.
    Fetched,
    /// The response is here, whole and on disk.
    Response(PathBuf),
    /// The service did not fetch the request in time.
    NotFetched,
    /// The request was refused.
    Refused(TraceRefusal),
}

impl TraceNews {
    /// What it means for the run's state, if anything.
    pub fn event(&self) -> Option<TraceRunEvent> {
        match self {
            Self::Nothing => None,
            Self::Fetched => Some(TraceRunEvent::Fetched),
            Self::Response(_) => Some(TraceRunEvent::ResponseCame),
            Self::NotFetched => Some(TraceRunEvent::NotFetched),
            Self::Refused(_) => Some(TraceRunEvent::WasRefused),
        }
    }
}

/// Takes request files of a batch trace and gives response files, sooner or later: the register here, or a service
/// elsewhere. What the files hold is between the sender and the service.
#[async_trait]
pub trait TracingService: Send + Sync {
    /// Hands a request over. `reference` is the run's own, of letters, digits, full stops, hyphens and underscores, and is
    /// nobody's identifier. Called again with the same run and file, it hands nothing over twice.
    async fn send(&self, reference: &str, request: &Path) -> Result<TraceHandover, Fault>;

    /// Looks for news of a run, and puts a response into the folder `into`. Called again, it gives the same response.
    async fn collect(&self, reference: &str, ticket: &str, into: &Path) -> Result<TraceNews, Fault>;
}
