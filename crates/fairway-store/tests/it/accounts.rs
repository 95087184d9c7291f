use fairway_domain::{AccountId, Digest};
use fairway_store::{Account, AccountRole, AccountToken, AuditEvent, Store, Tx};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::place::Place;

fn account(n: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(n))
}

fn at(hour: &str) -> Timestamp {
    format!("2026-11-23T{hour}:00:00Z").parse().unwrap()
}

async fn tx(store: &Store, hour: &str) -> Tx {
    store.tx("test", at(hour)).await.unwrap()
}

async fn end(mut tx: Tx) {
    tx.audit(AuditEvent { actor: "test".into(), verb: "Tested", object: "test".into(), detail: json!({}) })
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn with_ada() -> (Place, Store) {
    let place = Place::new().await;
    let store = place.store.clone();
    let ada = Account {
        id: account(1),
        name: "Ada Example".into(),
        organisation: "313".parse().unwrap(),
        added_by: "console_operator".into(),
        added_at: at("09"),
        retired_at: None,
    };
    let mut tx = tx(&store, "09").await;
    tx.insert_account(&ada).await.unwrap();
    let role = |role: &str, until| AccountRole {
        account: account(1),
        role: role.into(),
        from: at("09"),
        until,
        granted_by: "console_operator".into(),
    };
    tx.grant_role("00000000-0000-0000-0000-00000000000a", &role("auditor", None)).await.unwrap();
    tx.grant_role("00000000-0000-0000-0000-00000000000b", &role("requester", Some(at("12")))).await.unwrap();
    let token = AccountToken {
        id: "0a1b2c3d".into(),
        account: account(1),
        made_at: at("09"),
        expires_at: at("20"),
        revoked_at: None,
    };
    tx.insert_token(&token, &Digest([7; 32]), "console_operator").await.unwrap();
    end(tx).await;
    assert_eq!(store.account(account(1)).await.unwrap(), Some(ada));
    (place, store)
}

#[tokio::test]
async fn a_role_ends_when_it_was_to_end_or_when_it_was_taken_if_that_is_before() {
    let (_place, store) = with_ada().await;
    let mut first = tx(&store, "10").await;
    assert!(first.revoke_role(account(1), "auditor", "person:2").await.unwrap());
    assert!(first.revoke_role(account(1), "requester", "person:2").await.unwrap());
    assert!(!first.revoke_role(account(1), "auditor", "person:2").await.unwrap(), "taken once");
    end(first).await;
    let until: Vec<_> = store.account_roles(account(1)).await.unwrap().into_iter().map(|role| role.until).collect();
    assert_eq!(until, [Some(at("10")), Some(at("10"))]);
    let mut late = tx(&store, "13").await;
    assert!(!late.revoke_role(account(1), "requester", "person:2").await.unwrap(), "it had ended");
    late.roll_back().await.unwrap();
}

#[tokio::test]
async fn an_account_that_ends_takes_its_roles_and_tokens_along() {
    let (_place, store) = with_ada().await;
    assert_eq!(store.token_of_digest(&Digest([7; 32])).await.unwrap().unwrap().revoked_at, None);
    assert_eq!(store.token_of_digest(&Digest([8; 32])).await.unwrap(), None);
    let mut tx = tx(&store, "11").await;
    assert!(tx.retire_account(account(1), "person:2").await.unwrap());
    assert!(!tx.retire_account(account(1), "person:2").await.unwrap());
    end(tx).await;
    assert_eq!(store.account(account(1)).await.unwrap().unwrap().retired_at, Some(at("11")));
    assert!(store.account_roles(account(1)).await.unwrap().iter().all(|role| role.until == Some(at("11"))));
    assert_eq!(store.token("0a1b2c3d").await.unwrap().unwrap().revoked_at, Some(at("11")));
}

#[tokio::test]
async fn who_did_what_about_a_thing_is_kept_once_with_its_first_time() {
    let (_place, store) = with_ada().await;
    let mut tx = tx(&store, "10").await;
    for _ in 0..2 {
        tx.record_act("reidentification:1", "reidentification.request", account(1)).await.unwrap();
    }
    let acts = tx.acts("reidentification:1").await.unwrap();
    assert_eq!(acts, [("reidentification.request".to_owned(), account(1))]);
    assert_eq!(tx.acts("reidentification:2").await.unwrap(), []);
    end(tx).await;
}
