//! Tables that were published are kept with what each of their numbers tells, once, and are found as long as they count.

use fairway_domain::Digest;
use fairway_store::{Counted, NumberShown, PublishedNumber, PublishedTable};

use crate::place::{Place, at, commit};

fn table() -> PublishedTable {
    let number = |row_key: &str, shown, low, high| PublishedNumber { row_key: row_key.into(), shown, low, high };
    PublishedTable {
        id: Digest([7; 32]),
        dataset: "asc-cld".into(),
        counted: Counted::People,
        measure: "count".into(),
        profile: "asc_default".into(),
        definition: r#"{"by":["Gender"],"filter":{}}"#.into(),
        agreement: Some("DARS-NIC-000001-A1B2C-v1.0".parse().unwrap()),
        published_at: at(1),
        numbers: vec![
            number(r#"["Female"]"#, NumberShown::Count, 18, Some(22)),
            number(r#"["Male"]"#, NumberShown::Small, 1, Some(7)),
            number("[null]", NumberShown::Withheld, 0, None),
        ],
    }
}

#[tokio::test]
async fn a_published_table_reads_back_and_is_published_anew_when_it_is_published_again() {
    let place = Place::new().await;
    let mut tx = place.begin(1).await;
    assert!(tx.publish_table(&table()).await.unwrap());
    commit(tx).await;
    assert_eq!(place.store.published_tables("asc-cld", at(0)).await.unwrap(), [table()]);
    assert_eq!(place.store.published_tables("asc-cld", at(2)).await.unwrap(), []);
    assert_eq!(place.store.published_tables("admitted-care", at(0)).await.unwrap(), []);

    let mut tx = place.begin(5).await;
    assert!(!tx.publish_table(&table()).await.unwrap(), "it is there already");
    commit(tx).await;
    let again = PublishedTable { published_at: at(5), ..table() };
    assert_eq!(place.store.published_tables("asc-cld", at(2)).await.unwrap(), [again]);
}
