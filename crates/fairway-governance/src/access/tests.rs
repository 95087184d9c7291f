use fairway_domain::{AccountId, OrganisationCode};
use jiff::Timestamp;

use super::*;

const TABLE: &str = include_str!("../../../../specs/governance/permissions.yaml");

fn table() -> Permissions {
    Permissions::published().unwrap()
}

fn account(n: u128) -> AccountId {
    format!("00000000-0000-7000-8000-{n:012}").parse().unwrap()
}

fn code(text: &str) -> OrganisationCode {
    text.parse().unwrap()
}

fn actor(roles: &[Role]) -> Actor {
    Actor { person: Some(account(1)), organisation: Some(code("313")), roles: roles.to_vec() }
}

fn held(role: Role, from: &str, until: Option<&str>) -> HeldRole {
    let at = |day: &str| format!("{day}T00:00:00Z").parse::<Timestamp>().unwrap();
    HeldRole { role, from: at(from), until: until.map(at) }
}

#[test]
fn what_no_role_gives_is_refused_with_every_reason() {
    let table = table();
    for verb in Verb::ALL {
        for object in [Object::Centre, Object::Several, Object::Of(&code("313"))] {
            assert!(matches!(table.permit(&actor(&[]), *verb, object), Permit::Refused(_)), "{verb}");
        }
    }
    let Permit::Refused(refusal) = table.permit(&actor(&[Role::Auditor]), Verb::SubmissionLand, Object::Several) else {
        panic!("was not refused")
    };
    assert_eq!(refusal.what, "You may not send a file");
    assert_eq!(refusal.reasons, ["A file is sent by the council it is about", "You are here as: Auditor"]);
}

#[test]
fn a_right_to_ones_own_ends_at_the_organisation_and_what_is_secret_is_not_told() {
    let (table, submitter) = (table(), actor(&[Role::CouncilSubmitter]));
    let show = |of: &str| table.permit(&submitter, Verb::SubmissionShow, Object::Of(&code(of)));
    assert_eq!(show("313"), Permit::Allowed(Reach::Own(code("313"))));
    assert_eq!(show("816"), Permit::NotFound);
    assert!(matches!(
        table.permit(&submitter, Verb::SubmissionLand, Object::Of(&code("816"))),
        Permit::Refused(refusal) if refusal.reasons == ["You may do that for your own organisation alone"]
    ));
    assert!(matches!(table.permit(&submitter, Verb::SubmissionShow, Object::Centre), Permit::NotFound));
    let nowhere = Actor { organisation: None, ..submitter };
    assert!(matches!(table.permit(&nowhere, Verb::SubmissionShow, Object::Several), Permit::Refused(_)));
}

#[test]
fn the_wider_of_two_roles_counts() {
    let both = actor(&[Role::CouncilSubmitter, Role::DataManager]);
    assert_eq!(table().permit(&both, Verb::SubmissionShow, Object::Of(&code("816"))), Permit::Allowed(Reach::Any));
}

#[test]
fn a_table_without_a_verb_or_with_a_right_without_reason_is_no_table() {
    assert!(Permissions::read(TABLE).is_ok());
    let without = TABLE.replace("role: auditor, title", "role: worker, title");
    assert!(Permissions::read(&without).unwrap_err().to_string().contains("role auditor is missing"));
    let blank = TABLE.replace("none: A council confirms its own file", "none: ''");
    assert!(Permissions::read(&blank).unwrap_err().to_string().contains("submission.accept"));
    assert!(Permissions::read(&TABLE.replace("verb: audit.read", "verb: audit.burn")).is_err());
    let both = TABLE.replace(
        "own: {}\n    any: {auditor: It is their duty, console",
        "own: {auditor: Both}\n    any: {auditor: It is their duty, console",
    );
    assert!(Permissions::read(&both).unwrap_err().to_string().contains("both its own and everybody"));
}

#[test]
fn conflicting_roles_are_refused_where_their_times_meet() {
    let (table, administrator) = (table(), actor(&[Role::Administrator]));
    let against = |new: HeldRole, held: &[HeldRole]| table.against_grant(&administrator, account(2), &new, held);
    let approver = held(Role::ReleaseApprover, "2026-01-01", Some("2026-07-01"));
    assert_eq!(against(held(Role::Requester, "2026-06-30", None), &[approver]).len(), 1);
    assert_eq!(against(held(Role::Requester, "2026-07-01", None), &[approver]), Vec::<String>::new());
    assert_eq!(against(held(Role::CsuOfficer, "2026-02-01", None), &[approver]).len(), 1);
    assert_eq!(
        against(held(Role::IcbAnalyst, "2026-01-01", None), &[held(Role::CsuOfficer, "2025-01-01", None)]).len(),
        1
    );
    assert_eq!(against(held(Role::CouncilGovernanceLead, "2026-02-01", None), &[approver]), Vec::<String>::new());
}

#[test]
fn roles_are_granted_by_those_who_may_and_by_nobody_to_themselves() {
    let table = table();
    let new = held(Role::DataManager, "2026-01-01", None);
    let lead = actor(&[Role::CouncilGovernanceLead]);
    assert_eq!(table.against_grant(&lead, account(2), &new, &[]).len(), 1);
    let submitter = held(Role::CouncilSubmitter, "2026-01-01", None);
    assert_eq!(table.against_grant(&lead, account(2), &submitter, &[]), Vec::<String>::new());
    assert_eq!(table.against_grant(&lead, account(1), &submitter, &[]), ["Nobody grants a role to themselves"]);
    assert_eq!(table.against_grant(&Actor::console(), account(1), &new, &[]), Vec::<String>::new());
    for machine in [Role::Worker, Role::ConsoleOperator, Role::Keyholder] {
        assert_eq!(
            table.against_grant(&Actor::console(), account(2), &held(machine, "2026-01-01", None), &[]).len(),
            1
        );
    }
    let backwards = held(Role::DataManager, "2026-02-01", Some("2026-01-01"));
    assert_eq!(table.against_grant(&Actor::console(), account(2), &backwards, &[]), ["It would end before it begins"]);
}

/// Every way in which four people can do three acts, each with whatever role: legal are those by three people.
#[test]
fn nobody_does_two_of_three_acts_about_one_request() {
    let table = table();
    let acts = [Verb::ReidentificationRequest, Verb::ReidentificationApprove, Verb::ReidentificationCollect];
    for assignment in 0..64_u128 {
        let people = [assignment % 4, assignment / 4 % 4, assignment / 16].map(account);
        let mut history = Vec::new();
        let mut refused = false;
        for (verb, person) in acts.into_iter().zip(people) {
            refused |= !table.against_act(person, verb, &history).is_empty();
            history.push(Act { verb, person });
        }
        let distinct = people[0] != people[1] && people[0] != people[2] && people[1] != people[2];
        assert_eq!(refused, !distinct, "{people:?}");
    }
    let approved = [Act { verb: Verb::ReidentificationApprove, person: account(1) }];
    assert_eq!(table.against_act(account(1), Verb::ReidentificationApprove, &approved).len(), 1, "nobody twice");
    let rejected = [Act { verb: Verb::TraceReject, person: account(1) }];
    assert_eq!(table.against_act(account(1), Verb::TraceApprove, &rejected), Vec::<String>::new());
}

#[test]
fn the_table_for_reading_is_the_table() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
    let (table, bless) = (table(), std::env::var_os("FAIRWAY_BLESS").is_some());
    for (name, due) in [("permissions.md", table.as_markdown()), ("permissions.csv", table.as_csv())] {
        let path = format!("{root}/{name}");
        if bless {
            std::fs::write(&path, &due).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == due, "docs/{name} is not the table: run with FAIRWAY_BLESS=1 and read what changed");
    }
    assert_eq!(table.as_csv().lines().count(), 1 + Verb::ALL.len() * Role::ALL.len());
    assert_eq!(table.as_html().matches("<tr>").count(), 1 + Verb::ALL.len());
}
