use fairway_domain::NhsNumber;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn kinds(cell: &str) -> Vec<Kind> {
    found(&Scanner::new(), cell)
}

fn found(scanner: &Scanner, cell: &str) -> Vec<Kind> {
    let mut text = Text::default();
    text.set(cell.as_bytes());
    let mut kinds = Vec::new();
    scanner.cell(&text, &mut |kind| kinds.push(kind));
    kinds
}

fn assert_each(cells: &[&str], want: &[Kind]) {
    for cell in cells {
        assert_eq!(kinds(cell), want, "{cell}");
    }
}

#[test]
fn an_nhs_number_is_found_in_every_dress() {
    let dressed = [
        "9434765919",
        "943 476 5919",
        "943-476-5919",
        "943\u{a0}476\u{a0}5919",
        "(9434765919)",
        "816_9434765919",
        "816-9434765919",
        "=\"9434765919\"",
        "9434765919.0",
        "NHS9434765919",
        "9434765919A",
        "seen with 943 476 5919 today",
        "id:9434765919;",
    ];
    assert_each(&dressed, &[Kind::NhsNumber]);
}

#[test]
fn what_only_looks_like_an_nhs_number_is_left_alone() {
    let others = [
        "9434765918",
        "94347659190",
        "19434765919",
        "0.9434765919",
        "9434765919.25",
        "1111111111",
        "943 476 59190",
        "943  476 5919",
        "1-9434765919",
        "0192f0c1-7a5e-7c3a-9b1e-ab9434765919",
    ];
    assert_each(&others, &[]);
}

#[test]
fn pseudonyms_and_digests_are_never_taken_for_identifiers() {
    let pseudonym = "k3y19434765919sm8jqgasfdsbpen1pq3t4923crpwwpx3bkstq6kfaw";
    assert_eq!(pseudonym.len(), 56);
    let digest = "c074ee893b4e3a55c4454c7280c5324d557587ee1e816590fb404ef2f34befcb";
    assert_each(&[pseudonym, &format!("816_{pseudonym}"), digest], &[]);
}

#[test]
fn a_full_postcode_is_found_and_a_sector_or_a_code_is_not() {
    assert_each(&["SW1A 1AA", "sw1a1aa", "lives at M1 1AE now", "ZZ99 3VZ", "B33\u{a0}8TH"], &[Kind::Postcode]);
    let codes =
        ["SW1A 1", "SW1A", "E01004142", "A81001", "Z9D4Z", "U6Q5Z", "1-123456789", "QX1 1AA", "SW1A 1CV", "816"];
    assert_each(&codes, &[]);
}

#[test]
fn electronic_mail_and_telephone_numbers_are_found() {
    assert_each(&["a.person@example.org", "write to <a+b@mail.example.co.uk>."], &[Kind::Email]);
    assert_each(&["me@home", "@example.org", "a@b.", "50 @ 12.50"], &[]);
    let phones = [
        "01632 960123",
        "07700900123",
        "+44 7700 900123",
        "(020) 7946 0000",
        "0044 20 7946 0000",
        "+44 (0)1632 960123",
    ];
    assert_each(&phones, &[Kind::Phone]);
    let others =
        ["01-02-2023 10:20", "2024-06-30", "00123456", "0123", "01632960123x", "0.1632960123", "0501632960123"];
    assert_each(&others, &[]);
}

#[test]
fn birth_dates_are_found_however_they_are_written_and_other_days_are_not() {
    let scanner = Scanner::new().with_birth_dates([date(1950, 5, 31), date(1943, 1, 2)]);
    for cell in [
        "31/05/1950",
        "31-05-1950",
        "1950-05-31",
        "1950-05-31T00:00:00",
        "19500531",
        "31051950",
        "31 May 1950",
        "31-MAY-1950",
        "born 2/1/1943",
        "31/05/1950 00:00",
    ] {
        assert_eq!(found(&scanner, cell), [Kind::BirthDate], "{cell}");
    }
    for cell in ["30/05/1950", "1950-05", "May 1950", "05/31/1950", "1950", "31/05/19501"] {
        assert_eq!(found(&scanner, cell), [], "{cell}");
    }
}

#[test]
fn given_identifiers_are_found_as_they_must_stand() {
    let needles = [
        ("local id", Fit::Token, "P-00417"),
        ("local id", Fit::Token, "p-00417"),
        ("surname", Fit::Cell, "White"),
        ("forename", Fit::Cell, "Zoë"),
        ("local id", Fit::Token, "17"),
        ("local id", Fit::Token, " "),
    ];
    let needles = Needles::new(needles).unwrap();
    assert_eq!((needles.len(), needles.too_short()), (3, 1));
    assert_eq!(format!("{needles:?}"), "[3 identifiers]");
    let scanner = Scanner::new().with_needles(needles);
    let (id, surname) = (Kind::Given("local id"), Kind::Given("surname"));
    for (cell, want) in [
        ("P-00417", vec![id]),
        ("816_p-00417", vec![id]),
        ("P-004170", vec![]),
        ("XP-00417", vec![]),
        (" WHITE ", vec![surname]),
        ("White: English", vec![]),
        ("Zoë", vec![Kind::Given("forename")]),
        ("ëP-00417", vec![]),
        ("17", vec![]),
    ] {
        assert_eq!(found(&scanner, cell), want, "{cell}");
    }
}

#[test]
fn a_report_names_column_and_record_and_never_the_value() {
    let mut csv = String::from("\u{feff}id,note,9434765919\n");
    for row in 1..=9 {
        csv.push_str(if row % 2 == 0 { "a,\"call, 07700 900123 or 07700 900456\",\n" } else { "b,,9434765919\n" });
    }
    let report = Scanner::new().csv(csv.as_bytes()).unwrap();
    assert_eq!((report.rows, report.cells, report.bytes), (9, 30, csv.len() as u64));
    let phones = Tally { kind: Kind::Phone, column: Some("note".into()), count: 8, first: vec![2, 4, 6, 8] };
    let numbers =
        Tally { kind: Kind::NhsNumber, column: Some("column 3".into()), count: 6, first: vec![0, 1, 3, 5, 7] };
    assert_eq!(report.tallies, [phones, numbers]);
    assert_eq!((report.count(Kind::NhsNumber), report.count(Kind::Postcode)), (6, 0));
    assert!(!format!("{report:?}").contains("9434765919"));
}

#[test]
fn a_column_may_hold_what_belongs_there() {
    let scanner = Scanner::new().with_birth_dates([date(2005, 3, 1)]).allowing("start", Kind::BirthDate);
    assert!(scanner.csv(&b"id,start\n1,2005-03-01\n"[..]).unwrap().is_clean());
    assert_eq!(scanner.csv(&b"start,id\n1,2005-03-01\n"[..]).unwrap().count(Kind::BirthDate), 1);
}

#[test]
fn an_empty_or_ragged_file_is_scanned_to_its_end() {
    assert_eq!(Scanner::new().csv(&b""[..]).unwrap(), ScanReport::default());
    let report = Scanner::new().csv(&b"a\n1,2,9434765919\n\xff\xfe,9434765919"[..]).unwrap();
    assert_eq!((report.rows, report.count(Kind::NhsNumber)), (2, 2));
}

#[test]
fn long_text_is_scanned_without_a_seam() {
    let needles = Needles::new([("local id", Fit::Token, "needle-in-hay"), ("surname", Fit::Cell, "Farmer")]).unwrap();
    let scanner = Scanner::new().with_needles(needles);
    for edge in [1_048_576 - 600, 1_048_576 - 525, 1_048_576 - 518, 1_048_576 - 5, 1_048_576 + 3, 2_097_152 - 530] {
        let mut text = vec![b'.'; 3_000_000];
        text[edge..edge + 13].copy_from_slice(b"needle-in-hay");
        text[edge + 20..edge + 32].copy_from_slice(b"943 476 5919");
        text[edge + 40..edge + 46].copy_from_slice(b"FARMER");
        let report = scanner.text(&text[..]).unwrap();
        assert_eq!(report.bytes, 3_000_000);
        let places: Vec<(Kind, &[u64])> = report.tallies.iter().map(|t| (t.kind, t.first.as_slice())).collect();
        let at = edge as u64;
        let want: [(Kind, &[u64]); 3] =
            [(Kind::NhsNumber, &[at + 20]), (Kind::Given("local id"), &[at]), (Kind::Given("surname"), &[at + 40])];
        assert_eq!(places, want);
    }
}

#[test]
fn binary_files_are_searched_for_given_identifiers_between_any_bytes() {
    let needles = Needles::new([("NHS number", Fit::Token, "9434765919"), ("surname", Fit::Cell, "Farmer")]).unwrap();
    let scanner = Scanner::new().with_needles(needles);
    let report = scanner.binary(&b"PAR1\x0a\0\0\094347659198\0\0\0farmer8"[..]).unwrap();
    assert_eq!(report.count(Kind::Given("NHS number")), 1);
    assert_eq!(report.count(Kind::Given("surname")), 1);
    assert!(scanner.binary(&b"M1 1AE 07700900123"[..]).unwrap().is_clean());
}

fn any_nhs_number() -> impl Strategy<Value = String> {
    proptest::array::uniform9(0u8..10).prop_filter_map("one with a check digit", |nine| {
        let check = NhsNumber::check_digit(nine)?;
        let digits: String = nine.iter().chain([&check]).map(|d| char::from(b'0' + d)).collect();
        NhsNumber::parse(&digits).is_ok().then_some(digits)
    })
}

proptest! {
    #[test]
    fn any_nhs_number_planted_between_any_marks_is_found(
        number in any_nhs_number(), before in "[^0-9A-Za-z.]{0,5}", after in "[^0-9A-Za-z.]{0,5}",
    ) {
        let cell = [before.as_str(), &number, &after].concat();
        prop_assert!(kinds(&cell).contains(&Kind::NhsNumber));
    }

    #[test]
    fn no_pseudonym_is_ever_an_identifier(pseudonym in "[0-9a-hjkmnp-tv-z]{56}") {
        prop_assert_eq!(kinds(&pseudonym), []);
    }

    #[test]
    fn any_bytes_are_scanned_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let needles = Needles::new([("x", Fit::Token, &bytes[..bytes.len() / 3])]).unwrap();
        let scanner = Scanner::new().with_needles(needles).with_birth_dates([date(2000, 1, 1)]);
        prop_assert_eq!(scanner.csv(&bytes[..]).is_ok(), true);
        prop_assert_eq!(scanner.text(&bytes[..]).unwrap().bytes, bytes.len() as u64);
        prop_assert!(scanner.binary(&bytes[..]).is_ok());
    }
}
