//! Tables as they were, and files that no version of them refers to.

use std::fs;
use std::time::Duration;

use fairway_domain::Zone;
use fairway_domain::port::{AsOf, QueryError, Unreferenced, Warehouse};
use jiff::{SignedDuration, Timestamp};

use crate::support::*;

async fn count(house: &House, as_of: AsOf) -> Result<String, String> {
    let sql = "SELECT count(*), count(DISTINCT import_id) FROM asc_cld";
    match house.warehouse.query_as_of(Zone::Identifiable, sql, 10, as_of).await {
        Ok(answer) => Ok(line(&answer.rows[0])),
        Err(QueryError::Refused(why)) => Err(why),
        Err(QueryError::Fault(fault)) => panic!("fault: {fault}"),
    }
}

#[test]
fn a_query_sees_tables_as_they_were_at_a_version_an_import_or_a_time() {
    runtime().block_on(async {
        let house = House::new();
        let mut times = vec![Timestamp::now()];
        for number in 1..=30 {
            tokio::time::sleep(Duration::from_millis(3)).await;
            house.warehouse.append(both(import(number)), People::new(5)).await.unwrap();
            tokio::time::sleep(Duration::from_millis(3)).await;
            times.push(Timestamp::now());
        }
        assert_eq!(count(&house, AsOf::Now).await.unwrap(), "150|30");
        for number in [1, 2, 25, 26, 30] {
            let wanted = format!("{}|{number}", number * 5);
            assert_eq!(count(&house, AsOf::Version(number - 1)).await.unwrap(), wanted);
            assert_eq!(count(&house, AsOf::Import(import(number.into()))).await.unwrap(), wanted);
            assert_eq!(count(&house, AsOf::Time(times[number as usize])).await.unwrap(), wanted);
        }
        for then in [AsOf::Version(30), AsOf::Import(import(99)), AsOf::Time(times[0])] {
            assert_eq!(count(&house, then).await.unwrap_err(), "asc_cld held nothing then");
        }
    });
}

#[test]
fn vacuum_takes_what_no_version_refers_to_and_only_when_it_is_old_enough() {
    runtime().block_on(async {
        let house = House::new();
        for number in 1..=3 {
            house.warehouse.append(both(import(number)), People::new(5)).await.unwrap();
        }
        let tables = house.folder.path().join("tables");
        let before = files_below(&tables).len();
        let data =
            files_below(&tables).into_iter().find(|path| path.extension().is_some_and(|e| e == "parquet")).unwrap();
        let orphan = data.with_file_name("part-of-a-killed-process.parquet");
        fs::write(&orphan, [1; 100]).unwrap();
        let now = Timestamp::now();
        let (past, future) = (now - SignedDuration::from_hours(24), now + SignedDuration::from_hours(1));
        let found = Unreferenced { files: 1, bytes: 100 };
        assert_eq!(house.warehouse.vacuum(past, true).await.unwrap(), Unreferenced::default(), "too young");
        assert_eq!(house.warehouse.vacuum(future, false).await.unwrap(), found);
        assert!(orphan.is_file(), "looked for, not taken away");
        assert_eq!(house.warehouse.vacuum(future, true).await.unwrap(), found);
        assert!(!orphan.exists());
        assert_eq!(files_below(&tables).len(), before);
        for number in 1..=3 {
            let wanted = format!("{}|{number}", number * 5);
            assert_eq!(count(&house, AsOf::Version(number - 1)).await.unwrap(), wanted);
        }
    });
}
