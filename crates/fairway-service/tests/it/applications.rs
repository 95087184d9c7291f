//! Applications: written section by section, returned, advised on, decided by others than those who apply.

use fairway_domain::governance::{ApplicationEvent as E, ApplicationStage, Particulars};
use fairway_governance::papers::section_kinds;
use jiff::civil::{Date, date};

use crate::centre::{ACTOR, Centre, by, of, reasons};

const TODAY: Date = date(2026, 3, 2);
const REFERENCE: &str = "NIC-000001-A1B2C";

async fn act(centre: &Centre, event: E, about: Particulars) -> Vec<String> {
    match centre.service.move_application(ACTOR, REFERENCE, (event, about)).await {
        Ok(_) => Vec::new(),
        refused => reasons(refused),
    }
}

fn applicant() -> Particulars {
    of("QZZ", by("Ada", TODAY))
}

fn service(note: &str) -> Particulars {
    Particulars { note: note.into(), ..of("X26", by("Grace", TODAY)) }
}

async fn started() -> Centre {
    let centre = Centre::on(TODAY).await;
    let joint = ["816".parse().unwrap()];
    let title = (REFERENCE, "Care after a stay in hospital");
    assert!(centre.service.start_application(ACTOR, title, applicant(), &joint).await.unwrap().changed);
    assert!(!centre.service.start_application(ACTOR, title, applicant(), &joint).await.unwrap().changed);
    centre
}

async fn complete(centre: &Centre) {
    for section in section_kinds().unwrap().iter().filter(|section| section.required) {
        let about = Particulars { subject: section.id.clone(), note: "As agreed".into(), ..applicant() };
        assert_eq!(act(centre, E::SectionWritten, about).await, Vec::<String>::new(), "{}", section.id);
    }
}

#[tokio::test]
async fn an_application_goes_through_every_stage_and_is_returned_as_often_as_need_be() {
    let centre = started().await;
    assert!(act(&centre, E::Submitted, applicant()).await.is_empty());
    assert!(act(&centre, E::Assessed, service("")).await.is_empty());
    let lacking = act(&centre, E::Submitted, applicant()).await;
    assert_eq!(lacking.len(), 2, "sections and the joint controller: {lacking:?}");
    complete(&centre).await;
    let lacking = act(&centre, E::Submitted, applicant()).await;
    assert_eq!(lacking, ["Joint controllers have not confirmed: 816"]);
    assert!(act(&centre, E::ControllerConfirmed, of("816", by("Mary", TODAY))).await.is_empty());
    assert!(act(&centre, E::Submitted, applicant()).await.is_empty());
    for round in ["Say where the data are kept", "Say it for backups too"] {
        assert!(act(&centre, E::Returned, service(round)).await.is_empty());
        assert!(act(&centre, E::Submitted, applicant()).await.is_empty());
    }
    assert!(act(&centre, E::SentForAdvice, service("Supported")).await.is_empty());
    assert!(act(&centre, E::Approved, service("")).await.is_empty());
    let found = centre.service.application(REFERENCE).await.unwrap().unwrap();
    assert_eq!((found.paper.stage, found.paper.returned.0), (ApplicationStage::Approved, 2));
    assert_eq!(found.history.len(), 2 + section_kinds().unwrap().iter().filter(|one| one.required).count() + 10);
    assert!(!act(&centre, E::Withdrawn, applicant()).await.is_empty(), "what is decided stays decided");
}

#[tokio::test]
async fn nobody_decides_on_their_own_application_in_whatever_name() {
    let centre = started().await;
    act(&centre, E::Submitted, applicant()).await;
    for (name, code) in [("Ada", "X26"), (" ada ", "X26"), ("Grace", "816"), ("Grace", "QZZ")] {
        let refused = act(&centre, E::Assessed, of(code, by(name, TODAY))).await;
        assert_eq!(refused.len(), 1, "{name} of {code}: {refused:?}");
    }
    assert!(act(&centre, E::Assessed, service("")).await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_every_reason() {
    let centre = started().await;
    let nothing = Particulars { subject: "poems".into(), by: String::new(), on: date(2026, 3, 3), ..applicant() };
    assert_eq!(act(&centre, E::SectionWritten, nothing).await.len(), 4, "day, person, section, text");
    assert_eq!(act(&centre, E::Approved, service("")).await.len(), 1);
    let refused = centre.service.start_application(ACTOR, ("a b", ""), applicant(), &["QZZ".parse().unwrap()]).await;
    assert_eq!(reasons(refused).len(), 3);
    let unknown = centre.service.move_application(ACTOR, "NIC-2", (E::Submitted, applicant())).await;
    assert_eq!(reasons(unknown), ["There is none of that reference"]);
}
