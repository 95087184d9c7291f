use super::*;
use proptest::prelude::*;

fn date(text: &str) -> PartialDate {
    PartialDate::parse(text).unwrap()
}

fn agreement(a: &str, b: &str) -> Agreement {
    let (a, b) = (date(a), date(b));
    assert_eq!(a.agreement(b), b.agreement(a), "the order does not matter");
    a.agreement(b)
}

#[test]
fn full_and_partial_dates_are_read() {
    assert_eq!(date("19450312").full(), Some(jiff::civil::date(1945, 3, 12)));
    assert_eq!((date("194503").month(), date("194503").day(), date("194503").full()), (Some(3), None, None));
    assert_eq!((date("1945").year(), date("1945").month()), (1945, None));
}

#[test]
fn what_is_no_date_is_refused() {
    for text in ["", "45", "19451", "19450230", "19451301", "194513", "194500", "0000", "1945-03-12", "١٩٤٥"] {
        assert_eq!(PartialDate::parse(text), Err(DateError), "{text}");
    }
}

#[test]
fn only_the_same_full_date_is_exact() {
    assert_eq!(agreement("19450312", "19450312"), Agreement::Exact);
    assert_eq!(agreement("194503", "194503"), Agreement::Partial);
    assert_eq!(agreement("1945", "1945"), Agreement::None);
}

#[test]
fn two_equal_parts_are_partial_and_one_is_not() {
    assert_eq!(agreement("19450312", "19450317"), Agreement::Partial);
    assert_eq!(agreement("19450312", "19450812"), Agreement::Partial);
    assert_eq!(agreement("19450312", "19620312"), Agreement::Partial);
    assert_eq!(agreement("19450312", "194503"), Agreement::Partial);
    assert_eq!(agreement("19450312", "19450817"), Agreement::None);
    assert_eq!(agreement("19450312", "1945"), Agreement::None);
}

#[test]
fn the_handbooks_slips_are_partial() {
    assert_eq!(agreement("19450312", "19451203"), Agreement::Partial, "day and month swapped");
    assert_eq!(agreement("19450812", "19450721"), Agreement::Partial, "12 for 21");
    assert_eq!(agreement("19450812", "19540817"), Agreement::Partial, "1945 for 1954");
    assert_eq!(agreement("19451012", "19450117"), Agreement::Partial, "10 for 01");
    assert_eq!(agreement("19450812", "20540817"), Agreement::None, "the century is not swapped");
}

#[test]
fn debug_shows_no_digit() {
    assert_eq!(format!("{:?}", date("19450312")), "[identifiable]");
}

prop_compose! {
    fn any_date()(year in 1880u32..2030, month in 1u32..13, day in 1u32..29) -> PartialDate {
        PartialDate(year * 10_000 + month * 100 + day)
    }
}

proptest! {
    #[test]
    fn any_text_is_judged_without_panic(text in ".*") {
        let _ = PartialDate::parse(&text);
    }

    #[test]
    fn digits_read_are_the_digits_kept(date in any_date(), length in prop::sample::select(vec![4usize, 6, 8])) {
        let digits = date.packed().to_string();
        let read = PartialDate::parse(&digits[..length]).unwrap();
        prop_assert_eq!(format!("{:0<8}", &digits[..length]), read.packed().to_string());
        prop_assert_eq!(PartialDate::unpacked(read.packed()), Some(read));
    }

    #[test]
    fn agreement_is_symmetric_and_exact_only_for_equal_dates(a in any_date(), b in any_date()) {
        prop_assert_eq!(a.agreement(b), b.agreement(a));
        prop_assert_eq!(a.agreement(b) == Agreement::Exact, a == b);
    }

    #[test]
    fn one_changed_part_is_never_less_than_partial(a in any_date(), year in 1880u32..2030, month in 1u32..13, day in 1u32..29) {
        for changed in [a.0 % 10_000 + year * 10_000, a.0 / 10_000 * 10_000 + month * 100 + a.0 % 100, a.0 / 100 * 100 + day] {
            prop_assert!(a.agreement(PartialDate(changed)) != Agreement::None);
        }
    }

    #[test]
    fn a_date_allows_exactly_the_dates_with_its_known_parts(a in any_date(), b in any_date(), known in 1usize..4) {
        let cut = PartialDate::parse(&a.packed().to_string()[..2 + 2 * known]).unwrap();
        let same = a.packed().to_string()[..2 + 2 * known] == b.packed().to_string()[..2 + 2 * known];
        prop_assert_eq!(cut.days().any(|day| day == b.packed()), same);
    }
}
