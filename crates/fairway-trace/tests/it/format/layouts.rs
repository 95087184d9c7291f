//! Layouts: what they may say, and that every published code means what was published.

use super::*;

#[test]
fn every_layout_that_comes_with_fairway_loads_under_its_name() {
    for format in Format::ALL {
        assert_eq!(layout(format).name, format.as_str());
        assert_eq!(format.as_str().parse::<Format>().unwrap(), format);
    }
    assert!("xml".parse::<Format>().is_err());
}

#[test]
fn every_published_code_has_a_meaning() {
    let codes = |format| layout(format).codes().map(|(code, _)| code.to_owned()).collect::<Vec<_>>();
    assert_eq!(codes(Format::Dbs), ["20", "21", "22", "30", "31", "32", "33", "40"]);
    let mut mpt = codes(Format::Mpt);
    mpt.sort();
    let published: Vec<String> =
        (0..=17).chain([90, 91, 92, 96, 97, 98]).map(|code: u8| format!("{code:02}")).collect();
    assert_eq!(mpt, published);
    assert_eq!(layout(Format::Mpt).says("97"), Some("More than one person fits closely"));
    assert_eq!(layout(Format::Mpt).says("42"), None);
}

/// A reply of the Master Patient Trace with this code, number and step code.
fn mpt_reply(code: &str, number: &str, step: &str) -> TraceReply {
    let row = format!("1{}{code},{number},{step},,,,,,", ",".repeat(25));
    let file = format!("MPTRSP,SPINE_MPT_RESPONSE,1,00\r\n{row}\r\n");
    read_replies(&layout(Format::Mpt), file.as_bytes()).unwrap().remove(0)
}

#[test]
fn a_code_of_the_master_patient_trace_is_an_outcome() {
    use TraceOutcome as O;
    let (found, none, several) = ("9990000018", "0000000000", "9999999999");
    for (code, number, step, outcome) in [
        ("00", found, "1", O::CrossChecked),
        ("00", found, "3", O::Matched),
        ("00", found, "2", O::Matched),
        ("00", found, "4", O::Matched),
        ("00", none, "4", O::NotFound),
        ("00", several, "4", O::Multiple),
        ("00", "", "4", O::NotFound),
        ("90", found, "1", O::Superseded),
        ("91", none, "1", O::NotFound),
        ("92", found, "1", O::CrossChecked),
        ("15", none, "0", O::NotTraced),
        ("96", none, "0", O::NotTraced),
        ("97", several, "4", O::Multiple),
        ("98", none, "4", O::NotFound),
        // A code that names nobody is not overruled by a number beside it.
        ("98", found, "4", O::NotFound),
    ] {
        let reply = mpt_reply(code, number, step);
        assert_eq!(reply.outcome, outcome, "{code} {number} {step}");
        assert_eq!(reply.number.is_some(), outcome.is_found(), "{code} {number} {step}");
    }
    let faulty = mpt_reply("13", none, "0");
    assert_eq!((faulty.outcome, faulty.fault_code.as_str(), faulty.mpt_code), (O::NotTraced, "13", None));
}

#[test]
fn a_code_of_the_demographics_batch_service_is_an_outcome() {
    let layout = layout(Format::Dbs);
    for wrote in replies() {
        let code = wrote.dbs_code;
        let read = read_replies(&layout, &write_replies(&layout, std::slice::from_ref(&wrote))).unwrap().remove(0);
        let outcome = if wrote.outcome == TraceOutcome::NotTraced { TraceOutcome::NotFound } else { wrote.outcome };
        assert_eq!((read.dbs_code, read.outcome, read.number), (code, outcome, wrote.number));
    }
}

#[test]
fn a_sender_may_lay_a_file_out_otherwise() {
    let text = include_str!("../../../../../specs/tracing/csv.yaml")
        .replace("separator: \",\"", "separator: \"|\"")
        .replace("name: family_name }", "name: Surname, max: 5 }")
        .replace("fault: required", "fault: length");
    let layout = Arc::new(Layout::parse(&text).unwrap());
    let read = read_requests(&layout, b"query_id|Surname\n1|O,Neil\n2|Neil\n").unwrap();
    assert_eq!(read[0].defect.as_ref().map(|defect| defect.code.as_str()), Some("10"));
    assert_eq!(read[1].asked.get(Detail::FamilyName), "Neil");
}

#[test]
fn a_layout_that_contradicts_itself_is_told_why() {
    let text = include_str!("../../../../../specs/tracing/csv.yaml");
    for (from, to, words) in [
        ("separator: \",\"", "separator: \"a\"", "separator: "),
        ("separator: \",\"", "", "request: columnNames needs a separator"),
        ("lineEnd: \"\\n\"", "lineEnd: \"x\"", "lineEnd: "),
        (
            "item: id, name: query_id, required: true",
            "item: id, name: query_id",
            "request: fields need one with item id",
        ),
        ("name: given_name }", "name: query_id }", "request: query_id occurs twice"),
        ("item: asked.given_name", "item: asked.nhs_number", "request: given_name occurs twice"),
        ("item: asked.given_name", "item: reference", "request: given_name: this item does not belong"),
        ("item: asked.given_name", "item: asked.shoe_size", "the layout cannot be read: "),
        ("name: given_name }", "name: given_name, max: 0 }", "request: given_name: max and width"),
        ("item: number, name: nhs_number", "item: number, name: nhs_number, max: 9", "response: nhs_number: an NHS"),
        ("fault: required, level: record", "fault: count, level: record", "faults: Count is about the whole file"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let told = Layout::parse(&changed).unwrap_err().to_string();
        assert!(told.starts_with(words), "{told}");
    }
}
