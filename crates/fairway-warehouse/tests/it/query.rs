use fairway_domain::Zone;
use fairway_domain::port::{QueryError, Warehouse};

use crate::support::*;

async fn refusal(house: &House, sql: &str) -> String {
    match house.warehouse.query(Zone::Identifiable, sql, 10).await {
        Err(QueryError::Refused(why)) => why,
        Err(QueryError::Fault(fault)) => panic!("fault: {fault}"),
        Ok(_) => panic!("answered: {sql}"),
    }
}

async fn answer(house: &House, sql: &str) -> (String, Vec<String>, bool) {
    let answer = house.warehouse.query(Zone::Identifiable, sql, 10).await.unwrap();
    (answer.columns.join("|"), answer.rows.iter().map(line).collect(), answer.cut)
}

#[test]
fn a_query_is_answered_up_to_its_limit_with_columns_in_any_case() {
    runtime().block_on(async {
        let house = House::new();
        house.warehouse.append(both(import(1)), People::new(12)).await.unwrap();
        let sql = "WITH dated AS (SELECT event_start_date, UNIT_COST FROM ASC_CLD WHERE EVENT_TYPE = 'Service') \
                   SELECT event_start_date, sum(unit_cost) AS total, avg(unit_cost) FROM dated \
                   GROUP BY 1 ORDER BY Event_Start_Date LIMIT 2";
        let (columns, rows, cut) = answer(&house, sql).await;
        assert_eq!(columns, "Event_Start_Date|total|avg(dated.Unit_Cost)");
        assert_eq!((rows, cut), (vec!["2024-02-09|0.15|0.150000".into(), "2024-03-09|0.25|0.250000".into()], false));

        let (columns, rows, cut) = answer(&house, "SELECT * FROM asc_cld ORDER BY row_number;").await;
        assert!(columns.starts_with("import_id|row_number|person_uid|Event_Type"));
        assert_eq!((rows.len(), cut), (10, true));
        let (_, rows, cut) = answer(&house, "SELECT row_number FROM asc_cld LIMIT 10").await;
        assert_eq!((rows.len(), cut), (10, false));
        let sql =
            "SELECT count(*), count(distinct v.person_uid) FROM asc_cld e JOIN asc_cld_vault v USING (person_uid)";
        assert_eq!(answer(&house, sql).await.1, ["12|6"]);
        let sql = format!("SELECT count(*), 'it''s' FROM asc_cld WHERE import_id = '{}'", import(1));
        assert_eq!(answer(&house, &sql).await.1, ["12|it's"]);
        assert!(answer(&house, "EXPLAIN SELECT row_number FROM asc_cld").await.1[0].contains("TableScan"));
        assert_eq!(answer(&house, "SELECT 1.5 + 1").await.1, ["2.5"]);
    });
}

#[test]
fn whatever_is_not_one_select_is_refused() {
    runtime().block_on(async {
        let house = House::new();
        house.warehouse.append(both(import(1)), People::new(2)).await.unwrap();
        let before = files_below(house.folder.path());
        let target = house.folder.path().join("copy.csv").display().to_string();
        for sql in [
            "INSERT INTO asc_cld SELECT * FROM asc_cld".to_string(),
            "DELETE FROM asc_cld".into(),
            "UPDATE asc_cld SET row_number = 1".into(),
            "DROP TABLE asc_cld".into(),
            format!("COPY asc_cld TO '{target}'"),
            format!("COPY (SELECT 1) TO '{target}' STORED AS CSV"),
            "CREATE TABLE t AS SELECT 1".into(),
            "CREATE VIEW t AS SELECT 1".into(),
            format!("CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '{target}'"),
            "SET datafusion.execution.batch_size = 1".into(),
            "RESET datafusion.execution.batch_size".into(),
            "SHOW TABLES".into(),
            "EXPLAIN DELETE FROM asc_cld".into(),
            "EXPLAIN EXPLAIN DELETE FROM asc_cld".into(),
            "SELECT 1; SELECT 2".into(),
            "SELECT 1; DROP TABLE asc_cld".into(),
            "PREPARE p AS SELECT 1".into(),
            "".into(),
            "-- nothing".into(),
        ] {
            let why = refusal(&house, &sql).await;
            assert!(why.starts_with("a query is one SELECT"), "{sql}: {why}");
        }
        for sql in ["SELECT * INTO t FROM asc_cld", "SELECT * FROM read_csv('/etc/passwd')", "SELEC 1", "SELECT 'a"] {
            refusal(&house, sql).await;
        }
        assert_eq!(files_below(house.folder.path()), before);
    });
}

#[test]
fn a_refusal_says_which_tables_and_columns_there_are() {
    runtime().block_on(async {
        let house = House::new();
        assert_eq!(
            refusal(&house, "SELECT 1 FROM asc_cld").await,
            "there is no table asc_cld: the zone identifiable has no tables yet"
        );
        house.warehouse.append(both(import(1)), People::new(2)).await.unwrap();
        for name in ["clients", "'/etc/passwd'", "deidentified.asc_cld", "information_schema.tables"] {
            let why = refusal(&house, &format!("SELECT * FROM {name}")).await;
            assert!(why.ends_with("in the zone identifiable; its tables are asc_cld, asc_cld_vault"), "{why}");
        }
        let why = refusal(&house, "SELECT colour FROM asc_cld").await;
        assert!(why.starts_with("No field named colour.") && why.contains("Event_Start_Date"), "{why}");
        let why = refusal(&house, "SELECT 1 / (row_number - row_number) FROM asc_cld").await;
        assert_eq!(why, "the query divides by zero; guard the divisor with nullif(divisor, 0)");
        let why = refusal(&house, "SELECT cast(surname AS bigint) FROM asc_cld_vault").await;
        assert!(why.contains("try_cast") && !why.contains("Made-Up"), "{why}");
    });
}
