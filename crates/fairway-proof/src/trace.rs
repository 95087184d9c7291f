//! Requests of the batch trace.

use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use fairway_domain::{Digest, NhsNumber, Postcode};
use fairway_trace::format::{Format, Layout, RequestReader};
use fairway_trace::{
    Gender, Mode, Parameters, PartialDate, PersonRow, Register, RegisterBuilder, Requests, Tracer, trace_file,
};

static LAYOUTS: LazyLock<Vec<Arc<Layout>>> =
    LazyLock::new(|| Format::ALL.into_iter().filter_map(|format| Layout::of(format).ok().map(Arc::new)).collect());

/// Any file as a request in each layout: read to its end or refused, and the count that it states is the count read.
pub fn trace_request(bytes: &[u8]) {
    for layout in LAYOUTS.iter() {
        let Ok(requests) = RequestReader::open(Cursor::new(bytes), layout, None) else { continue };
        let stated = requests.envelope().records;
        let mut read = 0;
        for request in requests {
            if request.is_err() {
                return;
            }
            read += 1;
        }
        assert_eq!(read, stated, "other records than the envelope states");
    }
}

/// Three people, two of whom share name and address.
static REGISTER: LazyLock<Option<Register>> = LazyLock::new(|| {
    let person = |given_name, gender, born, address| PersonRow {
        given_name,
        family_name: "HARTLEY",
        gender,
        date_of_birth: PartialDate::parse(born).ok(),
        address: [address, "FROME", "", "", ""],
        postcode: Postcode::parse("NG3 3AA").ok(),
        ..PersonRow::default()
    };
    let mut rows = RegisterBuilder::default();
    for (number, row) in [
        ("9990000018", person("ZEBEDEE", Gender::Male, "19390411", "2 MILL LANE")),
        ("9990000026", person("TRYPHENA", Gender::Female, "19420817", "2 MILL LANE")),
        ("9990000034", PersonRow { sensitive: true, ..person("ANN", Gender::Female, "19510102", "3 MILL LANE") }),
    ] {
        rows.person(NhsNumber::parse(number).ok()?, &row).ok()?;
    }
    Register::hold(rows, Digest([0; 32])).ok()
});

/// Any file as requests in CSV, by both modes: the same bytes on any number of threads, an answer to each request, and
/// nobody named for fewer than two details.
pub fn trace_answers(bytes: &[u8]) {
    assert!(REGISTER.is_some(), "there is no register");
    let Some(register) = REGISTER.as_ref() else { return };
    for mode in [Mode::Fairway, Mode::Mps] {
        let tracer = Tracer::new(register, mode, Parameters::default());
        let answered = |threads| {
            let mut out = Vec::new();
            let requests = Requests::new(bytes).map_err(|refused| refused.to_string())?;
            let tally = trace_file(&tracer, requests, &mut out, threads).map_err(|refused| refused.to_string())?;
            Ok::<_, String>((tally, out))
        };
        let (one, three) = (answered(1), answered(3));
        assert_eq!(one, three, "the number of threads shows");
        let Ok((tally, responses)) = one else { continue };
        let (mut asked, mut given) = (csv::Reader::from_reader(bytes), csv::Reader::from_reader(&responses[..]));
        let header = asked.byte_headers().cloned().unwrap_or_default();
        let mut answers = 0;
        for (request, answer) in asked.byte_records().zip(given.records()) {
            assert!(request.is_ok() && answer.is_ok(), "what was answered cannot be read");
            let (Ok(request), Ok(answer)) = (request, answer) else { return };
            answers += 1;
            let details = header
                .iter()
                .zip(&request)
                .filter(|(name, cell)| *name != b"query_id" && !cell.trim_ascii().is_empty());
            assert!(answer[3].is_empty() || details.count() >= 2, "somebody is named for one detail");
        }
        assert_eq!(answers, tally.requests, "a request has no answer");
    }
}
