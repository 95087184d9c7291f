use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use fairway_domain::Digest;
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::DirectoryError;
use super::columns::Header;

type Records<'a> = csv::Reader<Box<dyn Read + 'a>>;

/// A CSV or gzipped CSV, told apart by its first bytes, read record by record through `each` and hashed as it is read.
/// `setup` finds the columns.
pub(super) fn read<C>(
    path: &Path,
    setup: impl FnOnce(&Header<'_>) -> Result<C, DirectoryError>,
    mut each: impl FnMut(&C, &csv::StringRecord) -> Result<(), DirectoryError>,
) -> Result<(u64, Digest), DirectoryError> {
    opened(path, |text| records(path, csv::Reader::from_reader(text), setup, &mut each))
}

/// As [`read`], for a table without a header.
pub(crate) fn rows(
    path: &Path,
    mut each: impl FnMut(&csv::StringRecord) -> Result<(), DirectoryError>,
) -> Result<Digest, DirectoryError> {
    let (_, digest) = opened(path, |text| {
        let table = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
        records(path, table, |_| Ok(()), &mut |(): &(), record| each(record))
    })?;
    Ok(digest)
}

fn opened(
    path: &Path,
    take: impl FnOnce(Box<dyn Read + '_>) -> Result<u64, DirectoryError>,
) -> Result<(u64, Digest), DirectoryError> {
    let unreadable = |source| DirectoryError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = BufReader::with_capacity(1 << 18, Hashed { inner: file, hash: Sha256::new() });
    let zipped = bytes.fill_buf().map_err(unreadable)?.starts_with(&[0x1f, 0x8b]);
    let text: Box<dyn Read + '_> =
        if zipped { Box::new(MultiGzDecoder::new(&mut bytes)) } else { Box::new(&mut bytes) };
    let rows = take(text)?;
    // What follows the last record belongs to the digest too.
    io::copy(&mut bytes, &mut io::sink()).map_err(unreadable)?;
    Ok((rows, Digest(bytes.into_inner().hash.finalize().into())))
}

fn records<C>(
    path: &Path,
    mut table: Records<'_>,
    setup: impl FnOnce(&Header<'_>) -> Result<C, DirectoryError>,
    each: &mut impl FnMut(&C, &csv::StringRecord) -> Result<(), DirectoryError>,
) -> Result<u64, DirectoryError> {
    let not_a_table = |source| DirectoryError::NotATable { path: path.to_owned(), source };
    let columns = setup(&Header::new(path, table.headers().map_err(not_a_table)?))?;
    let mut record = csv::StringRecord::new();
    let mut rows = 0;
    while table.read_record(&mut record).map_err(not_a_table)? {
        rows += 1;
        each(&columns, &record)?;
    }
    if rows == 0 {
        return Err(DirectoryError::Empty { path: path.to_owned() });
    }
    Ok(rows)
}

struct Hashed<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}
