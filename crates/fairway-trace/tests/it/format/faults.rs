//! Every fault of a file: the code, the words, and that nobody is traced.

use fairway_trace::format::DefectKind as Kind;

use super::*;

fn mpt(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\r\n")).collect()
}

const HEADER: &str = "MPTREQ_20261123101500,SPINE_MPTPHASE4_TRACE,20261123101500,1";

/// A record of 23 fields that begins with these.
fn record(start: &str) -> String {
    format!("{start}{}", ",".repeat(22 - start.matches(',').count()))
}

#[test]
fn a_file_that_breaks_its_layout_is_refused_whole_with_its_code() {
    let good = record("1,,Example,,,1,19500101");
    let layout = layout(Format::Mpt);
    assert_eq!(read_requests(&layout, mpt(&[HEADER, &good]).as_bytes()).unwrap().len(), 1);
    let long = record(&format!("1,,{}", "x".repeat(41)));
    let cases: [(&[&str], Kind, &str, Option<u64>); 16] = [
        (&[], Kind::Parse, "01", None),
        (&[HEADER, "1,\"Example"], Kind::Parse, "01", Some(2)),
        (&[&HEADER.replace("MPTREQ_", "OTHERS_"), &good], Kind::Reference, "02", Some(1)),
        (&[&HEADER.replace("PHASE4", "PHASE3"), &good], Kind::Workflow, "03", Some(1)),
        (&[&HEADER.replace(",1", ",2"), &good], Kind::Count, "04", None),
        (&[&HEADER.replace(",1", ",x"), &good], Kind::Count, "04", Some(1)),
        (&[&HEADER.replace("101500,1", "101560,1"), &good], Kind::Timestamp, "09", Some(1)),
        (&[&HEADER.replace(",1", ",2"), &good, &good], Kind::Id, "08", Some(3)),
        (&[HEADER, &record(",,Example")], Kind::Id, "08", Some(2)),
        (&[HEADER, &record("a:b,,Example")], Kind::Id, "08", Some(2)),
        (&[HEADER, &long], Kind::Length, "11", Some(2)),
        (&[HEADER, &record("1,,Example,,,M")], Kind::Gender, "12", Some(2)),
        (&[HEADER, &record("1,,Example,,,1,01/01/1950")], Kind::Format, "13", Some(2)),
        (&[HEADER, "1,,Example"], Kind::TooFewFields, "16", Some(2)),
        (&[HEADER, &format!("{good},")], Kind::TooManyFields, "17", Some(2)),
        (&[&HEADER.replace(",1", ""), &good], Kind::TooFewFields, "16", Some(1)),
    ];
    for (lines, kind, code, line) in cases {
        let defect = refusal(&layout, &mpt(lines));
        assert_eq!((defect.kind, defect.code.as_str(), defect.line), (kind, code, line), "{defect}");
        assert!(!defect.to_string().contains("Example"), "{defect}");
    }
}

#[test]
fn a_files_name_must_be_its_reference() {
    let layout = layout(Format::Mpt);
    let file = mpt(&[HEADER, &record("1")]);
    let open = |name| RequestReader::open(Cursor::new(file.as_bytes()), &layout, Some(name)).map(drop);
    open("MPTREQ_20261123101500.csv").unwrap();
    let defect = refusal_of(open("MPTREQ_20261123101501.csv"));
    assert_eq!((defect.kind, defect.code.as_str()), (Kind::FileName, "07"));
}

#[test]
fn a_file_of_more_records_than_allowed_is_refused() {
    let layout = layout(Format::Mpt);
    let rows: String = (0..=500_000).map(|n| record(&n.to_string()) + "\n").collect();
    let file = mpt(&[&HEADER.replace(",1", ",500001")]) + &rows;
    let defect = refusal(&layout, &file);
    assert_eq!((defect.kind, defect.code.as_str()), (Kind::TooManyRecords, "06"));
}

#[test]
fn a_line_that_is_not_text_or_has_no_end_is_refused_without_being_held_in_memory() {
    let layout = layout(Format::Csv);
    let defect = refusal_of(RequestReader::open(Cursor::new(b"query_id\n\xff\n"), &layout, None).map(drop));
    assert_eq!((defect.kind, defect.line), (Kind::Parse, Some(2)));
    let endless = format!("query_id\n{}", "1".repeat(200_000));
    let defect = refusal(&layout, &endless);
    assert_eq!(defect.text, "The line is longer than 64 KiB");
}

#[test]
fn columns_by_name_come_in_any_order_and_any_but_the_reference_may_be_missing() {
    let layout = layout(Format::Csv);
    let read = read_requests(&layout, b"\xef\xbb\xbffamily_name,query_id\r\nExample,1\r\nOther,2").unwrap();
    assert_eq!(read[1].id, "2");
    assert_eq!(read[0].asked.get(Detail::FamilyName), "Example");
    for (file, words) in [
        ("", "The file is empty"),
        ("family_name\nExample\n", "There is no column query_id"),
        ("query_id,famly_name\n", "Column 2 has a name that is not one of the format's columns"),
        ("query_id,query_id\n", "Column 2 has the name of another column"),
        ("query_id,family_name\n,Example\n", "query_id must be filled"),
    ] {
        assert_eq!(refusal(&layout, file).text, words);
    }
}

#[test]
fn a_record_of_the_wrong_length_is_answered_alone_where_the_layout_says_so() {
    let layout = layout(Format::Csv);
    let read = read_requests(&layout, b"query_id,family_name\n1,Example,x\n2\n3,Example\n").unwrap();
    let codes: Vec<_> = read.iter().map(|r| r.defect.as_ref().map(|d| (d.code.as_str(), d.line))).collect();
    assert_eq!(codes, [Some(("17", Some(2))), Some(("16", Some(3))), None]);
    let replies: Vec<_> = read.into_iter().map(TraceReply::untraced).collect();
    let text = String::from_utf8(write_replies(&layout, &replies)).unwrap();
    assert_eq!(text.lines().nth(1), Some("1,not_traced,17,,,,none,17,"));
}

#[test]
fn a_trailer_must_be_there_and_agree() {
    let layout = layout(Format::Dbs);
    let good = String::from_utf8(write_requests(&layout, &[asked("1")])).unwrap();
    let without = good.lines().take(2).map(|line| format!("{line}\n")).collect::<String>();
    assert_eq!(refusal(&layout, &without).line, Some(2));
    assert_eq!(refusal(&layout, good.lines().next().unwrap()).kind, Kind::Count);
    assert_eq!(refusal(&layout, &good.replace("TRL,1", "TRL,2")).kind, Kind::Count);
    assert_eq!(refusal(&layout, &good.replace("TRL", "END")).kind, Kind::Parse);
}

#[test]
fn a_refused_request_is_answered_by_a_header_with_the_code() {
    let layout = layout(Format::Mpt);
    let defect = refusal(&layout, &mpt(&[HEADER]));
    let file = ResponseWriter::refuse(Vec::new(), &layout, envelope(&layout, 1), &defect).unwrap();
    assert_eq!(String::from_utf8(file.clone()).unwrap(), "MPTREQ_20261123101500,SPINE_MPT_RESPONSE,0,04\r\n");
    let read = refusal_of(read_replies(&layout, &file).map(drop));
    assert_eq!(read.code, "04");
    assert_eq!(read.text, "The service refused the file: The file has not as many records as it states");
}

#[test]
fn a_reply_with_a_code_that_nobody_published_is_no_answer() {
    let layout = layout(Format::Csv);
    let header = "query_id,outcome,code,nhs_number,score,margin,step\n";
    for row in ["1,matched,99,,,,none", "1,found,20,,,,none", "1,matched,20,12,,,none", "1,matched,20,,x,,none"] {
        let defect = refusal_of(read_replies(&layout, format!("{header}{row}\n").as_bytes()).map(drop));
        assert_eq!((defect.kind, defect.line), (Kind::Format, Some(2)), "{row}");
    }
}
