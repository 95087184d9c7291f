use std::collections::HashSet;
use std::time::Instant;

use fairway_domain::PersonUid;

use crate::place::{Place, commit, id};

fn blind(number: u32) -> [u8; 32] {
    let mut index = [0; 32];
    // Spread over the index as keyed hashes are.
    index[..8].copy_from_slice(&u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    index
}

/// Counts, so that every uid it gives is another.
fn counter() -> impl FnMut() -> PersonUid {
    let mut given = 0u128;
    move || {
        given += 1;
        PersonUid(given.to_be_bytes())
    }
}

#[tokio::test]
async fn an_index_has_one_uid_for_ever_and_kinds_do_not_meet() {
    let place = Place::new().await;
    let indices = [blind(1), blind(2), blind(1)];
    let mut uids = counter();
    let mut tx = place.begin(1).await;
    let first = tx.resolve("nhs_number", &indices, id(1).into(), &mut uids).await.unwrap();
    assert_eq!(first[0], first[2]);
    assert_ne!(first[0], first[1]);
    let other = tx.resolve("la_person", &indices[..1], id(1).into(), &mut uids).await.unwrap();
    assert_ne!(first[0], other[0]);
    commit(tx).await;

    let mut tx = place.begin(2).await;
    let mut never = || unreachable!("all are known");
    assert_eq!(tx.resolve("nhs_number", &indices, id(2).into(), &mut never).await.unwrap(), first);
    tx.commit().await.unwrap();
    let found = place.store.lookup("nhs_number", &[blind(2), blind(3)]).await.unwrap();
    assert_eq!(found, [Some(first[1]), None]);
}

#[tokio::test]
async fn fifty_thousand_persons_are_resolved_and_found_again() {
    let place = Place::new().await;
    let indices: Vec<[u8; 32]> = (0..50_000).map(blind).collect();
    let start = Instant::now();
    let mut tx = place.begin(1).await;
    let first = tx.resolve("nhs_number", &indices, id(1).into(), &mut counter()).await.unwrap();
    commit(tx).await;
    let written = start.elapsed();
    assert_eq!(first.iter().collect::<HashSet<_>>().len(), indices.len());
    let again = place.store.lookup("nhs_number", &indices).await.unwrap();
    assert!(again.into_iter().map(Option::unwrap).eq(first));
    println!("50,000 new persons in {written:?}, found again in {:?}", start.elapsed() - written);
}
