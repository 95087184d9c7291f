//! Machines that are away. The portal's tests have them as well.

use std::path::Path;

use async_trait::async_trait;
use fairway_domain::port::{
    AppendOrder, AsOf, CentreSecret, ExtractCommit, ExtractFile, Keyholder, KeyholderStatus, LinkOrder, QueryAnswer,
    QueryError, RowMap, RowSink, RowSource, ScanOrder, TableCommit, Unreferenced, Warehouse,
};
use fairway_domain::{Column, Fault, KeyDomain, KeyRecord, KeyState, PersonUid, Pseudonym, Subject, Zone};
use jiff::Timestamp;
use zeroize::Zeroizing;

/// Neither tables nor keys.
pub struct Away;

fn away<T>() -> Result<T, Fault> {
    Err(Fault::new("it is away in this test"))
}

#[async_trait]
impl Warehouse for Away {
    async fn append(&self, _: AppendOrder, _: Box<dyn RowSource>) -> Result<Vec<TableCommit>, Fault> {
        away()
    }

    async fn scan(&self, _: ScanOrder, _: Box<dyn RowSink>) -> Result<(u64, Box<dyn RowSink>), Fault> {
        away()
    }

    async fn derive(&self, _: ScanOrder, _: AppendOrder, _: Box<dyn RowMap>) -> Result<TableCommit, Fault> {
        away()
    }

    async fn extract(
        &self,
        _: ScanOrder,
        _: Vec<Column>,
        _: Box<dyn RowMap>,
        _: Vec<ExtractFile>,
    ) -> Result<ExtractCommit, Fault> {
        away()
    }

    async fn link(
        &self,
        _: LinkOrder,
        _: Vec<Column>,
        _: Box<dyn RowMap>,
        _: Vec<ExtractFile>,
    ) -> Result<ExtractCommit, Fault> {
        away()
    }

    async fn query_as_of(&self, _: Zone, _: &str, _: usize, _: AsOf) -> Result<QueryAnswer, QueryError> {
        Ok(away()?)
    }

    async fn read_back(&self, _: &Path, _: Box<dyn RowSink>) -> Result<(Vec<String>, Box<dyn RowSink>), Fault> {
        away()
    }

    async fn vacuum(&self, _: Timestamp, _: bool) -> Result<Unreferenced, Fault> {
        away()
    }
}

impl Keyholder for Away {
    fn status(&self) -> KeyholderStatus {
        KeyholderStatus::Away { why: "it is away in this test".into() }
    }

    fn keys(&self) -> Result<Vec<KeyRecord>, Fault> {
        away()
    }

    fn prepare(&self, _: &KeyDomain) -> Result<KeyRecord, Fault> {
        away()
    }

    fn set_state(&self, _: &str, _: KeyState) -> Result<KeyRecord, Fault> {
        away()
    }

    fn pseudonyms(&self, _: &KeyDomain, _: Subject, _: &[PersonUid]) -> Result<Vec<Pseudonym>, Fault> {
        away()
    }

    fn rekey(&self, _: &KeyDomain, _: &KeyDomain, _: Subject, _: &[&str]) -> Result<Vec<Pseudonym>, Fault> {
        away()
    }

    fn bridge(
        &self,
        _: &KeyDomain,
        _: &KeyDomain,
        _: Subject,
        _: &[&str],
    ) -> Result<Vec<(Pseudonym, Pseudonym)>, Fault> {
        away()
    }

    fn open(&self, _: &KeyDomain, _: Subject, _: &[&str]) -> Result<Option<Vec<PersonUid>>, Fault> {
        away()
    }

    fn secret(&self, _: CentreSecret) -> Result<Zeroizing<Vec<u8>>, Fault> {
        away()
    }
}
