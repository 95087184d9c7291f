//! A file without defects against the rules, written a second time here by hand.

use std::collections::{HashMap, HashSet};

use fairway_domain::{NhsNumber, Postcode};
use fairway_spec::Spec;
use jiff::civil::{Date, date};

use crate::support::{Output, Record, options};

const START: Date = date(2025, 10, 1);
const END: Date = date(2026, 9, 30);

/// The words that the rules below turn on, in one release.
struct Words {
    user: &'static str,
    associated: &'static str,
    carer: &'static str,
    learning_disability: &'static str,
    financial: &'static str,
    deceased: &'static str,
    open: &'static str,
    commissioned: &'static str,
    long: &'static str,
    carer_support: &'static str,
    costly: [&'static str; 3],
    long_parts: [&'static str; 3],
    carer_parts: [&'static str; 4],
}

const FIRST: Words = Words {
    user: "Service User",
    associated: "Carer known by association",
    carer: "Carer",
    learning_disability: "Learning Disability Support",
    financial: "Financial Assessment",
    deceased: "NFA - Deceased",
    open: "Provision of service",
    commissioned: "CASSR Commissioned Support",
    long: "Long Term Support",
    carer_support: "Carer Support",
    costly: ["Short Term Residential Care", "Short Term Nursing Care", "Carer Respite"],
    long_parts: ["Long Term Nursing Care", "Long Term Residential Care", "Other Long Term Support"],
    carer_parts: ["Carer Respite", "Carer Sitting Service", "Carer Universal Services", "Other Carer Support"],
};

const SECOND: Words = Words {
    user: "Service user",
    associated: "Unpaid carer known by association",
    carer: "Unpaid carer",
    learning_disability: "Learning disability support",
    financial: "Financial assessment",
    deceased: "NFA: Deceased",
    open: "Continuation of support or services",
    commissioned: "CASSR commissioned support",
    long: "Long term support",
    carer_support: "Unpaid carer support",
    costly: ["Short term residential care", "Short term nursing care", "Unpaid carer respite"],
    long_parts: ["Long term nursing care", "Long term residential care", "Other long term support"],
    carer_parts: [
        "Unpaid carer respite",
        "Unpaid carer sitting service",
        "Unpaid carer universal services",
        "Other unpaid carer support",
    ],
};

const ALWAYS: [&str; 13] = [
    "LA Code",
    "Reporting Period Start Date",
    "Reporting Period End Date",
    "NHS Number",
    "LA Person Unique Identifier",
    "First Name",
    "Last Name",
    "Gender",
    "Ethnicity",
    "Date of Birth",
    "Client Type",
    "Postcode",
    "Accommodation Status",
];
const EVENT_ONLY: [&str; 26] = [
    "Event Type",
    "Event Reference",
    "Event Start Date",
    "Event End Date",
    "Event Description",
    "Event Outcome",
    "Request: Route of Access",
    "Assessment Type",
    "Eligible Needs Identified",
    "Method of Assessment",
    "Service Type",
    "Service Component",
    "Delivery Mechanism",
    "Provider CQC Location Name",
    "Provider CQC Location ID",
    "Review Reason",
    "Review Outcomes Achieved",
    "Method of Review",
    "Unit Cost",
    "Cost Frequency (Unit Type)",
    "Planned units per week",
    "Client Funding Status",
    "Dementia",
    "Visual Impairment",
    "Hearing Impairment",
    "Autism Spectrum Disorder (ASD)",
];
const OF_REQUEST: [&str; 1] = ["Request: Route of Access"];
const OF_ASSESSMENT: [&str; 3] = ["Assessment Type", "Eligible Needs Identified", "Method of Assessment"];
const OF_SERVICE: [&str; 8] = [
    "Service Type",
    "Service Component",
    "Delivery Mechanism",
    "Provider CQC Location Name",
    "Provider CQC Location ID",
    "Unit Cost",
    "Cost Frequency (Unit Type)",
    "Planned units per week",
];
const OF_REVIEW: [&str; 3] = ["Review Reason", "Review Outcomes Achieved", "Method of Review"];
const OF_USER: [&str; 5] =
    ["Client Funding Status", "Dementia", "Visual Impairment", "Hearing Impairment", "Autism Spectrum Disorder (ASD)"];
const OF_CARER: [&str; 5] = [
    "Total Hrs Caring per week",
    "No. of adults being cared for",
    "Adult 1 Linked Person_ID",
    "Adult 2 Linked Person_ID",
    "Adult 3 Linked Person_ID",
];

/// Complains, naming the record's place in the file.
struct Judge<'a> {
    record: &'a Record,
    number: usize,
    words: &'a Words,
}

impl Judge<'_> {
    fn must(&self, holds: bool, what: &str) {
        assert!(holds, "record {}: {what}", self.number);
    }

    fn filled(&self, header: &str) {
        self.must(!self.record.blank(header), &format!("{header} is blank"));
    }

    fn blank(&self, headers: &[&str]) {
        headers.iter().for_each(|header| self.must(self.record.blank(header), &format!("{header} is filled")));
    }

    fn judge(&self) {
        let r = self.record;
        ALWAYS.iter().chain(&["Has Unpaid Carer"]).for_each(|header| self.filled(header));
        self.person();
        if r.is("Client Type", self.words.associated) {
            self.blank(&EVENT_ONLY);
            self.filled("Adult 1 Linked Person_ID");
            self.filled("Primary Support Reason");
            return;
        }
        self.dates();
        self.kind();
        self.outcome();
        if r.is("Client Type", self.words.user) { self.blank(&OF_CARER) } else { self.blank(&OF_USER) }
    }

    fn person(&self) {
        let r = self.record;
        self.must(r.is("LA Code", "313") && r.day("Reporting Period Start Date") == Some(START), "other period");
        self.must(r.day("Reporting Period End Date") == Some(END), "other period");
        let number = r.get("NHS Number");
        self.must(number.starts_with("999") && NhsNumber::parse(number).is_ok(), "NHS number");
        self.must(Postcode::parse(r.get("Postcode")).is_ok_and(|p| p.as_str() == r.get("Postcode")), "postcode");
        let practice = r.get("GP Practice Code");
        self.must(practice.is_empty() || practice.len() == 6, "practice");
        self.must(practice.is_empty() == r.blank("GP Practice Name"), "practice name without code");
        let birth = r.day("Date of Birth").unwrap();
        self.must(birth > date(1915, 1, 1) && years(birth, START) >= 18, "age");
        let working = (18..=64).contains(&years(birth, END));
        let learning = r.is("Primary Support Reason", self.words.learning_disability);
        if r.is("Client Type", self.words.user) && working && learning {
            self.filled("Employment Status");
        }
        if let Some(death) = r.day("Date of Death") {
            self.must((START..=END).contains(&death), "death outside the period");
        }
    }

    fn dates(&self) {
        let r = self.record;
        let start = r.day("Event Start Date").expect("a start");
        let end = r.day("Event End Date");
        let service = r.is("Event Type", "Service");
        let death = r.day("Date of Death");
        self.must(start <= END, "starts after the period");
        self.must(years(r.day("Date of Birth").unwrap(), start) >= 18, "begins before 18");
        self.must(end.is_some() || (service && death.is_none()), "end is blank");
        if let Some(end) = end {
            self.must(start <= end && (START..=END).contains(&end), "end");
            self.must(years(r.day("Date of Birth").unwrap(), end) >= 18, "ends before 18");
            self.must(death.is_none_or(|death| end <= death), "ends after death");
        }
    }

    fn kind(&self) {
        let r = self.record;
        match r.get("Event Type") {
            "Request" => {
                self.filled("Request: Route of Access");
                [&OF_ASSESSMENT[..], &OF_SERVICE, &OF_REVIEW].iter().for_each(|headers| self.blank(headers));
                return;
            }
            "Assessment" => {
                self.filled("Assessment Type");
                if !r.is("Assessment Type", self.words.financial) {
                    self.filled("Method of Assessment");
                } else if r.is("Client Type", self.words.user) {
                    self.filled("Client Funding Status");
                }
                [&OF_REQUEST[..], &OF_SERVICE, &OF_REVIEW].iter().for_each(|headers| self.blank(headers));
            }
            "Service" => {
                self.service();
                [&OF_REQUEST[..], &OF_ASSESSMENT, &OF_REVIEW].iter().for_each(|headers| self.blank(headers));
            }
            "Review" => {
                self.filled("Review Reason");
                self.filled("Method of Review");
                self.must(!r.is("Review Reason", "Planned") || !r.blank("Review Outcomes Achieved"), "achieved");
                [&OF_REQUEST[..], &OF_ASSESSMENT, &OF_SERVICE].iter().for_each(|headers| self.blank(headers));
            }
            _ => self.must(false, "Event Type"),
        }
        self.filled("Primary Support Reason");
        if r.is("Client Type", self.words.user) && !r.is("Event Type", "Assessment") {
            self.filled("Client Funding Status");
        }
    }

    fn service(&self) {
        let (r, words) = (self.record, self.words);
        self.filled("Service Type");
        self.filled("Service Component");
        let (kind, part) = (r.get("Service Type"), r.get("Service Component"));
        let (long, carer) = (kind.starts_with(words.long), kind.starts_with(words.carer_support));
        let costly = long || carer || words.costly.contains(&part);
        if costly && !r.get("Delivery Mechanism").contains(words.commissioned) {
            ["Unit Cost", "Cost Frequency (Unit Type)", "Planned units per week"].iter().for_each(|h| self.filled(h));
        }
        self.must(r.blank("Unit Cost") == r.blank("Cost Frequency (Unit Type)"), "cost without frequency");
        self.must(r.number("Unit Cost").is_none_or(|cost| cost > 0.0), "cost is not above 0");
        if ["Hourly", "Daily", "Per session"].contains(&r.get("Cost Frequency (Unit Type)")) {
            self.must(r.number("Planned units per week").is_some_and(|units| units > 0.0 && units <= 168.0), "units");
        }
        self.must(!words.long_parts.contains(&part) || long, "long-term component");
        self.must(words.carer_parts.contains(&part) == carer, "carer component");
        self.must(carer == r.is("Client Type", words.carer), "carer's service");
        let prison = kind.ends_with("Prison");
        self.must(!prison || !r.get("Delivery Mechanism").starts_with("Direct"), "direct payment in prison");
        let id = r.get("Provider CQC Location ID");
        self.must(id.is_empty() || id.strip_prefix("1-").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit())), "CQC");
    }

    fn outcome(&self) {
        let (r, words) = (self.record, self.words);
        let financial = r.is("Assessment Type", words.financial);
        self.must(r.blank("Event Outcome") == financial, "outcome");
        let (end, death) = (r.day("Event End Date"), r.day("Date of Death"));
        let deceased = r.is("Event Outcome", words.deceased);
        self.must(!deceased || (death.is_some() && end == death), "deceased without death");
        self.must(deceased || death.is_none() || end != death, "ended by death without deceased");
        let open = r.is("Event Type", "Service") && end.is_none();
        self.must(!open || r.is("Event Outcome", words.open), "outcome of an open service");
    }
}

fn years(birth: Date, day: Date) -> i16 {
    day.year() - birth.year() - i16::from((day.month(), day.day()) < (birth.month(), birth.day()))
}

fn judge_file(release: &str, words: &Words) {
    let output = Output::of(options(1_200, release));
    let records = output.records("submission.csv");
    for (index, record) in records.iter().enumerate() {
        Judge { record, number: index + 1, words }.judge();
    }
    every_value_is_listed(release, &records);
    people_are_the_same_on_each_record(&records);
    linked_people_are_service_users_of_the_file(&records, words);
    nothing_follows_no_further_action(&records);
    let references: HashSet<&str> =
        records.iter().map(|r| r.get("Event Reference")).filter(|text| !text.is_empty()).collect();
    let events = records.iter().filter(|r| !r.blank("Event Type")).count();
    assert_eq!(references.len(), events, "an event reference comes twice");
    assert!((3.0..4.5).contains(&(records.len() as f64 / 1_200.0)), "{} records", records.len());
}

fn every_value_is_listed(release: &str, records: &[Record]) {
    let spec = Spec::builtin(&release.parse().unwrap()).unwrap();
    for field in &spec.fields {
        let Some(list) = &field.codes else { continue };
        let listed: HashSet<&str> = list.codes.iter().map(|code| code.value.as_str()).collect();
        for record in records {
            let value = record.get(&field.header);
            assert!(value.is_empty() || listed.contains(value), "{} has {value}", field.header);
        }
    }
}

fn people_are_the_same_on_each_record(records: &[Record]) {
    let columns =
        ["NHS Number", "Date of Birth", "Gender", "Ethnicity", "Last Name", "Postcode", "Client Type", "Date of Death"];
    let mut known: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut numbers = HashSet::new();
    for record in records {
        let details: Vec<&str> = columns.iter().map(|column| record.get(column)).collect();
        let person = record.get("LA Person Unique Identifier");
        if !known.contains_key(person) {
            assert!(numbers.insert(record.get("NHS Number")), "two people have one NHS number");
        }
        assert_eq!(known.entry(person).or_insert_with(|| details.clone()), &details);
    }
    assert_eq!(known.len(), 1_200);
}

fn linked_people_are_service_users_of_the_file(records: &[Record], words: &Words) {
    let id = "LA Person Unique Identifier";
    let users: HashSet<&str> = records.iter().filter(|r| r.is("Client Type", words.user)).map(|r| r.get(id)).collect();
    let mut cared_for = HashSet::new();
    let mut carers = HashSet::new();
    for record in records.iter().filter(|r| !r.is("Client Type", words.user)) {
        let links: Vec<&str> = OF_CARER[2..].iter().map(|h| record.get(h)).filter(|text| !text.is_empty()).collect();
        assert_eq!(record.number("No. of adults being cared for"), Some(links.len() as f64));
        assert!(!links.is_empty() && links.iter().all(|link| users.contains(link) && !record.is(id, link)));
        cared_for.extend(links);
        carers.insert(record.get(id));
    }
    for record in records.iter().filter(|r| cared_for.contains(r.get(id))) {
        assert_eq!(record.get("Has Unpaid Carer"), "Yes");
    }
    assert!(carers.len() > 120 && carers.len() < 300, "{} carers", carers.len());
}

fn nothing_follows_no_further_action(records: &[Record]) {
    let id = "LA Person Unique Identifier";
    let mut closed: HashMap<&str, Date> = HashMap::new();
    for record in records.iter().filter(|r| r.get("Event Outcome").starts_with("NFA")) {
        let end = record.day("Event End Date").unwrap();
        closed.entry(record.get(id)).and_modify(|day| *day = end.min(*day)).or_insert(end);
    }
    for record in records.iter().filter(|r| !r.blank("Event Start Date")) {
        if let Some(day) = closed.get(record.get(id)) {
            let start = record.day("Event Start Date").unwrap();
            assert!(start <= *day, "an event begins after one that ended all");
        }
    }
}

#[test]
fn a_release_1_file_without_defects_keeps_every_rule() {
    judge_file("asc-cld/r1", &FIRST);
}

#[test]
fn a_release_2_file_without_defects_keeps_every_rule() {
    judge_file("asc-cld/r2", &SECOND);
}

#[test]
fn the_file_is_plain_text_with_the_columns_of_the_release_and_one_kind_of_line_end() {
    let output = Output::of(options(60, "asc-cld/r2"));
    let bytes = output.bytes("submission.csv");
    assert!(bytes.is_ascii());
    let lines = bytes.iter().filter(|b| **b == b'\n').count();
    assert_eq!(bytes.windows(2).filter(|pair| pair == b"\r\n").count(), lines);
    assert_eq!(lines as u64, output.report.records + 1);
    let spec = Spec::builtin(&"asc-cld/r2".parse().unwrap()).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    assert!(reader.headers().unwrap().iter().eq(spec.fields.iter().map(|field| field.header.as_str())));
}

#[test]
fn lives_are_of_every_kind() {
    let output = Output::of(options(1_500, "asc-cld/r2"));
    assert!(output.report.events.iter().all(|count| *count > 40), "{:?}", output.report.events);
    assert_eq!(output.report.events.iter().sum::<u64>(), output.report.records);
    let records = output.records("submission.csv");
    let with = |header: &str, text: &str| records.iter().filter(|r| r.get(header).contains(text)).count();
    assert!(with("Event Outcome", "Deceased") > 20);
    assert!(with("Event Outcome", "Continuation") > 500);
    assert!(with("Service Component", "Reablement") > 50);
    let open = records.iter().filter(|r| r.is("Event Type", "Service") && r.blank("Event End Date")).count();
    assert!(open > 500, "{open} services go on");
    let before = records.iter().filter(|r| r.day("Event Start Date").is_some_and(|day| day < START)).count();
    assert!(before > 300, "{before} events began before the period");
}
