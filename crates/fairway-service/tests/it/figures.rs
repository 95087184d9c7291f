//! Tables under an agreement through the release gate: made right they lie in the outbox with their papers; with any one thing
//! wrong not a byte leaves, and the reason is given.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairway_domain::governance::AgreementEvent;
use fairway_service::{Measure, ReleaseWord, Requester, TableRequest, VerbError, VerbResult, Voice};
use jiff::civil::date;

use crate::agreements::{act, assured, in_force, said};
use crate::centre::{ACTOR, Centre, reasons};
use crate::ended::submitted;
use crate::keys::Keys;
use crate::tables::Tables;

const DOCUMENT: &str = "reference: TABLE-1\ntitle: A test\nrecipient:\n  organisation: 0AB\n  name: A board\n\
    controllers:\n  - organisation: QZZ\n    name: A controller\npurpose: To plan\nlegal_basis: A law\ndataset: asc-cld\n\
    columns: [LA_Code, Gender, Der_Working_Age_Band, 'Event_Start_Date:quarter']\nperiod:\n  from: 2021-04-01\n  \
    to: 2022-03-31\nareas: ['816']\nstart: 2021-07-01\nend: 2024-06-30\nkey_epoch: 1\nsigned:\n  - organisation: 0AB\n    \
    by: An officer\n    date: 2021-06-01\n  - organisation: QZZ\n    by: An officer\n    date: 2021-06-01\n\
    class: aggregated\ndisclosure_profile: asc_default\n";

pub struct Office {
    pub centre: Centre,
    pub machines: (Arc<Tables>, Arc<Keys>),
    out: PathBuf,
}

impl Office {
    pub async fn open() -> Self {
        let (tables, keys) = (Arc::new(Tables::default()), Arc::new(Keys::new()));
        let centre = Centre::with(date(2022, 5, 4), tables.clone(), keys.clone()).await;
        for code in ["816", "102"] {
            let import = fairway_domain::ImportId::from(submitted(&centre, code).await).to_string();
            for (gender, age, count) in
                [("Female", "18 to 64", 23), ("Female", "65+", 4), ("Male", "18 to 64", 38), ("Male", "65+", 50)]
            {
                let values = [("LA_Code", code), ("Gender", gender), ("Der_Working_Age_Band", age)];
                tables.put(&import, &values, count);
            }
        }
        let out = centre.folder.path().join("own-copy");
        Self { centre, machines: (tables, keys), out }
    }

    pub fn asked(&self, by: &[&str]) -> TableRequest {
        TableRequest {
            dataset: "asc-cld".into(),
            by: by.iter().map(ToString::to_string).collect(),
            counted: None,
            measure: Measure::Count,
            profile: None,
            filter: BTreeMap::new(),
            period: None,
            organisations: None,
            agreement: Some(DOCUMENT.into()),
            recipient: None,
            requester: None,
            out: self.out.clone(),
        }
    }

    pub async fn make(&self, request: TableRequest) -> VerbResult<fairway_service::TableReport> {
        self.centre.service.tabulate(ACTOR, request).await
    }

    /// Every file that somebody beyond the processing centre could have.
    fn left(&self) -> Vec<PathBuf> {
        let data = self.centre.folder.path().join("centre");
        ["outbox", "held"].iter().flat_map(|root| files(&data.join(root))).chain(files(&self.out)).collect()
    }

    async fn verbs(&self) -> Vec<String> {
        self.centre.service.audit_entries(u32::MAX).await.unwrap().into_iter().map(|entry| entry.verb).collect()
    }
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { all.extend(files(&entry.path())) } else { all.push(entry.path()) }
    }
    all
}

fn names(files: &[PathBuf]) -> Vec<&str> {
    let mut names: Vec<&str> = files.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_table_that_is_entitled_lies_in_the_outbox_with_its_papers_and_in_the_register() {
    let office = Office::open().await;
    let made = office.make(office.asked(&["Gender", "Der_Working_Age_Band"])).await.unwrap();
    assert_eq!(made.table.senders, ["816"], "the agreement does not name 102");
    let id = made.release.unwrap();
    let delivered = files(&office.centre.folder.path().join("centre/outbox/0AB").join(format!("release-{id}")));
    let papers = ["dictionary.csv", "gate-report.json", "gate-report.sig", "manifest.json"];
    assert_eq!(names(&delivered), [&papers[..], &["table.csv", "table.html", "table.json"]].concat());
    assert_eq!(names(&files(&office.out)), ["disclosure.json", "table.csv", "table.html", "table.json"]);
    let report = office.centre.service.verify_gate_report(&made.folder, None).await.unwrap().report;
    assert_eq!(report["passed"], true);
    assert_eq!(report["figures"]["table"]["small"], 1);
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(made.folder.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["table"]["columns"], serde_json::json!(["Gender", "Der_Working_Age_Band"]));
    assert!(manifest.get("key_id").is_none(), "figures have no pseudonyms");
    let register = office.centre.service.public_register().await.unwrap();
    let rows: Vec<(&str, &str, &str)> = register
        .releases
        .iter()
        .filter(|row| row.file == "table.csv")
        .map(|row| (row.release.as_str(), row.data.as_str(), row.agreement.as_str()))
        .collect();
    assert_eq!(rows, [(id.to_string().as_str(), "aggregated", "TABLE-1")]);
    let verbs = office.verbs().await;
    for verb in ["ReleaseIntended", "TablePublished", "ReleaseGranted"] {
        assert!(verbs.iter().any(|one| one == verb), "{verb}: {verbs:?}");
    }
    let again = office.make(office.asked(&["Gender"])).await.unwrap();
    assert_eq!(again.report.earlier_tables.len(), 1, "held against the one before");
}

#[tokio::test]
async fn with_any_one_thing_wrong_not_a_byte_leaves_and_the_reason_is_given() {
    let office = Office::open().await;
    let lawful = || office.asked(&["Gender"]);
    let document = |from: &str, to: &str| {
        assert!(DOCUMENT.contains(from), "{from}");
        TableRequest { agreement: Some(DOCUMENT.replace(from, to)), ..lawful() }
    };
    let opted = "opt_outs:\n  applied: true\n  reason: The law asks for it\n";
    let wrong = [
        ("The agreement does not name the column Der_Age_Band", office.asked(&["Der_Age_Band"])),
        ("Event_Start_Date:month is a finer level", office.asked(&["Event_Start_Date:month"])),
        ("NHS_Number that a table can be made by", office.asked(&["NHS_Number"])),
        ("protects less than the agreement's", TableRequest { profile: Some("asc_publication".into()), ..lawful() }),
        ("There is no profile mild", TableRequest { profile: Some("mild".into()), ..lawful() }),
        (
            "The agreement does not cover the council 102",
            TableRequest { organisations: Some(vec!["816".parse().unwrap(), "102".parse().unwrap()]), ..lawful() },
        ),
        (
            "is not within the agreement's",
            TableRequest { period: Some((date(2021, 1, 1), date(2022, 3, 31))), ..lawful() },
        ),
        ("QYG", TableRequest { recipient: Some("QYG".parse().unwrap()), ..lawful() }),
        ("2022-05-03", document("2024-06-30", "2022-05-03")),
        ("has not signed", document("  - organisation: QZZ\n    by", "  - organisation: X26\n    by")),
        ("TABLE-1 is not about day-centre", TableRequest { dataset: "day-centre".into(), ..lawful() }),
        ("approval of 2 people", document("class: aggregated", "approvals: 2")),
        ("counts everybody", document("class: aggregated\n", opted)),
        ("is no legal basis", document("class: aggregated", "legal: [s999]")),
    ];
    for (reason, request) in wrong {
        let given = reasons(office.make(request).await);
        assert!(given.iter().any(|one| one.contains(reason)), "{reason} is not in {given:?}");
        assert_eq!(office.left(), Vec::<PathBuf>::new(), "{reason}");
    }
    let verbs = office.verbs().await;
    assert!(!verbs.iter().any(|verb| verb == "TablePublished" || verb == "ReleaseIntended"), "{verbs:?}");
    assert_eq!(verbs.iter().filter(|verb| *verb == "ReleaseRefused").count(), 13, "one is about no dataset of it");
    let several = TableRequest {
        profile: Some("asc_publication".into()),
        recipient: Some("QYG".parse().unwrap()),
        ..office.asked(&["NHS_Number", "Der_Age_Band"])
    };
    assert!(reasons(office.make(several).await).len() >= 4, "every reason, of the table and of the agreement");
    office.make(office.asked(&["Gender"])).await.unwrap();
    assert!(!office.left().is_empty(), "made right it leaves");
}

#[tokio::test]
async fn a_stronger_profile_than_the_agreements_is_as_good() {
    let office = Office::open().await;
    let request = TableRequest { profile: Some("opensafely".into()), ..office.asked(&["Gender"]) };
    assert_eq!(office.make(request).await.unwrap().table.profile, "opensafely");
}

#[tokio::test]
async fn a_table_leaves_in_the_last_second_of_the_last_day_and_in_the_next_one_not() {
    let office = Office::open().await;
    office.centre.clock.stop_at("2024-06-30T23:59:59Z");
    office.make(office.asked(&["Gender"])).await.unwrap();
    let before = office.left();
    office.centre.clock.stop_at("2024-07-01T00:00:00Z");
    let given = reasons(office.make(office.asked(&["Gender"])).await);
    assert!(given[0].contains("2024-06-30"), "{given:?}");
    assert_eq!(office.left(), before);
}

#[tokio::test]
async fn a_table_that_takes_approval_is_held_until_others_approve_its_bytes() {
    let office = Office::open().await;
    let requester = Some(Requester { name: "Ada".into(), organisation: "QOP".into() });
    let agreement = Some(DOCUMENT.replace("class: aggregated", "approvals: 2"));
    let made = office.make(TableRequest { agreement, requester, ..office.asked(&["Gender"]) }).await.unwrap();
    let (id, service) = (made.release.unwrap(), &office.centre.service);
    assert!(made.is_held && made.folder.starts_with(office.centre.folder.path().join("centre/held")));
    let outbox = office.centre.folder.path().join("centre/outbox");
    assert_eq!(files(&outbox), Vec::<PathBuf>::new());
    let word = |name, organisation| ReleaseWord {
        who: Voice { name, organisation },
        approved: true,
        content: None,
        reason: "as agreed",
    };
    let own = service.decide_release(ACTOR, id, word("Ada", "QZZ")).await;
    assert!(reasons(own)[0].contains("Whoever asked"));
    service.decide_release(ACTOR, id, word("Grace", "QZZ")).await.unwrap();
    service.decide_release(ACTOR, id, word("Mary", "X26")).await.unwrap();
    let joan = Voice { name: "Joan", organisation: "X26" };
    office.centre.clock.stop_at("2024-07-01T00:00:00Z");
    assert!(matches!(service.deliver_release(ACTOR, id, joan).await, Err(VerbError::Refused(_))), "it is over");
    office.centre.clock.stop_at("2024-06-30T00:00:00Z");
    service.deliver_release(ACTOR, id, joan).await.unwrap();
    assert!(names(&files(&outbox)).contains(&"table.csv"));
}

#[tokio::test]
async fn what_lies_in_the_outbox_is_not_handed_over_while_its_agreement_is_not_in_force() {
    let office = Office::open().await;
    let (centre, service) = (&office.centre, &office.centre.service);
    in_force(centre, "TABLE-1", DOCUMENT).await;
    assured(centre).await;
    office.make(office.asked(&["Gender"])).await.unwrap();
    let (item, _) = service.outbox(1).await.unwrap().remove(0);
    service.fetch(ACTOR, item).await.unwrap();
    let held = || said("QZZ", "An audit found a copy abroad");
    assert!(act(centre, "TABLE-1", AgreementEvent::Suspended, held()).await.is_empty());
    assert!(reasons(service.fetch(ACTOR, item).await)[0].contains("TABLE-1 is suspended"));
    assert!(act(centre, "TABLE-1", AgreementEvent::Resumed, held()).await.is_empty());
    service.fetch(ACTOR, item).await.unwrap();
    centre.clock.stop_at("2024-06-30T23:59:59Z");
    service.fetch(ACTOR, item).await.unwrap();
    centre.clock.stop_at("2024-07-01T00:00:00Z");
    assert!(reasons(service.fetch(ACTOR, item).await)[0].contains("TABLE-1 is expired"), "recorded or not");
}
