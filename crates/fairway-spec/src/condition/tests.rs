use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn parse(sql: &str) -> Condition {
    Condition::parse(sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

#[track_caller]
fn refuses(sql: &str, place: (u64, u64), words: &str) {
    let error = Condition::parse(sql).unwrap_err();
    assert!(error.problem.contains(words), "{error}");
    assert_eq!((error.line, error.column), place, "{error}");
}

fn field(header: &str) -> Term {
    Term::Field(header.into())
}

#[test]
fn every_form_is_read_and_said() {
    for (sql, english) in [
        ("TRUE", "always"),
        ("false", "never"),
        (r#""A" = 'x'"#, r#"A is "x""#),
        (r#"'x' = "A""#, r#"A is "x""#),
        (r#""A" <> 'it''s'"#, r#"A is not "it's""#),
        (r#""A" IN ('x', 'y')"#, r#"A is one of "x", "y""#),
        (r#""A" NOT IN ('x', 'y')"#, r#"A is none of "x", "y""#),
        (r#""A" LIKE 'x%'"#, r#"A begins with "x""#),
        (r#""A" NOT LIKE '%x'"#, r#"A does not end with "x""#),
        (r#""A" LIKE '%x%'"#, r#"A contains "x""#),
        (r#""A" LIKE 'x'"#, r#"A is "x""#),
        (r#""A" IS NULL"#, "A is blank"),
        (r#""A" IS NOT NULL"#, "A is filled"),
        (r#""A" <= "B""#, "A is at most B"),
        (r#""A" > -1.5"#, "A is more than -1.5"),
        (r#""A" <> "B""#, "A differs from B"),
        (r#""A" < DATE '2020-01-31'"#, "A is before 31/01/2020"),
        (r#""A" >= today()"#, "A is on or after the day of the check"),
        (r#"first_of_month("A") = "A""#, "the first of the month of A is the same as A"),
        (r#"years("A", "B") BETWEEN 18 AND 64"#, "the full years from A to B are 18 to 64"),
        (r#"DAYS("A", today()) < 3"#, "the days from A to the day of the check are less than 3"),
        (r#"length("A") = 6"#, "the length of A is the same as 6"),
        (r#""N" >= filled("A", "B")"#, "N is at least the filled ones of A, B"),
        (r#"matches("A", '^[A-Z]+$')"#, r#"A fits the pattern "^[A-Z]+$""#),
        (r#"NOT holds_nhs_number("A")"#, "A does not hold an NHS number"),
        (r#"holds_postcode("A") OR holds_date("A")"#, "A holds a postcode or A holds a date"),
        (r#"holds_value_of("A", "B")"#, "A holds the value of B"),
        (r#""N" IN (1) AND "A" IS NULL"#, "N is the same as 1 and A is blank"),
        (r#""N" IN (1, 2)"#, "N is the same as 1 or N is the same as 2"),
        (r#""A" IS NULL AND ("B" = 'x' OR "C" = 'y')"#, r#"A is blank and (B is "x" or C is "y")"#),
        (r#"NOT ("A" IS NULL AND "B" IS NULL)"#, "not (A is blank and B is blank)"),
    ] {
        assert_eq!(parse(sql).to_string(), english, "{sql}");
        assert_eq!(parse(&parse(sql).to_sql()), parse(sql), "{sql}");
    }
}

#[test]
fn and_binds_closer_than_or_and_chains_stay_flat() {
    let all = parse(r#""A" IS NULL AND "B" IS NULL AND "C" IS NULL"#);
    assert!(matches!(&all, Condition::All(parts) if parts.len() == 3), "{all}");
    let any = parse(r#""A" IS NULL OR "B" IS NULL AND "C" IS NULL"#);
    assert!(matches!(&any, Condition::Any(parts) if matches!(parts[1], Condition::All(_))), "{any}");
}

#[test]
fn names_stand_for_conditions_whatever_sql_means_by_them() {
    let named: Named =
        ["service", "case", "interval", "left"].iter().map(|n| ((*n).into(), parse("\"A\" = 'x'"))).collect();
    let condition = Condition::parse_with("Service AND NOT case AND (interval OR left)", &named).unwrap();
    assert_eq!(condition.to_sql(), r#""A" = 'x' AND "A" <> 'x' AND ("A" = 'x' OR "A" = 'x')"#);
    let error = Condition::parse_with("servic", &named).unwrap_err().to_string();
    assert_eq!(
        error,
        "line 1, column 1: `servic` is neither a condition's name nor a function; a field stands in double quotation \
         marks; conditions named before this place are case, interval, left, service"
    );
    assert!(Condition::parse_with("service = 'x'", &named).is_err());
}

#[test]
fn a_header_may_hold_anything() {
    for header in ["Request: Route of Access", "No. of adults", "a \"quoted\" one", "x.y", "Größe", "%", "'"] {
        let blank = Condition::Blank(header.into());
        assert_eq!(parse(&blank.to_sql()), blank);
    }
}

#[test]
fn what_is_no_condition_is_refused_where_it_stands() {
    refuses("", (1, 1), "the expression is empty");
    refuses("  \n ", (1, 1), "the expression is empty");
    refuses(r#""A""#, (1, 1), "a field alone is no condition");
    refuses("\"A\" = 'x' AND\n  \"B\"", (2, 3), "a field alone is no condition");
    refuses("NOT", (1, 1), "`NOT` needs something after it");
    refuses("years > 1", (1, 1), "`years` needs something after it");
    refuses(r#""A" = 'x"#, (1, 7), "unterminated string literal");
    refuses(r#""A" = 'x' "B""#, (1, 11), "nothing can follow here");
    refuses(r#""A" ="#, (1, 6), "expected an expression, found the end");
    refuses(r#"("A" IS NULL"#, (1, 13), "expected");
    refuses(r#""A" = NULL"#, (1, 7), "NULL is asked for with IS NULL");
    refuses(r#""A" = x"#, (1, 7), "neither a condition's name nor a function");
    refuses(r#""A" < 'x'"#, (1, 1), "texts are compared with =, <>, IN and LIKE");
    refuses(r#""A" = TRUE"#, (1, 7), "TRUE and FALSE cannot be compared");
    refuses(r#""A" LIKE 'a%b'"#, (1, 10), "LIKE knows % at the beginning and the end alone");
    refuses(r#""A" LIKE 'a_'"#, (1, 10), "LIKE knows %");
    refuses(r#""A" LIKE '%'"#, (1, 10), "a text besides %");
    refuses(r#""A" IN ('x', 1)"#, (1, 9), "all texts, all numbers or all days");
    refuses(r#""A" < DATE '31/01/2020'"#, (1, 12), "a day is written DATE '2020-01-31'");
    refuses(r#""A" < DATE '2020-02-30'"#, (1, 12), "a day is written DATE '2020-01-31'");
    refuses(r#"matches("A", '(')"#, (1, 14), "no regular expression");
    refuses(r#"years("A") > 1"#, (1, 1), "years takes two days");
    refuses(r#"holds_date("A") = 1"#, (1, 1), "is a condition of its own");
    refuses(r#"length("A")"#, (1, 1), "compare it with something");
    refuses(r#""A" + 1 > 2"#, (1, 5), "`+` has no meaning in a condition");
    refuses(r#"EXISTS (SELECT 1)"#, (1, 1), "neither a condition's name nor a function");
    refuses(r#""A" = 1; DROP"#, (1, 8), "`;` has no meaning");
    refuses(r#"years("A" => 1, 2) > 1"#, (1, 11), "has no meaning");
    refuses(&format!("{}TRUE{}", "(".repeat(20), ")".repeat(20)), (1, 13), "parentheses lie at most 12 deep");
}

#[test]
fn what_is_too_much_is_refused_soon() {
    for sql in [
        "NOT ".repeat(1_000) + "TRUE",
        "(".repeat(100_000),
        "- ".repeat(3_000) + "1",
        vec!["\"A\" IS NULL"; 20_000].join(" AND "),
        "\"A\"".to_owned() + &" = \"A\"".repeat(1_900),
        "\"A\"".to_owned() + &" IS NULL".repeat(1_300),
        format!("{}{}", "years(".repeat(16), ")".repeat(16)),
        "'".repeat(70_000),
        "\"".repeat(9_999),
        "TRUE AND ".repeat(1_900),
    ] {
        assert!(Condition::parse(&sql).is_err());
    }
    assert!(Condition::parse(&vec!["\"A\" IS NULL"; 900].join(" AND ")).is_ok());
}

#[test]
fn names_cannot_blow_a_condition_up() {
    let mut named = Named::new();
    named.insert("c0".into(), parse("\"A\" IS NULL"));
    let mut refused = 0;
    for number in 1..40 {
        let sql = format!("c{} OR NOT c{0}", number - 1);
        match Condition::parse_with(&sql, &named) {
            Ok(condition) => {
                named.insert(format!("c{number}"), condition);
            }
            Err(error) => {
                refused += 1;
                assert!(error.problem.contains("at most") || error.problem.contains("neither"), "{error}");
            }
        }
    }
    assert!(refused > 20);
}

fn text() -> impl Strategy<Value = String> {
    "[A-Za-z '\"é.:-]{1,8}"
}

fn term() -> impl Strategy<Value = Term> {
    let day = (1800..2200_i16, 1..=12_i8, 1..=28_i8).prop_map(|(y, m, d)| Term::Day(date(y, m, d)));
    let leaf = prop_oneof![
        text().prop_map(Term::Field),
        (-1e9..1e9_f64).prop_map(Term::Number),
        (-1000..1000_i32).prop_map(|n| Term::Number(n.into())),
        day,
        Just(Term::Today),
        text().prop_map(Term::Length),
        prop::collection::vec(text(), 1..4).prop_map(Term::Filled),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|day| Term::FirstOfMonth(Box::new(day))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Term::Years(Box::new(a), Box::new(b))),
            (inner.clone(), inner).prop_map(|(a, b)| Term::Days(Box::new(a), Box::new(b))),
        ]
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    use Comparison::{AtLeast, AtMost, Equal, Greater, Less};
    let comparison = prop::sample::select(vec![Equal, Less, AtMost, Greater, AtLeast]);
    let held = prop::sample::select(vec![Held::NhsNumber, Held::Postcode, Held::Date]);
    let leaf = prop_oneof![
        Just(Condition::Always),
        Just(Condition::Never),
        text().prop_map(Condition::Blank),
        (text(), prop::collection::vec(text(), 1..4)).prop_map(|(h, v)| Condition::In(h, v)),
        (text(), text()).prop_map(|(h, t)| Condition::Starts(h, t)),
        (text(), text()).prop_map(|(h, t)| Condition::Ends(h, t)),
        (text(), text()).prop_map(|(h, t)| Condition::Contains(h, t)),
        (text(), text()).prop_map(|(h, t)| Condition::Matches(h, t)),
        (held, text()).prop_map(|(k, h)| Condition::Holds(k, h)),
        (text(), text()).prop_map(|(a, b)| Condition::HoldsValueOf(a, b)),
        (term(), comparison, term()).prop_map(|(a, c, b)| Condition::Compare(a, c, b)),
        (term(), term(), term()).prop_map(|(a, b, c)| Condition::Between(a, b, c)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::Any),
            inner.prop_map(|part| Condition::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_as_sql_is_read_back_the_same(condition in condition()) {
        let sql = condition.to_sql();
        let read = Condition::parse(&sql);
        prop_assert_eq!(read.as_ref(), Ok(&condition), "{}", sql);
    }

    #[test]
    fn no_text_is_too_strange(sql in "\\PC{0,60}") {
        let _ = Condition::parse(&sql);
    }

    #[test]
    fn no_heap_of_words_is_too_strange(words in prop::collection::vec(prop::sample::select(vec![
        "\"A\"", "'x'", "AND", "OR", "NOT", "IN", "LIKE", "IS", "NULL", "BETWEEN", "(", ")", ",", "=", "<>", "<", "-", "1",
        "1e9", "DATE", "TRUE", "years", "filled", "today", "()", "matches", "'%x%'", "\n", "--", "/*", "N'x'", "X'1'", "\"",
        "holds_date", "::", "[", "{", "$1", "U&'x'", "1.", ".5", "0x1",
    ]), 0..30)) {
        if let Ok(condition) = Condition::parse(&words.join(" ")) {
            prop_assert_eq!(Condition::parse(&condition.to_sql()), Ok(condition));
        }
    }
}

#[test]
fn the_fields_asked_about_are_known() {
    let condition =
        parse(r#"years("A", first_of_month("B")) > filled("C", "D") AND holds_value_of("E", "F") AND "G" = "H""#);
    assert_eq!(condition.headers().into_iter().collect::<String>(), "ABCDEFGH");
    assert_eq!(parse(r#""A" <= "B""#), Condition::Compare(field("A"), Comparison::AtMost, field("B")));
}
