//! The same reading for a load.

use fairway_check::{Records, sniff};
use fairway_domain::Value;
use fairway_spec::{Role, Spec};
use jiff::civil::date;

use crate::support::{example, options, run, spec};

#[test]
fn cells_come_typed_in_the_order_of_the_specification() {
    let spec = spec("asc-cld/r2");
    let sheet = example("r2").with(1, "Last Name", "  O'Connor\u{a0}").with(1, "Date of Death", "NULL");
    let bytes = sheet.bytes();
    let mut records = Records::open(&bytes[..], &spec, &options()).unwrap();
    let record = records.next().unwrap().unwrap();
    let at = |header| spec.index_of_header(header).unwrap();
    assert_eq!((record.number(), record.rejected()), (1, false));
    assert_eq!(record.value(at("Last Name")), Value::Text("O'Connor"));
    assert_eq!(record.value(at("Date of Birth")), Value::Date(date(1941, 2, 14)));
    assert_eq!((record.value(at("Date of Death")), record.raw(at("Date of Death"))), (Value::Null, "NULL"));
    assert!(record.readable(at("Date of Death")));
    for _ in 2..=4 {
        assert!(records.next().unwrap().is_some());
    }
    let carer = {
        records.next().unwrap();
        records.next().unwrap();
        records.next().unwrap().unwrap()
    };
    assert_eq!(carer.value(at("Unit Cost")), Value::Decimal(30_000));
    assert_eq!(carer.value(at("No. of adults being cared for")), Value::Integer(1));
}

#[test]
fn what_cannot_be_read_is_null_and_kept_as_it_was_sent() {
    let spec = spec("asc-cld/r2");
    let bytes = example("r2").with(1, "Date of Birth", "14.2.1941").with(1, "NHS Number", "9990000477").bytes();
    let mut records = Records::open(&bytes[..], &spec, &options()).unwrap();
    let record = records.next().unwrap().unwrap();
    for (role, raw) in [(Role::BirthDate, "14.2.1941"), (Role::NhsNumber, "9990000477")] {
        let field = spec.index_of_role(role).unwrap();
        assert_eq!((record.value(field), record.raw(field)), (Value::Null, raw));
        assert!(!record.readable(field));
    }
    assert!(!record.rejected());
}

#[test]
fn records_left_out_are_those_that_the_check_counted() {
    let spec = spec("asc-cld/r2");
    let mut sheet = example("r2").with(2, "NHS Number", "").with(2, "LA Person Unique Identifier", "");
    sheet.rows.insert(5, vec![String::new(); 50]);
    let text = String::from_utf8(sheet.bytes()).unwrap().replacen(",Dee,", ",D\"ee,", 1);
    let (summary, _) = run(text.as_bytes());
    let mut records = Records::open(text.as_bytes(), &spec, &options()).unwrap();
    let (mut read, mut rejected) = (0, Vec::new());
    while let Some(record) = records.next().unwrap() {
        read += 1;
        if record.rejected() {
            rejected.push(record.number());
        }
    }
    assert_eq!(rejected, [2, 5, 8]);
    assert_eq!((read, rejected.len() as u64), (summary.records, summary.records_rejected));
}

#[test]
fn a_file_that_does_not_pass_is_no_file_to_load() {
    let spec = spec("asc-cld/r2");
    assert!(Records::open(&b"a,b\n1,2\n"[..], &spec, &options()).is_err());
    let mut ragged = example("r2").bytes();
    ragged.extend_from_slice(b"1,2,3\n");
    let mut records = Records::open(&ragged[..], &spec, &options()).unwrap();
    let error = loop {
        match records.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the end of a file that does not pass"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.to_string(), "input does not pass the check that it was accepted with");
}

#[test]
fn records_may_move_to_another_thread() {
    fn sendable<T: Send>(_: &T) {}
    let spec: std::sync::Arc<Spec> = spec("asc-cld/r2");
    let bytes = example("r2").bytes();
    sendable(&Records::open(&bytes[..], &spec, &options()).unwrap());
    let records = Records::open(std::io::Cursor::new(bytes), &spec, &options()).unwrap();
    let count = std::thread::scope(|scope| {
        scope
            .spawn(move || {
                let mut records = records;
                let mut count = 0;
                while records.next().unwrap().is_some() {
                    count += 1;
                }
                count
            })
            .join()
            .unwrap()
    });
    assert_eq!(count, 9);
}

#[test]
fn the_specification_is_recognised_by_header_and_values() {
    for release in ["r1", "r2"] {
        let name = format!("asc-cld/{release}");
        assert_eq!(sniff(&example(release).bytes()[..]).unwrap().likely().unwrap().to_string(), name);
        let semicolons = String::from_utf8(example(release).bytes()).unwrap().replace(',', ";");
        assert_eq!(sniff(semicolons.as_bytes()).unwrap().likely().unwrap().to_string(), name);
    }
    assert_eq!(sniff(&b"PK\x03\x04"[..]).unwrap().not_csv, Some("a spreadsheet or a zip archive"));
    assert!(sniff(&b"a,b\n1,2\n"[..]).unwrap().likely().is_none());
    assert!(sniff(&b""[..]).unwrap().likely().is_none());
}
