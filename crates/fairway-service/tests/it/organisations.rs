//! Organisations with dated codes and successors, imported from the lists that come with Fairway.

use fairway_domain::{Confidence, FactKind};
use jiff::civil::{Date, date};

use crate::centre::{ACTOR, Centre, reasons};

async fn in_place_of(centre: &Centre, code: &str, day: Date) -> Vec<String> {
    let records = centre.service.in_place_of(&code.parse().unwrap(), day).await.unwrap();
    records.into_iter().map(|record| record.code.to_string()).collect()
}

#[tokio::test]
async fn the_lists_are_imported_whole_and_importing_them_again_changes_nothing() {
    let centre = Centre::on(date(2026, 11, 23)).await;
    let first = centre.service.import_organisations(ACTOR, None).await.unwrap();
    assert_eq!((first.recorded, first.superseded), (first.facts, 0));
    let due = [("ccg", 106), ("council", 157), ("csu", 5), ("dscro", 7), ("icb", 42)];
    assert_eq!(first.kinds, due.map(|(kind, count)| (kind.to_owned(), count)));
    let entries = centre.entries().await;
    let again = centre.service.import_organisations(ACTOR, None).await.unwrap();
    assert_eq!((again.recorded, again.superseded, centre.entries().await), (0, 0, entries));
}

#[tokio::test]
async fn whoever_took_an_organisations_place_answers_for_it_from_that_day_on() {
    let centre = Centre::on(date(2026, 11, 23)).await;
    centre.service.import_organisations(ACTOR, None).await.unwrap();
    assert_eq!(in_place_of(&centre, "02P", date(2022, 6, 30)).await, ["02P"], "a clinical commissioning group");
    assert_eq!(in_place_of(&centre, "02P", date(2022, 7, 1)).await, ["E54000061"], "and its integrated care board");
    assert_eq!(in_place_of(&centre, "504", date(2021, 3, 31)).await, ["504"]);
    assert_eq!(in_place_of(&centre, "504", date(2021, 4, 1)).await, ["U6Q5Z", "Z9D4Z"], "a county that was split");
    assert_eq!(in_place_of(&centre, "102", date(2023, 4, 1)).await, ["E06000063", "E06000064"], "ODS codes unknown");
    assert_eq!(in_place_of(&centre, "E10000006", date(2022, 1, 1)).await, ["102"], "by its other code");
    assert_eq!(in_place_of(&centre, "NOBODY", date(2022, 1, 1)).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_code_that_changed_leads_to_the_same_council_and_what_is_assumed_says_so() {
    let centre = Centre::on(date(2026, 11, 23)).await;
    centre.service.import_organisations(ACTOR, None).await.unwrap();
    for code in ["204", "E08000016", "E08000038"] {
        let records = centre.service.organisation_records(&code.parse().unwrap()).await.unwrap();
        assert_eq!(records[0].on(FactKind::Name, date(2026, 1, 1)).unwrap().value, "Barnsley", "{code}");
    }
    for kind in ["csu", "dscro"] {
        for record in centre.service.organisations_of_kind(kind).await.unwrap() {
            let handle = record.on(FactKind::Handle, date(2026, 1, 1)).unwrap();
            assert_eq!(handle.confidence, Confidence::Assumed, "{}", record.code);
            assert!(record.on(FactKind::Ods, date(2026, 1, 1)).is_none());
        }
    }
}

#[tokio::test]
async fn a_list_that_says_otherwise_later_is_believed_from_then_on_and_what_it_said_stays_readable() {
    let centre = Centre::on(date(2026, 11, 23)).await;
    let list = centre.folder.path().join("own.csv");
    let write = |name: &str| {
        let head = "organisation,fact,value,detail,from,until,source,confidence";
        let text = format!(
            "{head}\nQOP,kind,icb,,2022-07-01,,own list,verified\nQOP,ods,QOP,,2022-07-01,,own list,verified\nQOP,name,{name},,2022-07-01,,own list,verified\n"
        );
        std::fs::write(&list, text).unwrap();
    };
    write("Greater Manchester");
    centre.service.import_organisations(ACTOR, Some(&list)).await.unwrap();
    write("NHS Greater Manchester");
    let second = centre.service.import_organisations(ACTOR, Some(&list)).await.unwrap();
    assert_eq!((second.recorded, second.superseded), (1, 1));
    let record = centre.service.organisation_records(&"QOP".parse().unwrap()).await.unwrap().remove(0);
    assert_eq!(record.on(FactKind::Name, date(2026, 1, 1)).unwrap().value, "NHS Greater Manchester");
    assert_eq!(record.facts.len(), 4, "the earlier name is there");
    assert!(!record.exists_on(date(2022, 6, 30)) && record.exists_on(date(2022, 7, 1)));
    for wrong in [
        "organisation,fact\nQOP,name\n",
        "organisation,fact,value,source,confidence,from\nQOP,name,A,B,sure,\n",
        "organisation,fact,value,source,confidence,from\n?,name,A,B,verified,2022-13-01\n",
    ] {
        std::fs::write(&list, wrong).unwrap();
        assert_eq!(reasons(centre.service.import_organisations(ACTOR, Some(&list)).await).len(), 1, "{wrong}");
    }
}
