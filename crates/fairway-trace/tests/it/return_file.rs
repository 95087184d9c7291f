use fairway_trace::{Gender, Query, ReturnFile};

use crate::support::{date, number, village};

#[test]
fn the_return_file_has_the_columns_of_the_tracing_offer_and_a_row_for_each_person() {
    let register = village().person(6, "TOM,,\"DOE, JUNIOR\",1,198001,2019,4 THE CRESCENT,,,LE1 6AA,,").read().unwrap();
    let by_number = |n, born| Query { nhs_number: Some(number(n)), date_of_birth: date(born), ..Query::default() };
    let mut file = ReturnFile::new(Vec::new(), "Person Id").unwrap();
    for (id, query) in [
        ("A-1", by_number(12, "19450312")),
        ("A-2", by_number(4, "19301105")),
        ("A-3", by_number(5, "19790601")),
        ("A-4", by_number(5, "19790602")),
        ("A-5", Query { family_name: "Doe", given_name: "Tom", ..by_number(6, "198001") }),
        (
            "A-6",
            Query { family_name: "O'Brien", gender: Gender::Male, date_of_birth: date("1962"), ..Query::default() },
        ),
        ("A-7", Query::default()),
    ] {
        file.write(id, &register.trace(&query).unwrap()).unwrap();
    }
    let text = String::from_utf8(file.finish().unwrap()).unwrap();
    assert_eq!(text.matches("\r\n").count(), 8);
    insta::assert_snapshot!(text.replace("\r\n", "\n"), @r#"
    Person Id,Trace Result NHS Number,Returned Date Of Birth,Returned Current Posting,Returned Date of Current Posting or Date of Death,Returned Surname,Returned Forename,Returned Other Forename(s),Returned Sex,Returned Address Line 1,Returned Address Line 2,Returned Address Line 3,Returned Address Line 4,Returned Address Line 5,Returned Postcode,Returned GP Practice,Trace Outcome Code,Trace Outcome,Trace Step
    A-1,9990000026,12/03/1945,,,JONES,SIAN,MAIR,2,FLAT 2 5 HIGH STREET,OAKHAM,LE AREA,,,LE15 6AA,C82001,40,Number replaced by another,cross check
    A-2,9990000050,05/11/1930,,01/04/2020,WEBB,ARTHUR,JAMES,1,1 GREEN LANE,,,,,LE15 7BB,C82001,30,Number confirmed,cross check
    A-3,9990000069,01/06/1979,,,HIDDEN,ROSE,,2,,,,,,,,30,Number confirmed,cross check
    A-4,,,,,,,,,,,,,,,,31,Nobody found,cross check
    A-5,9990000077,01/1980,,2019,"DOE, JUNIOR",TOM,,1,4 THE CRESCENT,,,,,LE1 6AA,,30,Number confirmed,cross check
    A-6,,,,,,,,,,,,,,,,22,More than one person fits,alphanumeric
    A-7,,,,,,,,,,,,,,,,21,Too little given to trace,none
    "#);
}

#[test]
fn the_return_file_says_nothing_of_where_a_sensitive_person_is() {
    let files = village();
    let register = files.read().unwrap();
    let rose = Query { nhs_number: Some(number(5)), date_of_birth: date("19790601"), ..Query::default() };
    let mut file = ReturnFile::new(Vec::new(), "Person Id").unwrap();
    file.write("A-3", &register.trace(&rose).unwrap()).unwrap();
    let text = String::from_utf8(file.finish().unwrap()).unwrap();
    assert!(text.contains("HIDDEN"));
    for place in ["SECRET", "FARAWAY", "TR19", "TR18", "L82001"] {
        assert!(files.register.contains(place) || files.history.contains(place));
        assert!(!text.contains(place), "{place}");
    }
}

#[test]
fn a_writer_that_fails_is_our_own_fault() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let fault = ReturnFile::new(Full, "Person Id").and_then(ReturnFile::finish).err().unwrap();
    assert_eq!(fault.to_string(), "return file cannot be written");
}
