//! A processing centre with a real ledger and real sealed files, in which York (816) and Wigan (313) each have everything once. The
//! tables and the keyholder are away.

use std::path::Path;
use std::sync::Arc;

use fairway_domain::governance::ReleaseLife;
use fairway_domain::{AccountId, Digest, ReleaseId, Route, SubmissionId, TraceRunEvent};
use fairway_service::{DataDir, LandRequest, Quiet, Role, Service, SystemClock};
use fairway_store::{
    Account, AccountRole, AccountToken, AuditEvent, NewHeldRelease, NewRelease, Organisation, OutboxKind,
    ReleaseDelivery, Store, TraceFigures, TraceRunChange, TracedBy, keys, outbox,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

use crate::away::Away;

/// What an organisation has.
pub struct Had {
    pub submission: SubmissionId,
    pub file: i64,
    pub release: ReleaseId,
    pub person: AccountId,
    pub token: String,
}

pub struct Centre {
    pub dir: TempDir,
    pub store: Store,
    pub service: Service,
    pub own: Had,
    pub other: Had,
}

pub const OWN: &str = "313";
pub const OTHER: &str = "816";

impl Centre {
    /// A centre with the permission table `own_table`, or the published one.
    pub async fn new(own_table: Option<&str>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("data");
        let store = Store::create(&root).await.unwrap();
        keys::create(&store.directory().keys()).unwrap();
        if let Some(table) = own_table {
            std::fs::write(root.join("permissions.yaml"), table).unwrap();
        }
        let mut tx = store.tx("test", Timestamp::now()).await.unwrap();
        for code in [OWN, OTHER] {
            tx.put_organisation(&Organisation { code: code.parse().unwrap(), name: code.into() }).await.unwrap();
        }
        tx.audit(event()).await.unwrap();
        tx.commit().await.unwrap();
        let service =
            Service::open(DataDir::new(&root), Arc::new(Away), Arc::new(Away), Arc::new(SystemClock), Arc::new(Quiet));
        let service = service.await.unwrap();
        let own = had(&store, &service, dir.path(), OWN).await;
        let other = had(&store, &service, dir.path(), OTHER).await;
        Self { dir, store, service, own, other }
    }

    /// A person of an organisation with these roles; their identifier and a token.
    pub async fn person(&self, code: &str, roles: &[Role]) -> (AccountId, String) {
        person(&self.store, code, roles).await
    }

    /// A trace of this submission that waits for a person.
    pub async fn hold_trace(&self, id: SubmissionId) {
        let mut tx = self.store.tx("test", Timestamp::now()).await.unwrap();
        tx.begin_trace_run(id, TracedBy::Register, "test-run").await.unwrap();
        for event in [TraceRunEvent::ResponseCame, TraceRunEvent::LooksUnusual] {
            let figures = Some(TraceFigures { people: 10, found: 2 });
            let change = TraceRunChange { figures, reason: Some("few were found".into()), ..TraceRunChange::default() };
            tx.advance_trace_run(id, event, change).await.unwrap();
        }
        tx.audit(event()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// How often each thing was done, by the log.
    pub async fn told(&self, verb: &str) -> usize {
        let entries = self.store.audit_entries(u32::MAX).await.unwrap();
        entries.iter().filter(|entry| entry.verb == verb).count()
    }
}

pub fn event() -> AuditEvent {
    AuditEvent { actor: "test".into(), verb: "Tested", object: "test".into(), detail: json!({}) }
}

pub async fn person(store: &Store, code: &str, roles: &[Role]) -> (AccountId, String) {
    let (id, now) = (AccountId::new(Uuid::now_v7()), Timestamp::now());
    let account = Account {
        id,
        name: "Ada Example".into(),
        organisation: code.parse().unwrap(),
        added_by: "test".into(),
        added_at: now,
        retired_at: None,
    };
    let mut tx = store.tx("test", now).await.unwrap();
    tx.insert_account(&account).await.unwrap();
    for role in roles {
        let row =
            AccountRole { account: id, role: role.to_string(), from: now, until: None, granted_by: "test".into() };
        tx.grant_role(&Uuid::now_v7().to_string(), &row).await.unwrap();
    }
    let shown = Uuid::new_v4().simple().to_string()[..8].to_owned();
    let text = format!("fw_{shown}_test");
    let expires_at = now + SignedDuration::from_hours(24);
    let token = AccountToken { id: shown, account: id, made_at: now, expires_at, revoked_at: None };
    tx.insert_token(&token, &Digest(Sha256::digest(text.as_bytes()).into()), "test").await.unwrap();
    tx.audit(event()).await.unwrap();
    tx.commit().await.unwrap();
    (id, text)
}

async fn had(store: &Store, service: &Service, dir: &Path, code: &str) -> Had {
    let file = dir.join(format!("{code}.csv"));
    std::fs::write(&file, format!("a,b\n{code},1\n")).unwrap();
    let land = LandRequest::new(file, code.parse().unwrap(), "asc-cld", Route::Cli);
    let submission = service.land("test", land).await.unwrap().submission.id;
    let placed = outbox::place(&store.directory().outbox(), &code.parse().unwrap(), "report-1", |folder| {
        std::fs::write(folder.join("findings.csv"), format!("{code}\n").repeat(40_000)).unwrap();
        Ok(())
    });
    let release = ReleaseId::new(Uuid::now_v7());
    let agreement = "DARS-NIC-000001-A1B2C-v1.0".parse().unwrap();
    let new = NewRelease { id: release, agreement, recipient: code.parse().unwrap(), allowed: false };
    let mut tx = store.tx("test", Timestamp::now()).await.unwrap();
    tx.insert_outbox_items(&code.parse().unwrap(), OutboxKind::CheckReport, &placed.unwrap().files).await.unwrap();
    tx.insert_release(&new).await.unwrap();
    tx.insert_held_release(&held(release, code)).await.unwrap();
    let delivery = ReleaseDelivery {
        release,
        organisation: code.parse().unwrap(),
        state: ReleaseLife::Granted,
        expires_on: jiff::civil::date(2999, 12, 31),
        receipt_due: None,
    };
    tx.put_release_delivery(&delivery).await.unwrap();
    tx.audit(event()).await.unwrap();
    tx.commit().await.unwrap();
    let file = store.outbox(&code.parse().unwrap()).await.unwrap()[0].id;
    let (person, token) = person(store, code, &[]).await;
    Had { submission, file, release, person, token: token[3..11].to_owned() }
}

/// An extract for an organisation that waits for two approvals, asked for by somebody at the console.
pub fn held(id: ReleaseId, code: &str) -> NewHeldRelease {
    NewHeldRelease {
        id,
        agreement: "DARS-NIC-000001-A1B2C-v1.0".into(),
        requester: "Joan Example".into(),
        organisation: code.into(),
        content: Digest([7; 32]),
        folder: format!("release-{id}"),
        deliver_to: code.parse().unwrap(),
        needed: 2,
        rows: 10,
        document: "not: an agreement".into(),
    }
}
