//! Papers asked about by people of other organisations: told of none of them, and speaking for nobody but their own.

use fairway_domain::governance::{AgreementEvent, ApplicationEvent, Particulars, ServedEvent};
use fairway_domain::{AccountId, Digest};
use fairway_service::{Actor, Role, Service, VerbError, VerbResult};
use fairway_store::{Account, AuditEvent, Organisation};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use crate::agreements::{self, digest, document};
use crate::centre::{ACTOR, Centre, by, of};
use crate::notices::{acknowledgement, issued, said};

const TODAY: Date = date(2026, 3, 2);
const APPLICATION: &str = "NIC-000001-A1B2C";
const NOTICE: &str = "DPN-ASC-CLD-v1.0";
const NOT_THERE: &str = "There is none of that reference";

/// The service as a person of an organisation with this role finds it.
async fn as_one_of(centre: &Centre, code: &str, role: Role) -> Service {
    let (store, person) = (centre.store().await, AccountId::new(Uuid::now_v7()));
    let account = Account {
        id: person,
        name: "Joan Example".into(),
        organisation: code.parse().unwrap(),
        added_by: "test".into(),
        added_at: Timestamp::now(),
        retired_at: None,
    };
    let mut tx = store.tx("test", Timestamp::now()).await.unwrap();
    tx.put_organisation(&Organisation { code: account.organisation.clone(), name: code.into() }).await.unwrap();
    tx.insert_account(&account).await.unwrap();
    let detail = serde_json::json!({});
    tx.audit(AuditEvent { actor: "test".into(), verb: "Tested", object: "test".into(), detail }).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let organisation = Some(account.organisation);
    centre.service.clone().acting(Actor { person: Some(person), organisation, roles: vec![role] })
}

async fn refusals(centre: &Centre) -> usize {
    let log = centre.service.audit_entries(u32::MAX).await.unwrap();
    log.iter().filter(|entry| entry.verb == "AccessRefused").count()
}

/// What whoever asks about something that is not there is told.
fn missing<T>(answer: VerbResult<T>) -> Vec<String> {
    match answer {
        Err(VerbError::NotFound(refusal)) => refusal.reasons,
        Err(error) => panic!("it told more than that nothing is there: {error:?}"),
        Ok(_) => panic!("it was done"),
    }
}

async fn with_application() -> Centre {
    let centre = Centre::on(TODAY).await;
    let about = of("QZZ", by("Ada", TODAY));
    centre.service.start_application(ACTOR, (APPLICATION, "Care after hospital"), about, &[]).await.unwrap();
    centre
}

#[tokio::test]
async fn another_organisations_application_is_not_there_to_be_written() {
    let centre = with_application().await;
    let stranger = as_one_of(&centre, "816", Role::Requester).await;
    let before = centre.service.application(APPLICATION).await.unwrap().unwrap().history;
    for event in [
        ApplicationEvent::SectionWritten,
        ApplicationEvent::ControllerConfirmed,
        ApplicationEvent::Submitted,
        ApplicationEvent::Withdrawn,
    ] {
        let about = || Particulars { note: "Mine now".into(), ..of("816", by("", TODAY)) };
        let logged = refusals(&centre).await;
        let answer = stranger.move_application(ACTOR, APPLICATION, (event, about())).await;
        assert_eq!(missing(answer), [NOT_THERE], "{event}");
        assert_eq!(refusals(&centre).await, logged + 1, "{event} is in the log");
        let nowhere = stranger.move_application(ACTOR, "NIC-2", (event, about())).await;
        assert_eq!(missing(nowhere), [NOT_THERE], "{event}");
    }
    let after = centre.service.application(APPLICATION).await.unwrap().unwrap().history;
    assert_eq!(after.len(), before.len(), "nothing happened to it");
    assert!(stranger.application(APPLICATION).await.unwrap().is_none());
}

#[tokio::test]
async fn who_starts_an_application_is_not_handed_another_organisations() {
    let centre = with_application().await;
    let stranger = as_one_of(&centre, "816", Role::Requester).await;
    let about = of("816", by("", TODAY));
    let answer = stranger.start_application(ACTOR, (APPLICATION, "Ours"), about, &[]).await;
    let Err(VerbError::Refused(refusal)) = answer else { panic!("it was handed on: {answer:?}") };
    assert_eq!(refusal.reasons, ["That reference is taken"]);
    let own = as_one_of(&centre, "QZZ", Role::Requester).await;
    let again = own.start_application(ACTOR, (APPLICATION, "Ours"), of("QZZ", by("", TODAY)), &[]).await.unwrap();
    assert!(!again.changed, "its own is");
}

#[tokio::test]
async fn nobody_decides_on_an_application_in_anothers_name() {
    let centre = with_application().await;
    let applicant = of("QZZ", by("Ada", TODAY));
    centre.service.move_application(ACTOR, APPLICATION, (ApplicationEvent::Submitted, applicant)).await.unwrap();
    let approver = as_one_of(&centre, "X26", Role::ReleaseApprover).await;
    let logged = refusals(&centre).await;
    let assessed = |code| (ApplicationEvent::Assessed, of(code, by("", TODAY)));
    let anothers = approver.move_application(ACTOR, APPLICATION, assessed("816")).await;
    assert!(matches!(anothers, Err(VerbError::Denied(_))), "{anothers:?}");
    assert_eq!(refusals(&centre).await, logged + 1);
    assert!(approver.move_application(ACTOR, APPLICATION, assessed("X26")).await.unwrap().changed);
    let told = centre.service.application(APPLICATION).await.unwrap().unwrap().history;
    assert!(told.last().unwrap().entry.about.by.starts_with("Joan Example ["), "the account's own name");
}

#[tokio::test]
async fn an_agreement_is_not_there_for_those_that_it_does_not_name() {
    let centre = Centre::on(date(2021, 7, 5)).await;
    let text = document();
    centre.service.register_agreement(ACTOR, &text, "Data Manager").await.unwrap();
    assert!(
        agreements::act(&centre, agreements::REFERENCE, AgreementEvent::Issued, agreements::said("QZZ", ""))
            .await
            .is_empty()
    );
    let lead = as_one_of(&centre, "816", Role::CouncilGovernanceLead).await;
    let reference = agreements::REFERENCE.parse().unwrap();
    for event in [AgreementEvent::Signed, AgreementEvent::Confirmed, AgreementEvent::Certified] {
        for code in ["816", "QZZ", "0AB"] {
            let logged = refusals(&centre).await;
            let about = Particulars { digest: Some(digest(&text)), ..of(code, by("", date(2021, 7, 5))) };
            missing(lead.move_agreement(ACTOR, &reference, (event, about)).await);
            assert_eq!(refusals(&centre).await, logged + 1, "{event} for {code}");
        }
    }
    assert!(lead.agreement(&reference).await.unwrap().is_none());
    assert!(lead.agreement_document(&digest(&text)).await.unwrap().is_none());
    assert!(lead.against_release(&reference).await.unwrap().is_none());
    let parties = centre.service.agreement(&reference).await.unwrap().unwrap().paper.parties;
    assert!(parties.iter().all(|party| party.signed.is_none()));
}

#[tokio::test]
async fn a_notice_is_shown_to_the_councils_that_it_is_served_on() {
    let centre = issued().await;
    let stranger = as_one_of(&centre, "313", Role::CouncilGovernanceLead).await;
    let logged = refusals(&centre).await;
    assert!(stranger.notice(NOTICE).await.unwrap().is_none(), "it was not served on 313");
    assert_eq!(refusals(&centre).await, logged + 1);
    assert!(stranger.notices().await.unwrap().is_empty());
    assert!(stranger.overdue(NOTICE).await.unwrap().is_empty());
    for (event, about) in [
        (ServedEvent::Queried, said("313", "What is in it?")),
        (ServedEvent::Acknowledged, acknowledgement("313", 1)),
        (ServedEvent::Acknowledged, Particulars { digest: Some(Digest([1; 32])), ..said("816", "") }),
    ] {
        missing(stranger.answer_notice(ACTOR, NOTICE, (event, about)).await);
    }
    let served = as_one_of(&centre, "816", Role::CouncilGovernanceLead).await;
    let shown = served.notice(NOTICE).await.unwrap().unwrap().paper.served;
    assert_eq!(shown.keys().map(ToString::to_string).collect::<Vec<_>>(), ["816"], "of others it is told nothing");
    let acknowledged = (ServedEvent::Acknowledged, acknowledgement("816", 1));
    assert!(served.answer_notice(ACTOR, NOTICE, acknowledged).await.unwrap().changed);
}
