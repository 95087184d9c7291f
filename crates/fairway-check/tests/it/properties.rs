//! Any bytes are judged: no panic, every record counted or the file refused, and the same however they arrive.

use std::io::{Read, Write};

use fairway_check::{CheckOptions, Finding, FindingSink, NoFindings, RawRecord, Records, check};
use fairway_domain::Fault;
use proptest::prelude::*;

use crate::support::{example, options, run, run_with, spec};

/// Hands out its bytes a few at a time.
struct Trickle<'b>(&'b [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let length = self.1.min(self.0.len()).min(into.len());
        into[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

fn bytes_like_csv() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b",".to_vec()),
        Just(b"\"".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\0".to_vec()),
        Just(b"\xff\xfe".to_vec()),
        Just(b"\x1f\x8b".to_vec()),
        Just("é".as_bytes().to_vec()),
        Just(b"LA Code".to_vec()),
        Just(b"01/04/2025".to_vec()),
        Just(b"=".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..200).prop_map(|pieces| pieces.concat())
}

/// The good file's records several times over, so that there are several blocks.
fn longer() -> Vec<u8> {
    let mut sheet = example("r2").with(2, "Event Description", "two\nlines, and a \"word\"");
    let records = sheet.rows[1..].to_vec();
    (0..3).for_each(|_| sheet.rows.extend(records.iter().cloned()));
    sheet.bytes()
}

/// Keeps the records as they were sent.
#[derive(Default)]
struct Sent(Vec<SentRecord>);

#[derive(Debug, PartialEq)]
struct SentRecord {
    number: u64,
    bytes: Vec<u8>,
    cells: Vec<Vec<u8>>,
    flawed: bool,
    rejected: bool,
    findings_before: usize,
}

impl Sent {
    fn keep(&mut self, record: &RawRecord<'_>) {
        self.0.push(SentRecord {
            number: record.number,
            bytes: record.bytes.to_vec(),
            cells: record.cells().iter().map(|cell| cell.to_vec()).collect(),
            flawed: record.flawed,
            rejected: record.rejected,
            findings_before: 0,
        });
    }
}

impl FindingSink for Sent {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        if let (Some(last), Some(record)) = (self.0.last_mut(), finding.place.record) {
            // Findings come before their record, but for what shows only at the end.
            let at_end = ["period", "linked"].iter().any(|kind| finding.rule.starts_with(kind));
            assert!(record > last.number || at_end, "{finding:?}");
            last.findings_before += 1;
        }
        Ok(())
    }

    fn wants_records(&self) -> bool {
        true
    }

    fn header(&mut self, header: &RawRecord<'_>) -> Result<(), Fault> {
        self.keep(header);
        Ok(())
    }

    fn record(&mut self, record: &RawRecord<'_>) -> Result<(), Fault> {
        self.keep(record);
        Ok(())
    }
}

/// A change to a good file: bytes put over others.
fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, Vec<u8>)>> {
    proptest::collection::vec((any::<prop::sample::Index>(), bytes_like_csv()), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_bytes_after_a_good_header_are_counted_or_refused(bytes in bytes_like_csv()) {
        let mut sheet = example("r2");
        sheet.rows.truncate(1);
        let mut file = sheet.bytes();
        file.extend(bytes);
        let (summary, found) = run(&file);
        prop_assert!(summary.records_rejected <= summary.records);
        prop_assert!(summary.records > 0 || summary.verdict.is_refused());
        let counted: u64 = summary.tallies.iter().map(|tally| tally.count).sum();
        prop_assert_eq!(counted, found.len() as u64);
        prop_assert!(found.iter().all(|seen| seen.record.is_none_or(|record| record <= summary.records)));
    }

    #[test]
    fn any_bytes_at_all_are_judged(bytes in prop_oneof![bytes_like_csv(), proptest::collection::vec(any::<u8>(), 0..300)]) {
        let (summary, _) = run(&bytes);
        prop_assert!(summary.verdict.is_refused());
    }

    #[test]
    fn a_changed_file_is_judged_the_same_however_it_arrives(changes in changes(), at_a_time in 1usize..50) {
        let mut file = example("r2").bytes();
        for (at, bytes) in changes {
            let at = at.index(file.len());
            let end = (at + bytes.len()).min(file.len());
            file.splice(at..end, bytes);
        }
        let spec = spec("asc-cld/r2");
        let (whole, found) = run(&file);
        let mut kept = crate::support::Kept::default();
        let trickled = check(Trickle(&file, at_a_time), &spec, &options(), &mut kept, &mut |_| {}).unwrap();
        prop_assert_eq!(found, kept.0);
        prop_assert_eq!(format!("{whole:?}"), format!("{trickled:?}"));
    }

    #[test]
    fn a_changed_file_is_judged_the_same_by_any_number_of_threads_in_blocks_of_any_size(
        changes in changes(),
        block_bytes in prop_oneof![1usize..40, 40usize..3000],
        threads in 1usize..5,
        show_values in any::<bool>(),
    ) {
        let mut file = longer();
        for (at, bytes) in changes {
            let at = at.index(file.len());
            let end = (at + bytes.len()).min(file.len());
            file.splice(at..end, bytes);
        }
        let spec = spec("asc-cld/r2");
        let alone = CheckOptions { threads: 1, show_values, ..options() };
        let together = CheckOptions { threads, block_bytes, ..alone.clone() };
        let (mut whole, found) = run_with(&file, &spec, &alone);
        let (cut, seen) = run_with(&file, &spec, &together);
        prop_assert_eq!(found, seen);
        // How far was read ahead of an early end is no matter of what was judged.
        whole.bytes = cut.bytes;
        prop_assert_eq!(format!("{whole:?}"), format!("{cut:?}"));
    }

    #[test]
    fn a_damaged_archive_is_judged_the_same_however_it_arrives_in_blocks_of_any_size(
        changes in changes(),
        kept in any::<prop::sample::Index>(),
        at_a_time in 1usize..5000,
        block_bytes in prop_oneof![1usize..40, 40usize..30_000],
    ) {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        (0..40).for_each(|_| encoder.write_all(&longer()).unwrap());
        let mut file = encoder.finish().unwrap();
        for (at, bytes) in changes.into_iter().take(1) {
            let at = at.index(file.len());
            file.splice(at..at, bytes);
        }
        file.truncate(kept.index(file.len() * 2) + 2);
        let spec = spec("asc-cld/r2");
        let (mut whole, found) = run(&file);
        let options = CheckOptions { block_bytes, ..options() };
        let mut kept = crate::support::Kept::default();
        let trickled = check(Trickle(&file, at_a_time), &spec, &options, &mut kept, &mut |_| {}).unwrap();
        prop_assert_eq!(found, kept.0);
        whole.bytes = trickled.bytes;
        prop_assert_eq!(format!("{whole:?}"), format!("{trickled:?}"));
    }

    #[test]
    fn the_records_as_sent_come_in_order_whatever_the_blocks(
        changes in changes(),
        block_bytes in 1usize..3000,
        threads in 1usize..4,
    ) {
        let mut file = longer();
        for (at, bytes) in changes {
            let at = at.index(file.len());
            file.splice(at..at, bytes);
        }
        let spec = spec("asc-cld/r2");
        let (mut one, mut other) = (Sent::default(), Sent::default());
        check(&file[..], &spec, &CheckOptions { threads: 1, ..options() }, &mut one, &mut |_| {}).unwrap();
        let cut = CheckOptions { threads, block_bytes, ..options() };
        let summary = check(&file[..], &spec, &cut, &mut other, &mut |_| {}).unwrap();
        prop_assert_eq!(&one.0, &other.0);
        let rejected = one.0.iter().filter(|sent| sent.rejected).count() as u64;
        let records = one.0.iter().filter(|sent| sent.number > 0).count() as u64;
        prop_assert_eq!((records, rejected), (summary.records, summary.records_rejected));
    }

    #[test]
    fn a_load_leaves_out_what_the_check_left_out(changes in changes()) {
        let mut file = example("r2").bytes();
        for (at, bytes) in changes {
            let at = at.index(file.len());
            file.splice(at..at, bytes);
        }
        let spec = spec("asc-cld/r2");
        let summary = run(&file).0;
        let Ok(mut records) = Records::open(&file[..], &spec, &options()) else {
            prop_assert!(summary.verdict.is_refused());
            return Ok(());
        };
        let (mut read, mut rejected) = (0, 0);
        while let Ok(Some(record)) = records.next() {
            read += 1;
            rejected += u64::from(record.rejected());
        }
        prop_assert_eq!((read, rejected), (summary.records, summary.records_rejected));
    }

    #[test]
    fn our_reader_and_the_csv_crate_read_the_same_cells(
        cells in proptest::collection::vec("[ -~é€\n\"]{0,12}", 1..20)
    ) {
        let text_columns = ["First Name", "Last Name", "GP Practice Name", "Event Description"];
        let spec = spec("asc-cld/r2");
        let mut sheet = example("r2");
        for (at, cell) in cells.iter().enumerate() {
            sheet = sheet.with(1 + at % 9, text_columns[at % 4], &format!("x{cell}x"));
        }
        let bytes = sheet.bytes();
        let mut records = Records::open(&bytes[..], &spec, &CheckOptions::new(jiff::civil::date(2026, 5, 1))).unwrap();
        let mut number = 0;
        while let Some(record) = records.next().unwrap() {
            number += 1;
            for (field, want) in sheet.rows[number].iter().enumerate() {
                prop_assert_eq!(record.raw(field), want.trim());
            }
        }
        prop_assert_eq!(number, 9);
    }
}

#[test]
fn memory_of_findings_is_not_kept() {
    let sheet = example("r2").with_all("Gender", "Man").with_all("Postcode", "nowhere");
    let mut bytes = sheet.bytes();
    let header = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
    let rows = bytes[header..].to_vec();
    (0..20).for_each(|_| bytes.extend_from_slice(&rows));
    let shorter = bytes.clone();
    (0..180).for_each(|_| bytes.extend_from_slice(&rows));
    let spec = spec("asc-cld/r2");
    let summary = check(&bytes[..], &spec, &options(), &mut NoFindings, &mut |_| {}).unwrap();
    assert_eq!((summary.records, summary.count_of("value-not-in-list")), (1809, 1809));
    assert_eq!(summary.tallies.len(), run_with(&shorter, &spec, &options()).0.tallies.len());
    assert!(summary.tallies.iter().all(|tally| tally.first.len() <= 5));
}
