//! The pseudonyms of earlier releases, sixty bits each, sorted: enough to see that two agreements share none, and not enough
//! to be anybody's pseudonym. `sketches/<agreement>/<release>`, eight bytes a pseudonym, least first.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use fairway_domain::{Fault, FaultExt};

use crate::DataDir;

const READ: &str = "pseudonyms of earlier releases cannot be read";
const WRITE: &str = "pseudonyms of a release cannot be kept";

/// Keeps the pseudonyms of a release, on disk on return. What is there of a release that was cut off is written anew.
pub(super) fn keep(dir: &DataDir, agreement: &str, release: &str, pseudonyms: &[u64]) -> Result<(), Fault> {
    let folder = dir.sketches().join(agreement);
    fs::create_dir_all(&folder).fault(WRITE)?;
    let part = folder.join(format!(".{release}"));
    let mut file = BufWriter::new(File::create(&part).fault(WRITE)?);
    pseudonyms.iter().try_for_each(|bits| file.write_all(&bits.to_le_bytes())).fault(WRITE)?;
    file.into_inner().fault(WRITE)?.sync_all().fault(WRITE)?;
    fs::rename(&part, folder.join(release)).fault(WRITE)?;
    File::open(&folder).and_then(|folder| folder.sync_all()).fault(WRITE)
}

/// Other agreements that share pseudonyms with these, and how many.
pub(super) fn shared(dir: &DataDir, agreement: &str, pseudonyms: &[u64]) -> Result<Vec<(String, u64)>, Fault> {
    let root = dir.sketches();
    if !root.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for folder in fs::read_dir(root).fault(READ)? {
        let folder = folder.fault(READ)?;
        let other = folder.file_name().to_string_lossy().into_owned();
        if other == agreement {
            continue;
        }
        let mut count = 0;
        for file in fs::read_dir(folder.path()).fault(READ)? {
            count += common(&file.fault(READ)?.path(), pseudonyms)?;
        }
        if count > 0 {
            found.push((other, count));
        }
    }
    found.sort();
    Ok(found)
}

/// How many of `pseudonyms` are in a file; both are sorted.
fn common(file: &Path, pseudonyms: &[u64]) -> Result<u64, Fault> {
    let mut file = BufReader::with_capacity(256 * 1024, File::open(file).fault(READ)?);
    let mut ours = pseudonyms.iter().peekable();
    let (mut count, mut bytes) = (0, [0; 8]);
    loop {
        match file.read_exact(&mut bytes) {
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(count),
            read => read.fault(READ)?,
        }
        let theirs = u64::from_le_bytes(bytes);
        while ours.next_if(|bits| **bits < theirs).is_some() {}
        if ours.peek().is_none() {
            return Ok(count);
        }
        count += u64::from(ours.peek() == Some(&&theirs));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_agreement_has_is_found_and_ones_own_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::new(folder.path());
        assert_eq!(shared(&dir, "A", &[1, 2]).unwrap(), []);
        keep(&dir, "A", "one", &[1, 5, 9]).unwrap();
        keep(&dir, "A", "one", &[1, 5, 9]).unwrap();
        keep(&dir, "B", "two", &[2, 5, 7, 11]).unwrap();
        keep(&dir, "B", "three", &[12]).unwrap();
        assert_eq!(shared(&dir, "A", &[5, 7, 12]).unwrap(), [("B".to_owned(), 3)]);
        assert_eq!(shared(&dir, "C", &[0, 3, 4, 13]).unwrap(), []);
        assert_eq!(shared(&dir, "C", &[1, 2]).unwrap(), [("A".to_owned(), 1), ("B".to_owned(), 1)]);
    }
}
