//! Request and response files: every layout read and written, every published code, every fault of a file.

use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use fairway_domain::{TraceOutcome, TraceStep};
use fairway_trace::format::{
    Defect, Detail, Details, Envelope, Format, Layout, ReadError, RequestReader, RequestWriter, ResponseReader,
    ResponseWriter, TraceReply, TraceRequest, respond,
};

use crate::support::{number, village};

mod faults;
mod layouts;
mod round_trip;

pub(crate) fn layout(format: Format) -> Arc<Layout> {
    static LAYOUTS: LazyLock<[Arc<Layout>; Format::ALL.len()]> =
        LazyLock::new(|| Format::ALL.map(|format| Arc::new(Layout::of(format).unwrap())));
    Arc::clone(&LAYOUTS[format as usize])
}

pub(crate) fn envelope(layout: &Layout, records: u64) -> Envelope {
    let start = layout.reference_start();
    Envelope { reference: format!("{start}20261123101500"), timestamp: "20261123101500".into(), records }
}

pub(crate) fn write_requests(layout: &Arc<Layout>, requests: &[TraceRequest]) -> Vec<u8> {
    let mut writer = RequestWriter::begin(Vec::new(), layout, envelope(layout, requests.len() as u64)).unwrap();
    requests.iter().for_each(|request| writer.write(request).unwrap());
    writer.finish().unwrap().0
}

pub(crate) fn write_replies(layout: &Arc<Layout>, replies: &[TraceReply]) -> Vec<u8> {
    let mut writer = ResponseWriter::begin(Vec::new(), layout, envelope(layout, replies.len() as u64)).unwrap();
    replies.iter().for_each(|reply| writer.write(reply).unwrap());
    writer.finish().unwrap().0
}

pub(crate) fn read_requests(layout: &Arc<Layout>, bytes: &[u8]) -> Result<Vec<TraceRequest>, ReadError> {
    RequestReader::open(Cursor::new(bytes), layout, None)?.collect()
}

pub(crate) fn read_replies(layout: &Arc<Layout>, bytes: &[u8]) -> Result<Vec<TraceReply>, ReadError> {
    ResponseReader::open(Cursor::new(bytes), layout)?.collect()
}

pub(crate) fn asked(id: &str) -> TraceRequest {
    let asked = Details::default()
        .with(Detail::NhsNumber, "9990000018")
        .with(Detail::FamilyName, "O'Neil, \"Pat\"")
        .with(Detail::GivenName, "Zoë")
        .with(Detail::Gender, "2")
        .with(Detail::DateOfBirth, "194803")
        .with(Detail::AddressLine1, "1 High Street")
        .with(Detail::Postcode, "LS1 4AP");
    TraceRequest { id: id.into(), asked, defect: None }
}

fn refusal(layout: &Arc<Layout>, file: &str) -> Defect {
    refusal_of(RequestReader::open(Cursor::new(file.as_bytes()), layout, None).map(drop))
}

fn refusal_of(result: Result<(), ReadError>) -> Defect {
    let Err(ReadError::Refused(defect)) = result else { unreachable!("the file is not refused") };
    defect
}

/// Holds bytes against a file of `tests/files`, which `FAIRWAY_WRITE_GOLDEN=1` writes anew, to be read before it is committed.
fn golden(name: &str, bytes: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name);
    if std::env::var_os("FAIRWAY_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, bytes).unwrap();
    }
    let wanted = std::fs::read(&path).unwrap();
    assert_eq!(String::from_utf8_lossy(bytes), String::from_utf8_lossy(&wanted), "{name}");
}

/// One reply of each outcome, with all that a reply may hold.
fn replies() -> Vec<TraceReply> {
    let found = Details::default()
        .with(Detail::NhsNumber, number(2).as_str())
        .with(Detail::FamilyName, "O'BRIEN")
        .with(Detail::GivenName, "MARK")
        .with(Detail::Gender, "1")
        .with(Detail::DateOfBirth, "19620817")
        .with(Detail::AddressLine1, "7 MILL LANE, \"THE MILL\"")
        .with(Detail::AddressLine2, "UPTON")
        .with(Detail::Postcode, "NG23 5SX")
        .with(Detail::GpPractice, "C84001");
    let reply = |id: &str, outcome, step, codes: (u8, u8)| TraceReply {
        outcome,
        step,
        dbs_code: Some(codes.0),
        mpt_code: Some(codes.1),
        ..TraceReply::untraced(asked(id))
    };
    let someone = |reply: TraceReply| TraceReply {
        number: Some(number(2)),
        found: found.clone(),
        score: Some(0.9975),
        margin: Some(0.25),
        parts: [Some(100.0), Some(99.5), Some(66.0), Some(100.0), None],
        ..reply
    };
    vec![
        someone(reply("1", TraceOutcome::CrossChecked, TraceStep::CrossCheck, (30, 0))),
        someone(reply("2", TraceOutcome::Superseded, TraceStep::CrossCheck, (40, 90))),
        someone(reply("3", TraceOutcome::Matched, TraceStep::Algorithmic, (33, 0))),
        reply("4", TraceOutcome::Multiple, TraceStep::Algorithmic, (32, 97)),
        reply("5", TraceOutcome::NotFound, TraceStep::Alphanumeric, (31, 98)),
        reply("6", TraceOutcome::NotTraced, TraceStep::None, (31, 96)),
    ]
}

#[test]
fn requests_and_responses_are_written_as_their_layouts_say() {
    for format in Format::ALL {
        let name = format.as_str();
        let layout = layout(format);
        golden(&format!("{name}-request.txt"), &write_requests(&layout, &[asked("1"), asked("2")]));
        golden(&format!("{name}-response.txt"), &write_replies(&layout, &replies()));
    }
}

#[test]
fn a_response_read_back_says_what_was_answered() {
    for format in [Format::Csv, Format::Mpt, Format::Pds] {
        let layout = layout(format);
        let read = read_replies(&layout, &write_replies(&layout, &replies())).unwrap();
        for (read, wrote) in read.iter().zip(&replies()) {
            assert_eq!((&read.id, read.outcome, read.number), (&wrote.id, wrote.outcome, wrote.number), "{format:?}");
            assert_eq!((read.step, read.score), (wrote.step, wrote.score), "{format:?} {}", read.id);
        }
    }
}

#[test]
fn what_a_register_answers_is_written_row_by_row() {
    let register = village().read().unwrap();
    let queries = [
        Details::default().with(Detail::NhsNumber, number(1).as_str()).with(Detail::DateOfBirth, "19450312"),
        Details::default().with(Detail::FamilyName, "Nobody").with(Detail::DateOfBirth, "19000102"),
    ];
    let replies: Vec<TraceReply> = queries
        .into_iter()
        .zip(["1", "2"])
        .map(|(asked, id)| TraceRequest { id: id.into(), asked, defect: None })
        .map(|request| TraceReply::new(request.clone(), &register.trace(&request.query()).unwrap()))
        .collect();
    let layout = layout(Format::Pds);
    let read = read_replies(&layout, &write_replies(&layout, &replies)).unwrap();
    assert_eq!(read[0].outcome, TraceOutcome::CrossChecked);
    assert_eq!(read[0].found.get(Detail::Postcode), "LE15 6AA");
    assert_eq!(read[0].found.get(Detail::DateOfBirth), "19450312");
    assert!(!read[1].outcome.is_found());
}

#[test]
fn a_whole_file_is_answered_in_its_order_with_the_same_bytes_on_any_number_of_threads() {
    let register = village().read().unwrap();
    let layout = layout(Format::Csv);
    let row = |n: u32| match n % 3 {
        0 => format!("{n},{},,19450312\n", number(1).as_str()),
        1 => format!("{n},,O'BRIEN,19620817\n"),
        _ => format!("{n},,\n"),
    };
    let file = format!("query_id,nhs_number,family_name,date_of_birth\n{}", (0..10_000).map(row).collect::<String>());
    let answer = |threads| {
        let requests = RequestReader::open(Cursor::new(file.as_bytes()), &layout, None).unwrap();
        let responses = ResponseWriter::begin(Vec::new(), &layout, requests.envelope().clone()).unwrap();
        respond(requests, responses, threads, |query| register.trace(query)).unwrap()
    };
    let (one, tally) = answer(1);
    assert_eq!((tally.written.records, tally.found, tally.at_fault), (10_000, 3_334, 3_333));
    assert_eq!(answer(3), (one.clone(), tally));
    let ids = String::from_utf8(one).unwrap();
    let ids = ids.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned());
    assert!(ids.eq((0..10_000).map(|n: u32| n.to_string())));
}

#[test]
fn a_score_below_one_never_reads_as_one() {
    let almost = TraceReply { score: Some(0.999_999_9), ..replies().remove(0) };
    for (format, told) in [(Format::Csv, "0.999999"), (Format::Mpt, "99.99")] {
        let file = String::from_utf8(write_replies(&layout(format), std::slice::from_ref(&almost))).unwrap();
        assert!(file.contains(&format!(",{told},")), "{file}");
    }
}

#[test]
fn nothing_that_prints_for_debugging_shows_a_value() {
    let request = format!("{:?}", asked("ref-1").asked);
    assert!(request.contains("family_name") && !request.contains("Neil") && !request.contains("999"));
}
