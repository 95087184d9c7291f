//! Which ledger a data directory has, settled once.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;

use fairway_domain::{Fault, Refusal};
use sqlx::Connection;

use crate::database::{Address, Database};
use crate::directory::DataDirectory;
use crate::disk;
use crate::error::{IoExt, OpenError, SqlExt};
use crate::head::HeadFile;
use crate::leaf;
use crate::ledger_url::LedgerUrl;
use crate::store::blocking;

/// Settles that a data directory has its ledger at `url`, on disk on return. Done before, it changes nothing.
pub(crate) async fn ledger_is(directory: &DataDirectory, url: &LedgerUrl) -> Result<(), OpenError> {
    let kept = directory.ledger_url();
    if directory.ledger().exists() {
        return Err(other_ledger(directory, "It has its ledger in ledger.sqlite").into());
    }
    match fs::read_to_string(&kept) {
        Ok(text) if LedgerUrl::read(&text)? == *url => return Ok(()),
        Ok(_) => return Err(other_ledger(directory, "Its ledger is at another address, which ledger.url names").into()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).io("ledger.url cannot be read")?,
    }
    if entries(url).await? > 0 {
        return Err(OpenError::Refused(Refusal::new(
            "The ledger cannot be made there",
            "That database holds the ledger of another data directory",
            "Name an empty database, or work with the data directory that the ledger belongs to",
        )));
    }
    let (directory, text) = (directory.clone(), format!("{url}\n"));
    blocking(move || {
        disk::make_folder(directory.root())?;
        begin_head(&directory)?;
        write(&directory, &text)
    })
    .await?;
    Ok(())
}

/// Starts the head of a new log. It comes first: a ledger without one was cut off from it, and is never given a new one.
pub(crate) fn begin_head(directory: &DataDirectory) -> Result<(), Fault> {
    if !directory.has_ledger() && !directory.audit_head().exists() {
        HeadFile::create(&directory.audit_head())?;
    }
    disk::sync_folder(directory.root())
}

/// How many entries the log of a ledger has; the ledger is made where there is none.
async fn entries(url: &LedgerUrl) -> Result<u64, OpenError> {
    let address = Address::server(url)?;
    Database::open(&address).await?.close().await;
    let mut conn = address.connect().await?;
    let count = leaf::size(&mut conn).await?;
    conn.close().await.sql("ledger cannot be closed")?;
    Ok(count)
}

/// Writes the address whole or not at all.
pub(crate) fn write(directory: &DataDirectory, text: &str) -> Result<(), Fault> {
    const WHAT: &str = "ledger.url cannot be written";
    let (kept, part) = (directory.ledger_url(), directory.root().join("ledger.url.part"));
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, &kept))
        .io(WHAT)?;
    disk::sync_folder(directory.root())
}

fn other_ledger(directory: &DataDirectory, why: &str) -> Refusal {
    Refusal::new(
        format!("{} cannot have its ledger there", directory.root().display()),
        why,
        "Leave --ledger away to go on with the ledger that it has, or name another data directory",
    )
}

impl From<Refusal> for OpenError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
