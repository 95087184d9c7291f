//! Encodings, compression, line ends, quotes, control characters: how a file is written.

use std::io::Write;

use fairway_check::{Encoding, Verdict};

use crate::support::{Seen, Sheet, example, one, rules, run};

fn named() -> Sheet {
    example("r2").with(1, "Last Name", "Zoë O’Brien–Łukasz")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn utf_8_is_read_and_mentioned() {
    let (summary, found) = run(&named().bytes());
    assert_eq!((summary.verdict, summary.encoding), (Verdict::Clean, Encoding::Utf8));
    assert_eq!(one(&found, "encoding-utf-8").severity, "info");
}

#[test]
fn a_byte_order_mark_does_not_join_the_first_name() {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(example("r2").with(1, "Gender", "Man").bytes());
    let (summary, found) = run(&bytes);
    assert_eq!((summary.verdict, summary.encoding), (Verdict::Confirm, Encoding::Utf8Mark));
    assert_eq!(one(&found, "encoding-byte-order-mark").severity, "warning");
    let seen = one(&found, "value-not-in-list");
    let at = usize::try_from(seen.byte.unwrap()).unwrap();
    assert_eq!(&bytes[at..at + 4], b"Man,");
    assert_eq!(found.len(), 2);
}

#[test]
fn windows_1252_is_read_without_a_word() {
    let text = String::from_utf8(example("r2").with(1, "Last Name", "Zoë O’Brien–Smith €").bytes()).unwrap();
    let bytes = encoding_rs::WINDOWS_1252.encode(&text).0;
    let (summary, found) = run(&bytes);
    assert_eq!((summary.verdict, summary.encoding), (Verdict::Clean, Encoding::Windows1252));
    assert_eq!(found, []);
}

#[test]
fn utf_16_is_recognised_with_and_without_a_mark() {
    let text = String::from_utf8(named().bytes()).unwrap();
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (mark, bytes, encoding) in [
        (&b"\xff\xfe"[..], &little, Encoding::Utf16Le),
        (b"", &little, Encoding::Utf16Le),
        (b"\xfe\xff", &big, Encoding::Utf16Be),
        (b"", &big, Encoding::Utf16Be),
    ] {
        let (summary, found) = run(&[mark, bytes].concat());
        assert_eq!((summary.verdict, summary.encoding, summary.records), (Verdict::Confirm, encoding, 9));
        assert_eq!(one(&found, "encoding-utf-16").severity, "warning");
        assert_eq!(found.len(), 1);
    }
}

#[test]
fn a_cell_in_another_encoding_than_the_rest_is_placed() {
    let text = String::from_utf8(named().with(2, "Last Name", "O~Brien").bytes()).unwrap();
    let bytes: Vec<u8> = text.bytes().map(|b| if b == b'~' { 0x92 } else { b }).collect();
    let (_, found) = run(&bytes);
    let seen = one(&found, "encoding-mixed");
    assert_eq!((seen.record, seen.column.as_str()), (Some(2), "Last Name"));
}

#[test]
fn bytes_that_are_no_character_are_placed() {
    let sheet = named().with(3, "Last Name", "A~B");
    let text = String::from_utf8(sheet.bytes()).unwrap();
    for damage in [&b"\xc0\xaf"[..], b"\xed\xa0\x80", b"\x81", "\u{fffd}".as_bytes()] {
        let bytes = text.bytes().flat_map(|b| if b == b'~' { damage.to_vec() } else { vec![b] }).collect::<Vec<_>>();
        let (_, found) = run(&bytes);
        let seen = one(&found, "character-unreadable");
        assert_eq!((seen.record, seen.column.as_str(), seen.severity.as_str()), (Some(3), "Last Name", "error"));
    }
}

#[test]
fn gzip_is_recognised_by_its_first_bytes() {
    let plain = example("r2").with(1, "Gender", "Man").bytes();
    let packed = gzip(&plain);
    let (summary, found) = run(&packed);
    assert!(summary.gzip);
    assert_eq!((summary.bytes, summary.text_bytes), (packed.len() as u64, plain.len() as u64));
    assert_eq!(found, run(&plain).1);
}

#[test]
fn a_damaged_gzip_file_is_refused_with_what_could_be_read_of_it() {
    let packed = gzip(&example("r2").bytes());
    let mut altered = packed.clone();
    let checksum = altered.len() - 6;
    altered[checksum] ^= 1;
    let followed = [packed.clone(), b"more".to_vec()].concat();
    let doubled = [packed.clone(), packed.clone()].concat();
    for bytes in [&packed[..packed.len() - 9], &packed[..packed.len() / 2], &packed[..3], &altered, &followed, &doubled]
    {
        let (summary, found) = run(bytes);
        assert_eq!(summary.verdict, Verdict::StoppedEarly);
        assert_eq!(one(&found, "gzip-damaged").severity, "reject");
    }
}

#[test]
fn every_way_to_end_a_line_gives_the_same_records() {
    let text = String::from_utf8(example("r2").bytes()).unwrap();
    for end in ["\n", "\r\n", "\r"] {
        let (summary, found) = run(text.replace('\n', end).as_bytes());
        assert_eq!((summary.verdict, summary.records), (Verdict::Clean, 9), "{end:?}");
        assert_eq!(found, []);
    }
    let mixed = text.replacen('\n', "\r\n", 3);
    let (summary, found) = run(mixed.as_bytes());
    assert_eq!((summary.verdict, summary.records), (Verdict::Clean, 9));
    assert_eq!(one(&found, "line-ends-mixed").severity, "info");
}

#[test]
fn lines_are_counted_through_quoted_line_ends() {
    let sheet = example("r2").with(1, "Event Description", "two\r\nlines\r\nmore").with(2, "Gender", "Man");
    let (_, found) = run(&sheet.bytes());
    let seen = one(&found, "value-not-in-list");
    assert_eq!((seen.record, seen.line), (Some(2), Some(5)));
    let late = example("r2").with(1, "Event Description", "two\nlines").with(1, "Event Outcome", "No");
    assert_eq!(one(&run(&late.bytes()).1, "value-not-in-list").line, Some(3));
}

#[test]
fn a_quote_never_closed_is_placed_and_swallows_nothing() {
    let text = String::from_utf8(example("r2").with(7, "Gender", "Man").bytes()).unwrap();
    let bytes = text.replacen(",Ben,", ",\"Ben,", 1);
    let (summary, found) = run(bytes.as_bytes());
    assert_eq!((summary.verdict, summary.records), (Verdict::Rejected, 9));
    let seen = one(&found, "quote-not-closed");
    assert_eq!((seen.record, seen.line, seen.column.as_str()), (Some(5), Some(6), "First Name"));
    let at = usize::try_from(seen.byte.unwrap()).unwrap();
    assert_eq!(&bytes.as_bytes()[at..at + 4], b"\"Ben");
    assert_eq!(one(&found, "value-not-in-list").record, Some(7));
    assert_eq!(found.len(), 2);
}

#[test]
fn stray_quotes_leave_their_record_out() {
    let text = String::from_utf8(example("r2").bytes()).unwrap();
    for (from, to) in [(",Ben,", ",B\"en,"), (",Ben,", ",\"Ben\"x,")] {
        let (summary, found) = run(text.replacen(from, to, 1).as_bytes());
        assert_eq!((summary.verdict, summary.records, summary.records_rejected), (Verdict::Confirm, 9, 1));
        let seen = one(&found, "quote-stray");
        assert_eq!((seen.record, seen.column.as_str(), seen.severity.as_str()), (Some(5), "First Name", "reject"));
        assert_eq!(found.len(), 1);
    }
}

#[test]
fn records_with_more_or_fewer_cells_are_placed_and_counted() {
    let mut sheet = example("r2");
    sheet.rows[2].push("more".into());
    sheet.rows[4].pop();
    let (summary, found) = run(&sheet.bytes());
    assert_eq!((summary.verdict, summary.records, summary.records_rejected), (Verdict::Rejected, 9, 2));
    let messages: Vec<(Option<u64>, &str)> = found.iter().map(|seen| (seen.record, seen.message.as_str())).collect();
    assert_eq!(
        messages,
        [
            (Some(2), "The record has 51 values, but there are 50 columns"),
            (Some(4), "The record has 49 values, but there are 50 columns")
        ]
    );
}

#[test]
fn nul_bytes_refuse_the_file_and_other_controls_the_record() {
    let nul = example("r2").with(2, "Last Name", "A\0B").bytes();
    let (summary, found) = run(&nul);
    assert_eq!(summary.verdict, Verdict::Rejected);
    assert_eq!((one(&found, "nul-byte").record, one(&found, "nul-byte").column.as_str()), (Some(2), "Last Name"));
    let escape = example("r2").with(2, "Last Name", "A\u{1b}[31m").bytes();
    let (summary, found) = run(&escape);
    assert_eq!((summary.verdict, summary.records_rejected), (Verdict::Confirm, 1));
    assert_eq!(one(&found, "character-control").record, Some(2));
    let turned = example("r2").with(2, "Last Name", "A\u{202e}B").bytes();
    assert!(rules(&turned).contains(&"character-control".to_owned()));
}

#[test]
fn blank_lines_blank_records_and_repeated_headers_are_told_apart() {
    let mut bytes = example("r2").bytes();
    bytes.extend_from_slice(b"\n");
    bytes.extend(",".repeat(49).bytes().chain(*b"\n"));
    bytes.extend(example("r2").bytes());
    let (summary, found) = run(&bytes);
    assert_eq!((summary.verdict, summary.records, summary.records_rejected), (Verdict::Confirm, 20, 2));
    assert_eq!((one(&found, "line-blank").line, one(&found, "line-blank").record), (Some(11), None));
    assert_eq!(one(&found, "record-blank").record, Some(10));
    assert_eq!(one(&found, "record-is-header").record, Some(11));
    let repeated = |seen: &&Seen| ["record-identical", "event-reference-repeated"].contains(&seen.rule.as_str());
    assert_eq!((found.len(), found.iter().filter(repeated).count()), (20, 17));
}

#[test]
fn ten_megabytes_without_a_line_end_are_given_up_in_bounded_memory() {
    let (summary, found) = run(&vec![b'a'; 10 << 20]);
    assert_eq!(summary.verdict, Verdict::StoppedEarly);
    assert_eq!(found[0].rule, "line-too-long");
    let mut late = example("r2").bytes();
    late.extend(vec![b'a'; 10 << 20]);
    let (summary, found) = run(&late);
    assert_eq!((summary.verdict, summary.records), (Verdict::StoppedEarly, 9));
    assert_eq!(found.last().map(|seen| (seen.rule.as_str(), seen.line)), Some(("line-too-long", Some(11))));
}

#[test]
fn a_cell_of_a_megabyte_is_read_and_too_long() {
    let (summary, found) = run(&example("r2").with(3, "Event Description", &"A".repeat(1 << 20)).bytes());
    assert_eq!((summary.verdict, summary.records), (Verdict::Confirm, 9));
    assert_eq!(one(&found, "text-too-long").record, Some(3));
}

#[test]
fn an_unclosed_quote_in_a_long_file_is_found_without_reading_it_whole_into_memory() {
    let mut bytes = example("r2").bytes();
    let last = format!("{}\n", example("r2").rows[5].join(",")).into_bytes();
    bytes.extend_from_slice(&[b"\"", &last[..]].concat());
    while bytes.len() < 9 << 20 {
        bytes.extend_from_slice(&last);
    }
    let (summary, found) = run(&bytes);
    assert_eq!(summary.verdict, Verdict::Rejected);
    assert_eq!(one(&found, "quote-not-closed").record, Some(10));
    assert_eq!(summary.records, bytes.iter().filter(|b| **b == b'\n').count() as u64 - 1);
}

#[test]
fn what_is_no_text_is_refused_at_once() {
    let random: Vec<u8> = (0..5000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for bytes in [&b"PK\x03\x04\0\0\0\0"[..], b"%PDF-1.7\n", b"PAR1\0\0", b"<html></html>", &random] {
        let (summary, found) = run(bytes);
        assert_eq!(summary.verdict, Verdict::StoppedEarly);
        assert_eq!(found[0].rule, "file-not-csv");
    }
    assert_eq!(rules(&gzip(&vec![0; 1_000_000])), ["file-not-csv"]);
}

#[test]
fn a_broken_disk_is_a_fault_and_no_finding() {
    struct Broken(usize);
    impl std::io::Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            self.0 += 1;
            if self.0 > 3 {
                return Err(std::io::Error::other("gone"));
            }
            into.fill(b'a');
            Ok(into.len().min(1000))
        }
    }
    let spec = crate::support::spec("asc-cld/r2");
    let mut kept = crate::support::Kept::default();
    let result = fairway_check::check(Broken(0), &spec, &crate::support::options(), &mut kept, &mut |_| {});
    assert_eq!(result.unwrap_err().to_string(), "input cannot be read");
}
