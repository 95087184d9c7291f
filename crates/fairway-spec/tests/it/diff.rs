//! What changed from Release 1 to Release 2.

use fairway_spec::diff;

use crate::support::spec;

#[test]
fn a_specification_does_not_differ_from_itself() {
    let r2 = spec("asc-cld/r2");
    assert!(diff(&r2, &r2).is_empty());
}

#[test]
fn the_difference_between_the_releases_is_as_reviewed() {
    insta::assert_snapshot!(diff(&spec("asc-cld/r1"), &spec("asc-cld/r2")).to_string());
}

#[test]
fn seen_backwards_what_was_added_is_removed() {
    let (r1, r2) = (spec("asc-cld/r1"), spec("asc-cld/r2"));
    let back = diff(&r2, &r1);
    let names = |change: &fairway_spec::Change| {
        let with = back.rules.iter().filter(|d| d.change == *change);
        with.map(|d| d.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&fairway_spec::Change::Removed), ["value-of-earlier-release"]);
    assert_eq!(names(&fairway_spec::Change::Added), ["delivery-not-for-use", "funding-not-for-use"]);
}
