//! Each thing that must hold is planted wrong once, and found.

use std::fs;
use std::path::Path;

use fairway_spec::Spec;
use tempfile::TempDir;

use crate::support::specs_folder;

/// A copy of both releases in a folder of its own.
fn copy() -> TempDir {
    let target = TempDir::new().unwrap();
    copy_folder(&specs_folder(), target.path());
    target
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// What loading release 2 says once `from` is `to` in a file.
#[track_caller]
fn error_with(file: &str, from: &str, to: &str) -> String {
    let folder = copy();
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap_or_default();
    assert!(text.contains(from), "{file} has no {from:?}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    Spec::load(&folder.path().join("r2")).err().map(|error| error.to_string()).unwrap_or_default()
}

#[track_caller]
fn says(file: &str, from: &str, to: &str, words: &str) {
    let error = error_with(file, from, to);
    assert!(error.contains(words), "{error:?} does not say {words:?}");
}

#[test]
fn an_untouched_copy_loads() {
    assert!(Spec::load(&copy().path().join("r2")).is_ok());
}

#[test]
fn a_folder_without_a_specification_says_so() {
    let folder = TempDir::new().unwrap();
    let error = Spec::load(folder.path()).unwrap_err().to_string();
    assert!(error.contains("/spec.yaml: the file does not exist"), "{error}");
}

#[test]
fn a_field_without_a_privacy_class_is_refused() {
    let file = "r2/spec.yaml";
    says(file, "    class: plain\n", "", "r2/spec.yaml, field LA Code: the field has no privacy class");
    says(file, "class: plain", "class: secret", "a privacy class is direct, quasi, sensitive or plain");
}

#[test]
fn an_unknown_key_or_word_is_refused_with_its_line() {
    says("r2/spec.yaml", "    role: organisation", "    rôle: organisation", "r2/spec.yaml, line ");
    says("r2/spec.yaml", "    role: organisation", "    role: organization", "`organization` is not a role");
    says("r1/rules.yaml", "    severity: reject", "    severity: grave", "r1/rules.yaml, line ");
    says("r1/rules.yaml", "    severity: reject", "    severity: grave", "`grave` is not a severity");
    says(
        "r1/derived.yaml",
        "derivation: month",
        "derivation: monthly",
        "`monthly` is not a derivation; known are pseudonym",
    );
    says("r2/spec.yaml", "fields:", "fields: [", "r2/spec.yaml, line ");
}

#[test]
fn headers_columns_and_roles_are_unique() {
    let file = "r2/spec.yaml";
    says(file, "name: First Name", "name: Last Name", "field Last Name: the header is there twice");
    says(file, "column: First_Name", "column: Last_Name", "the column `Last_Name` is there twice");
    says(file, "role: forename", "role: surname", "another field has the same role");
}

#[test]
fn a_condition_names_fields_lists_and_values_that_exist() {
    let file = "r2/spec.yaml";
    says(file, "\"Event Type\" = 'Request'", "\"Event Typ\" = 'Request'", "there is no field `Event Typ`");
    says(file, "= 'Request'", "= 'Requests'", "`Requests` does not occur in the code list `event_type`");
    says(file, "LIKE 'Service user%'", "LIKE 'Service users%'", "`Service users` does not occur in the code list");
    says(file, "LIKE '%CASSR com", "LIKE '%CASSR COM", "does not occur in the code list `delivery_mechanism`");
    says(file, "applicable: request", "applicable: referral", "`applicable`, line 1, column 1: `referral` is neither");
    says(file, "codeList: gender", "codeList: genders", "field Gender: the code list `genders` does not exist");
}

#[test]
fn a_condition_is_an_expression_of_things_that_can_be_compared() {
    let file = "r2/spec.yaml";
    says(
        file,
        "event: NOT known_by_association",
        "event: NOT",
        "condition event: line 1, column 1: `NOT` needs something after it",
    );
    says(
        file,
        "  service_user: ",
        "  service-user: ",
        "a condition's name has lower-case letters, digits and underscores",
    );
    says(file, "years(\"Date of Birth\"", "years(\"Gender\"", "`Gender` is not a date");
    let rules = "r1/rules.yaml";
    says(
        rules,
        "\"Event Start Date\" <= \"Event End Date\"",
        "\"Event Start Date\" <= \"Gender\"",
        "`Gender` is neither",
    );
    says(
        rules,
        "\"Unit Cost\" >= 0.01",
        "\"Unit Cost\" >= today()",
        "is a number and `the day of the check` is a date",
    );
    says(rules, "\"Unit Cost\" >= 0.01", "\"Unit Cost\" = '0.01'", "compare it with a number, not with a text");
    says(
        rules,
        "<> DATE '1900-01-01'",
        "<> '01/01/1900'",
        "`Date of Birth` is a date: compare it with DATE '2020-01-31'",
    );
}

#[test]
fn a_format_goes_with_its_type_and_only_texts_have_a_length() {
    let file = "r2/spec.yaml";
    says(file, "\"%d/%m/%Y\"", "yyyy", "`yyyy` is no pattern of dates and times");
    says(
        file,
        "    type: integer",
        "    type: integer\n    constraints: {maxLength: 3}",
        "only a text has a shortest or longest length",
    );
    says(file, "    type: integer", "    type: integer\n    format: default", "the type integer has no format");
}

#[test]
fn a_mandatory_field_says_what_it_asks_for() {
    says("r2/spec.yaml", "    enter: Enter your council's code\n", "", "field LA Code: `enter` is missing");
}

#[test]
fn sources_and_notes_are_explained() {
    says("r2/spec.yaml", "source: S3, S1, S2", "source: S3, S99", "does not explain the source `S99`");
    says(
        "r2/codelists/gender.csv",
        "S1,verified",
        "S99,verified",
        "value Male: `sources` of spec.yaml does not explain",
    );
    says("r2/spec.yaml", "confidenceNotes: [order, header", "confidenceNotes: [ordre, header", "has no `ordre`");
}

#[test]
fn code_lists_and_maps_are_well_formed() {
    let list = "r2/codelists/gender.csv";
    says(list, "Female", "Male", "r2/codelists/gender.csv, value Male: the value is there twice");
    says(list, "value,", "code,", "r2/codelists/gender.csv, line 1: the column `value` is missing");
    says(list, "Female", "Female ", "line 3: `value` begins or ends with a space");
    says(list, "verified", "sure", "line 2: `sure` is not a confidence");
    says("r2/maps/gender.csv", "Male,Male", "Male,Man", "r2/maps/gender.csv, value Male: `Man` is not in the list");
    says("r2/maps/gender.csv", "Female,Female", "Male,Female", "the value `Male` is there twice");
    let error = error_with("r2/maps/sex.csv", "", "earlier,value,source,confidence\nM,Male,S1,verified\n");
    assert!(error.contains("r2/maps/sex.csv: there is no code list of this name"), "{error}");
}

#[test]
fn rules_are_whole_and_have_ids_of_their_own() {
    let file = "r1/rules.yaml";
    says(file, "id: file-header-only", "id: file-empty", "r1/rules.yaml, rule file-empty: the id is there twice");
    says(file, "id: file-empty", "id: File_Empty", "an id has lower-case letters");
    says(file, "    message: The file is empty\n", "", "rule file-empty: `message` is missing");
    says(file, "    hint: Check the year.\n", "", "rule date-in-future: `hint` is missing");
    says(file, "example: {Gender: Man}", "example: {Sex: Man}", "rule value-not-in-list: there is no field `Sex`");
    says(file, "field: LA Code", "field: LA_Code", "there is no field `LA_Code`");
    says(file, "    example: {Date of Birth: 01/04/2026}\n", "", "a condition has an example that breaks it");
}

#[test]
fn a_later_release_changes_rules_that_exist() {
    let file = "r2/rules.yaml";
    says(file, "without: [delivery-not-for-use", "without: [delivery-not-used", "there is no rule `delivery-not-used`");
    says(file, "extends: r1", "extends: r0", "r2/rules.yaml, extends: there is no release `r0` beside this one");
    says(file, "- id: mandatory-blank", "- id: mandatory-blanks", "rule mandatory-blanks: `stage` is missing");
    says(file, "extends: r1", "extends: ../r1", "a release is named by one word");
    says(file, "extends: r1", "extends: r2", "the releases extend one another in a circle");
    says(
        file,
        "without: [delivery-not-for-use, funding-not-for-use]",
        "without: []",
        "does not occur in the code list",
    );
}

#[test]
fn a_derived_column_has_a_class_and_is_never_direct() {
    let file = "r1/derived.yaml";
    says(
        file,
        "    class: quasi\n",
        "",
        "r1/derived.yaml, column Der_NHS_Number_Pseudo: the column has no privacy class",
    );
    says(file, "class: quasi", "class: direct", "a derived column is never direct");
    says(file, "column: Der_Birth_Year", "column: Der_Birth_Month", "the column is there twice");
    says(file, "column: Der_Birth_Year", "column: LA_Code", "column LA_Code: the column is there twice");
    let unlinked = "    role: linked_person\n";
    says("r2/spec.yaml", unlinked, "", "`Adult_1_Linked_Person_ID` is no person: use `key`");
}

#[test]
fn a_derivation_is_given_what_it_takes_and_nothing_else() {
    let file = "r1/derived.yaml";
    let year = "derivation: year\n    of: birth_date";
    says(file, year, "derivation: year", "column Der_Birth_Year: `year` needs `of`");
    says(file, year, "derivation: year\n    of: postcode", "`postcode` is not a date");
    says(file, year, "derivation: year\n    of: birthday", "there is no field's column `birthday`");
    says(file, year, "derivation: year\n    of: [birth_date, death_date]", "`year` is made `of` one column");
    says(file, year, "derivation: year\n    of: birth_date\n    at: event_end", "`year` does not take `at`");
    says(file, "    at: event_start\n", "", "`full_years` needs `at`");
    says(file, "bands: working_age\n    class", "bands: ages\n    class", "`bands` has no `ages`");
    says(file, "[18 to 64, 18, 64]", "[18 to 64, 18, 63]", "bands working_age: the bands leave out a number");
    says(file, "of: Der_Latest_Age", "of: Der_Death_Month", "no column derived before it");
    says(file, "subject: provider", "subject: person", "`person` is not a subject; known are provider, record");
    says(
        file,
        "area: icb\n    class: quasi\n    source: FW\n    confidence: verified\n    notes: Integrated care board of the",
        "area: ics\n    class: quasi\n    source: FW\n    confidence: verified\n    notes: Integrated care board of the",
        "`ics` is not a practice area",
    );
    says(file, "attribute: units_per_week", "attribute: units", "has the attribute `units`");
}

#[test]
fn what_is_derived_from_an_identifier_is_neither_a_key_nor_plain_nor_reckoned_with() {
    let file = "r1/derived.yaml";
    says(file, "      - LA_Code\n", "      - Postcode\n", "a key is made of no direct identifier");
    says(
        file,
        "of: birth_date\n    class: quasi",
        "of: birth_date\n    class: plain",
        "a column made of a direct identifier is never plain",
    );
    says(
        file,
        "value: '\"Planned units per week\"'",
        "value: '\"NHS Number\"'",
        "is a direct identifier and cannot be",
    );
    says(file, "\"Unit Cost\" > 0\n", "\"Last Name\" = 'x'\n", "`Last Name` is a direct identifier");
    says(file, "\"Unit Cost\" > 0\n", "today() > \"Event End Date\"\n", "`today()` is for rules");
    says(file, "value: '\"Planned units per week\"'", "value: '\"Event End Date\"'", "is not a number");
}

#[test]
fn all_problems_are_told_at_once() {
    let folder = copy();
    let path = folder.path().join("r2/spec.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("codeList: gender", "codeList: sex").replace("    class: plain\n", "")).unwrap();
    let error = Spec::load(&folder.path().join("r2")).unwrap_err();
    assert!(error.problems.len() > 3, "{error}");
}
