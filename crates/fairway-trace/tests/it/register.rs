use fairway_trace::{Gender, Register};

use crate::support::{Files, date, number, village};

fn error(files: &Files) -> String {
    files.read().unwrap_err().to_string()
}

#[test]
fn every_column_of_a_person_reads_back() {
    let register = village().read().unwrap();
    assert_eq!((register.len(), register.is_empty()), (5, false));
    let sian = register.by_number(number(1)).unwrap().unwrap();
    assert_eq!(sian.nhs_number(), number(1));
    assert_eq!((sian.given_name(), sian.other_given_names(), sian.family_name()), ("SIAN", "MAIR", "JONES"));
    assert_eq!((sian.gender(), sian.date_of_birth(), sian.date_of_death()), (Gender::Female, date("19450312"), None));
    assert_eq!(sian.address(), ["FLAT 2 5 HIGH STREET", "OAKHAM", "LE AREA", "", ""]);
    assert_eq!((sian.postcode().as_str(), sian.gp_practice(), sian.is_sensitive()), ("LE15 6AA", "C82001", false));
    assert_eq!(sian.earlier_family_names().collect::<Vec<_>>(), ["PRICE"]);
    assert_eq!(sian.earlier_postcodes().collect::<Vec<_>>(), ["CF10 1EP"]);
    let arthur = register.by_number(number(4)).unwrap().unwrap();
    assert_eq!(arthur.date_of_death(), date("20200401"));
    assert_eq!(arthur.address(), ["1 GREEN LANE", "", "", "", ""]);
    assert!(register.by_number(number(11)).unwrap().is_none());
}

#[test]
fn no_accessor_says_where_a_sensitive_person_is() {
    let register = village().read().unwrap();
    let rose = register.by_number(number(5)).unwrap().unwrap();
    assert_eq!((rose.address(), rose.postcode().as_str(), rose.gp_practice()), ([""; 5], "", ""));
    assert_eq!(rose.earlier_postcodes().count(), 0);
    assert_eq!((rose.given_name(), rose.date_of_birth()), ("ROSE", date("19790601")));
}

#[test]
fn a_chain_of_replacements_leads_to_the_current_number() {
    let register = village().read().unwrap();
    for old in [11, 12] {
        assert_eq!(register.by_superseded_number(number(old)).unwrap().unwrap().nhs_number(), number(1));
    }
    assert!(register.by_superseded_number(number(1)).unwrap().is_none());
}

#[test]
fn debug_shows_nobody() {
    let register = village().read().unwrap();
    assert_eq!(format!("{register:?}"), "Register { people: 5, .. }");
    assert_eq!(format!("{:?}", register.by_number(number(1)).unwrap()), "Some([identifiable])");
}

#[test]
fn columns_may_come_in_any_order_with_a_byte_order_mark_and_any_line_ends() {
    let mut files = Files::new();
    files.register = format!(
        "\u{feff}sensitive,gp_practice,postcode,address_line1,address_line5,date_of_death,date_of_birth,gender,\
         family_name,other_given_names,given_name,nhs_number\r\n,C82001,le156aa,1 HIGH STREET,ENGLAND,,1945,9,\
         \"JONES, LADY\",,SIAN,{}\r\n",
        number(1).as_str()
    );
    let register = files.read().unwrap();
    let sian = register.by_number(number(1)).unwrap().unwrap();
    assert_eq!((sian.family_name(), sian.postcode().as_str()), ("JONES, LADY", "LE15 6AA"));
    assert_eq!((sian.gender(), sian.date_of_birth()), (Gender::NotSpecified, date("1945")));
    assert_eq!(sian.address(), ["1 HIGH STREET", "", "", "", "ENGLAND"]);
}

#[test]
fn the_version_is_that_of_the_bytes_of_all_three_files() {
    let version = |files: Files| files.read().unwrap().version();
    assert_eq!(version(village()), version(village()));
    assert_ne!(version(village()), version(village().person(6, "X,,Y,1,1950,,,,,,,")));
    assert_ne!(version(village()), version(village().earlier(2, "postcode", "NG1 1AA")));
    assert_ne!(version(village()), version(village().replaced(13, 2)));
}

#[test]
fn a_register_without_people_is_read() {
    assert!(Files::new().read().unwrap().is_empty());
}

#[test]
fn a_missing_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    village().write(dir.path());
    std::fs::remove_file(dir.path().join("history.csv")).unwrap();
    assert_eq!(Register::read(dir.path()).unwrap_err().to_string(), "history.csv cannot be read");
}

#[test]
fn a_header_that_is_not_a_registers_is_refused() {
    let with = |from: &str, to: &str| {
        let mut files = village();
        files.register = files.register.replace(from, to);
        error(&files)
    };
    assert_eq!(with(",postcode,gp_practice", ",gp"), "register.csv has no column postcode, gp_practice");
    assert_eq!(
        with("address_line2", "Address_Line2"),
        "register.csv has a column that does not belong there, number 9 from the left"
    );
    assert_eq!(with("address_line3", "postcode"), "register.csv has the column postcode twice");
    assert!(
        error(&Files { register: String::new(), ..Files::new() }).starts_with("register.csv has no column nhs_number,")
    );
}

#[test]
fn a_value_that_does_not_fit_is_named_by_record_and_column_and_never_shown() {
    let one = |rest: &str| error(&village().person(6, rest));
    for (rest, want) in [
        ("ANN,,LEE,3,19500101,,,,,,,", "gender: not one of the codes 0, 1, 2 and 9"),
        ("ANN,,LEE,2,19500231,,,,,,,", "date_of_birth: not a date of the form YYYYMMDD, YYYYMM or YYYY"),
        ("ANN,,LEE,2,19500101,31/12/2020,,,,,,", "date_of_death: not a date of the form YYYYMMDD, YYYYMM or YYYY"),
        ("ANN,,LEE,2,19500101,,,,,LE15,,", "postcode: not the shape of a postcode"),
        ("ANN,,LEE,2,19500101,,,,,,,Y", "sensitive: neither S nor blank"),
        ("ANN,,\"LE\nE\",2,19500101,,,,,,,", "family_name: a control character or line break is in the text"),
    ] {
        assert_eq!(one(rest), format!("register.csv, record 6, column {want}"));
    }
    assert_eq!(one("ANN,,LEE"), "register.csv, record 6: 4 cells, where the header has 13");
    let mut files = village();
    files.register = files.register.replace(number(3).as_str(), "1234567890");
    assert_eq!(
        error(&files),
        "register.csv, record 3, column nhs_number: not an NHS number (10 digits, the last of them a check digit)"
    );
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let files = village();
    files.write(dir.path());
    let mut bytes = files.register.into_bytes();
    let at = bytes.windows(4).position(|four| four == b"WEBB").unwrap();
    bytes[at] = 0xE9;
    std::fs::write(dir.path().join("register.csv"), bytes).unwrap();
    assert_eq!(Register::read(dir.path()).unwrap_err().to_string(), "register.csv, record 4: the text is not UTF-8");
}

#[test]
fn numbers_that_contradict_each_other_are_refused() {
    assert_eq!(
        error(&village().person(2, "ANN,,LEE,2,19500101,,,,,,,")),
        "register.csv, record 6, column nhs_number: an earlier record has the same number"
    );
    assert_eq!(
        error(&village().earlier(99, "postcode", "LE15 6AA")),
        "history.csv, record 4, column nhs_number: nobody in register.csv has this number"
    );
    assert_eq!(
        error(&village().earlier(1, "given_name", "ANN")),
        "history.csv, record 4, column field: neither family_name nor postcode"
    );
    assert_eq!(error(&village().earlier(1, "postcode", " ")), "history.csv, record 4, column value: blank");
    assert_eq!(
        error(&village().replaced(2, 1)),
        "superseded.csv, record 3, column old_nhs_number: a person in register.csv still has this number"
    );
    assert_eq!(
        error(&village().replaced(11, 2)),
        "superseded.csv, record 3, column old_nhs_number: an earlier record replaces the same number"
    );
    assert_eq!(
        error(&village().replaced(13, 99)),
        "superseded.csv, record 3, column nhs_number: it does not lead to a number in register.csv"
    );
    let circle = error(&village().replaced(13, 14).replaced(14, 13));
    assert!(circle.ends_with("it does not lead to a number in register.csv"), "{circle}");
}

#[test]
fn a_register_can_be_asked_from_any_number_of_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&village().read().unwrap());
}
