//! Which specification a file was made for.

use fairway_spec::{recognise, recognise_by_values};

use crate::support::{spec, valid_records};

fn header() -> Vec<String> {
    spec("asc-cld/r2").headers().map(str::to_owned).collect()
}

fn borrowed(header: &[String]) -> Vec<&str> {
    header.iter().map(String::as_str).collect()
}

#[test]
fn a_header_that_fits_both_releases_is_taken_for_the_newest() {
    let header = header();
    let found = recognise(&borrowed(&header));
    assert_eq!(found[0].name.to_string(), "asc-cld/r2");
    let exact: Vec<bool> = found.iter().take(3).map(fairway_spec::Recognition::is_exact).collect();
    assert_eq!((exact, found[2].name.release()), (vec![true, true, false], "v5"));
}

#[test]
fn values_tell_the_releases_apart() {
    for release in ["r1", "r2"] {
        let header = header();
        let rows: Vec<Vec<String>> = valid_records(release)
            .iter()
            .map(|record| header.iter().map(|name| record[name].clone()).collect())
            .collect();
        let found = recognise_by_values(&borrowed(&header), &rows);
        assert_eq!(found[0].name.release(), release);
        assert_eq!(found[0].values, found[0].values_in_list);
        assert!(found[1].values_in_list < found[1].values);
    }
}

#[test]
fn values_that_fit_both_releases_leave_the_newest() {
    let found = recognise_by_values(&["Gender", "Event Type"], &[["Female", "Request"]]);
    assert_eq!(found[0].name.release(), "r2");
    assert_eq!((found[0].found, found[0].missing, found[0].values_in_list), (2, 48, 2));
    assert!(!found[0].is_likely());
}

#[test]
fn a_header_with_underscores_missing_and_extra_columns_is_still_likely() {
    let mut header = header();
    header.remove(3);
    header[0] = "LA_Code".into();
    header.push("Notes".into());
    let found = &recognise(&borrowed(&header))[0];
    assert_eq!((found.found, found.nearly, found.missing, found.extra), (48, 49, 1, 1));
    assert!(found.is_likely() && !found.is_exact());
}

#[test]
fn nothing_and_nonsense_are_recognised_as_nothing() {
    for header in [&[][..], &["", "\u{0}", "a;b;c"][..]] {
        assert!(recognise(header).iter().all(|found| !found.is_likely()));
    }
}

#[test]
fn records_shorter_and_longer_than_the_header_are_read_as_far_as_they_go() {
    let found = recognise_by_values(&["Gender", "Event Type"], &[vec!["Male"], vec!["Male", "Review", "more"], vec![]]);
    assert_eq!((found[0].values, found[0].values_in_list), (3, 3));
}

#[test]
fn the_header_of_the_pilot_is_told_from_those_of_the_releases() {
    let pilot: Vec<String> = spec("asc-cld/v5").headers().map(str::to_owned).collect();
    let found = recognise(&borrowed(&pilot));
    assert_eq!(found[0].name.to_string(), "asc-cld/v5");
    assert!(found[0].is_exact() && found[1].found < 36);
    let without_some: Vec<&str> = pilot.iter().map(String::as_str).skip(8).collect();
    assert_eq!(recognise(&without_some)[0].name.release(), "v5");
}
