//! Plain Table Schemas and data packages as specifications.

use std::sync::Arc;

use fairway_check::Verdict;
use fairway_spec::{Overrides, Spec, resolve};

use crate::support::{Seen, one, options, run_with};

fn spec(name: &str, text: &str) -> Arc<Spec> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    resolve(&path.to_string_lossy()).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(name: &str, text: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(name), text).unwrap();
    Spec::load(&dir.path().join(name)).map(|_| ()).unwrap_err().to_string()
}

fn rules(found: &[Seen]) -> Vec<&str> {
    found.iter().map(|seen| seen.rule.as_str()).collect()
}

const PEOPLE: &str = "
name: day-centre
title: Visits to day centres
missingValues: ['', '-', n/a]
fields:
  - {name: visit, type: integer}
  - {name: person, type: string, constraints: {required: true, maxLength: 6}}
  - {name: day, type: date}
primaryKey: visit
";

#[test]
fn three_columns_in_a_yaml_file_are_a_specification() {
    let spec = spec("day-centre.yaml", PEOPLE);
    assert_eq!((spec.name.to_string().as_str(), spec.title.as_str()), ("day-centre/1", "Visits to day centres"));
    let (summary, found) = run_with(b"visit,person,day\n1,A,2025-01-01\n2,B,n/a\n3,C,-\n", &spec, &options());
    assert_eq!(found, [], "words for nothing are nothing");
    assert_eq!(summary.verdict, Verdict::Clean);
}

#[test]
fn a_table_schema_speaks_of_types_constraints_and_keys() {
    let spec = spec("schema.yaml", PEOPLE);
    let file = b"visit,person,day\n1,A,2025-01-01\n1,B,01/01/2025\nx,,\n,B234567,\n";
    let (_, found) = run_with(file, &spec, &options());
    let seen: Vec<(Option<u64>, &str, &str)> =
        found.iter().map(|f| (f.record, f.column.as_str(), f.rule.as_str())).collect();
    let expected = [
        (Some(2), "visit", "primary-key"),
        (Some(2), "day", "date-format"),
        (Some(3), "visit", "integer-format"),
        (Some(3), "person", "mandatory-blank"),
        (Some(4), "visit", "mandatory-blank"),
        (Some(4), "person", "text-too-long"),
    ];
    for fault in expected {
        assert!(seen.contains(&fault), "{fault:?} among {seen:?}");
    }
    assert_eq!(seen.len(), expected.len(), "{seen:?}");
    assert_eq!(one(&found, "primary-key").message, "visit is the same as in an earlier record");
}

#[test]
fn blanks_around_a_text_count_and_formulas_are_warned_of() {
    let spec = spec(
        "s.json",
        r#"{"fields": [{"name": "a", "type": "string", "constraints": {"enum": ["x", "=y"]}}, {"name": "b", "type": "string"}]}"#,
    );
    let (_, found) = run_with(b"a,b\nx,=1+1\n=y, c \nx ,\n", &spec, &options());
    assert_eq!(rules(&found), ["formula-cell", "value-capitals"]);
    assert_eq!((found[0].severity.as_str(), found[0].record), ("warning", Some(1)));
    assert_eq!(found[1].record, Some(3));
}

#[test]
fn a_centres_severities_hold_for_rules_that_a_table_schema_has_no_row_for() {
    let spec = spec("schema.yaml", PEOPLE);
    let set = |yaml: &str| {
        let overrides = Overrides::parse(yaml, "severities.yaml").unwrap();
        Arc::new(fairway_check::with_severities(&spec, &overrides).unwrap())
    };
    let file = b"visit,person,day\n1,A,2025-02-30\n";
    let (summary, found) = run_with(file, &set("severities: {date-impossible: info}"), &options());
    assert_eq!((found[0].severity.as_str(), summary.verdict), ("info", Verdict::Clean));
    assert!(Arc::strong_count(&set("severities: {boolean-format: warning}")) == 1, "no specification lists this rule");
    let (summary, _) = run_with(b"visit;person;day\n", &set("severities: {delimiter-wrong: info}"), &options());
    assert_eq!(summary.verdict, Verdict::StoppedEarly, "what cannot be read stays refused");
}

#[test]
fn another_separator_than_the_one_described_is_named() {
    let spec = spec("s.yaml", "schema: {fields: [{name: a}, {name: b}, {name: c}]}\ndialect: {delimiter: ';'}");
    let (_, found) = run_with(b"a,b,c\n1,2,3\n", &spec, &options());
    assert_eq!(one(&found, "delimiter-wrong").message, "The columns are separated by commas, not by semicolons");
}

#[test]
fn a_package_says_how_its_file_is_written() {
    let spec = spec(
        "datapackage.json",
        r#"{"name": "p", "resources": [{"name": "r", "path": "r.csv", "encoding": "utf-8",
            "dialect": {"delimiter": ";", "header": false},
            "schema": {"fields": [{"name": "n", "type": "number", "decimalChar": ","}, {"name": "t", "type": "time"}]}}]}"#,
    );
    let (summary, found) = run_with(b"1,5;10:00:00\n2;25:00:00\n", &spec, &options());
    assert_eq!((summary.records, rules(&found)), (2, vec!["time-format"]));
}

#[test]
fn one_resource_of_several_is_named_after_a_hash() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("datapackage.json");
    std::fs::create_dir(dir.path().join("schemas")).unwrap();
    std::fs::write(dir.path().join("schemas/b.json"), r#"{"fields": [{"name": "y", "type": "year"}]}"#).unwrap();
    std::fs::write(
        &path,
        r#"{"resources": [{"name": "a", "schema": {"fields": [{"name": "x"}]}}, {"name": "b", "schema": "schemas/b.json"},
            {"name": "c", "schema": "../c.json"}]}"#,
    )
    .unwrap();
    let named = |name: &str| resolve(&format!("{}{name}", path.to_string_lossy()));
    assert_eq!(named("#b").unwrap().fields[0].header, "y");
    assert!(named("").unwrap_err().to_string().contains("there are a, b, c"));
    assert!(named("#c").unwrap_err().to_string().contains("no file beside this one"));
    assert!(resolve(&dir.path().to_string_lossy()).is_err(), "the folder is as ambiguous as its file");
}

#[test]
fn a_reference_within_the_file_is_followed() {
    let spec = spec(
        "s.yaml",
        "fields: [{name: id, type: integer}, {name: parent, type: integer}]\nforeignKeys: [{fields: parent, reference: {resource: '', fields: id}}]",
    );
    let (_, found) = run_with(b"id,parent\n1,2\n2,\n3,9\n", &spec, &options());
    assert_eq!(rules(&found), ["foreign-key"]);
    assert_eq!((found[0].record, found[0].message.as_str()), (Some(3), "parent is no id of the file"));
}

#[test]
fn which_columns_a_file_may_have_is_the_schemas_to_say() {
    let text = |matching: &str| format!("fieldsMatch: {matching}\nfields: [{{name: a}}, {{name: b}}, {{name: c}}]");
    for (matching, header, faults) in [
        ("exact", "b,a,c", 1),
        ("equal", "b,a,c", 0),
        ("subset", "c,x,b,a", 0),
        ("superset", "c", 0),
        ("superset", "c,x", 1),
        ("partial", "x,b", 0),
    ] {
        let cells = vec!["1"; header.split(',').count()].join(",");
        let (_, found) =
            run_with(format!("{header}\n{cells}\n").as_bytes(), &spec("s.yaml", &text(matching)), &options());
        assert_eq!(found.len(), faults, "{matching} {header}: {found:#?}");
    }
}

#[test]
fn what_is_not_looked_at_is_said() {
    let spec = spec(
        "s.yaml",
        "fields:\n  - {name: a, type: object, constraints: {jsonSchema: {}}, colour: red}\n  - {name: b, missingValues: [x]}\n\
         foreignKeys: [{fields: b, reference: {resource: other, fields: c}}]\nhue: 5",
    );
    let said = spec.unchecked.join("; ");
    for part in ["`jsonSchema` of a", "`colour` of the field a", "`missingValues` of the field b", "to other", "`hue`"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_every_reason() {
    for (text, says) in [
        ("fields: []", "there are no fields"),
        ("fields: [{name: a, type: sum}, {type: string}]", "field a: `sum` is no type"),
        ("fields: [{name: a, type: sum}, {type: string}]", "field number 2: `name` is missing"),
        ("fields: [{name: a}, {name: a}]", "the field a is there twice"),
        ("fields: [{name: a, type: boolean, constraints: {minimum: 1}}]", "has no least and no most"),
        ("fields: [{name: a, type: integer, constraints: {pattern: x}}]", "has no pattern"),
        ("fields: [{name: a}]\nprimaryKey: b", "names b, which is no field"),
        ("fields: [{name: a}]\nforeignKeys: [{fields: a}]", "no reference"),
        ("fields: [{name: a, class: secret}]", "`class`"),
        ("schema: {fields: [{name: a}]}\ndialect: {escapeChar: x}", "no other escape"),
        ("schema: {fields: [{name: a}]}\ndialect: {delimiter: '::'}", "not one ASCII character"),
        ("schema: {fields: [{name: a}]}\nencoding: koi8-r", "cannot be read"),
        ("just words", "does not describe a table"),
        ("{\"fields\": ", "the file is not JSON"),
    ] {
        let said = refused("s.yaml", text);
        assert!(said.contains(says), "{text}: {said}");
    }
}

#[test]
fn three_thousand_columns_are_no_trouble() {
    let columns = 3_000;
    let fields: Vec<String> = (0..columns)
        .map(|n| format!("{{\"name\": \"c{n}\", \"type\": \"{}\"}}", ["integer", "date", "string", "number"][n % 4]))
        .collect();
    let spec = spec("wide.json", &format!("{{\"fields\": [{}]}}", fields.join(",")));
    let row = |bad: Option<usize>| {
        let cell = |n: usize| if bad == Some(n) { "?" } else { ["12", "2025-03-31", "text", "1.25"][n % 4] };
        (0..columns).map(cell).collect::<Vec<_>>().join(",") + "\n"
    };
    let header = (0..columns).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",") + "\n";
    let file = header + &row(None).repeat(20) + &row(Some(2_999));
    let (summary, found) = run_with(file.as_bytes(), &spec, &options());
    assert_eq!((summary.records, rules(&found)), (21, vec!["number-format"]));
    assert_eq!((found[0].column.as_str(), found[0].letter.as_str()), ("c2999", "DKJ"));
}
