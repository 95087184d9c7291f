use fairway_domain::port::{AppendOrder, RowSource, TablePlan, Warehouse};
use fairway_domain::{Column, Fault, Row, Value};

use crate::support::*;

#[test]
fn two_tables_take_an_import_in_step_and_read_back() {
    runtime().block_on(async {
        let house = House::new();
        let commits = house.warehouse.append(both(import(1)), People::new(20_001)).await.unwrap();
        let told: Vec<_> = commits.iter().map(|c| (c.table.clone(), c.version, c.rows, c.already_there)).collect();
        assert_eq!(told, [(vault(), 0, 10_000, false), (events(), 0, 20_001, false)]);

        let mut order =
            of(events(), &["import_id", "row_number", "Event_Type", "Event_Start_Date", "Unit_Cost"], &[import(1)]);
        order.order_by = vec!["row_number".into()];
        let lines = lines(&house.warehouse, order).await;
        assert_eq!(lines.len(), 20_001);
        assert_eq!(lines[0], format!("{}|1|Service|2024-02-09|0.15", import(1)));
        assert_eq!(lines[2], format!("{}|3|-|2024-04-09|0.35", import(1)));
        assert_eq!(lines[20_000], format!("{}|20001|-|2024-10-09|2000.15", import(1)));
    });
}

#[test]
fn an_import_that_runs_twice_changes_nothing_and_keeps_its_version() {
    runtime().block_on(async {
        let house = House::new();
        let first = house.warehouse.append(both(import(1)), People::new(100)).await.unwrap();
        house.warehouse.append(both(import(2)), People::new(10)).await.unwrap();
        let before = files_below(house.folder.path());
        let again = house.warehouse.append(both(import(1)), Box::new(Untouched)).await.unwrap();
        assert!(again.iter().all(|commit| commit.already_there));
        for (one, other) in first.iter().zip(&again) {
            assert_eq!((&one.table, one.version, one.rows), (&other.table, other.version, other.rows));
        }
        assert_eq!(files_below(house.folder.path()), before);
        let state = house.warehouse.state(&events()).await.unwrap().unwrap();
        assert_eq!((state.version, state.imports), (1, vec![(import(1), 100), (import(2), 10)]));
    });
}

#[test]
fn an_import_without_rows_is_remembered_too() {
    runtime().block_on(async {
        let house = House::new();
        for already_there in [false, true] {
            let commits = house.warehouse.append(both(import(1)), People::new(0)).await.unwrap();
            assert!(commits.iter().all(|c| c.rows == 0 && c.version == 0 && c.already_there == already_there));
        }
        assert!(lines(&house.warehouse, of(events(), &["row_number"], &[import(1)])).await.is_empty());
    });
}

struct Broken(u64);

impl RowSource for Broken {
    fn next(&mut self, rows: &mut [Row]) -> Result<bool, Fault> {
        self.0 += 1;
        if self.0 > 10_000 {
            return Err(Fault::new("sealed file is damaged"));
        }
        People::new(2).next(rows)
    }
}

#[test]
fn a_source_that_fails_leaves_no_file_and_no_table() {
    runtime().block_on(async {
        let house = House::new();
        let fault = house.warehouse.append(both(import(1)), Box::new(Broken(0))).await.unwrap_err();
        assert_eq!(fault.to_string(), "sealed file is damaged");
        assert_eq!(house.warehouse.state(&events()).await.unwrap(), None);
        let left = files_below(&house.folder.path().join("tables"));
        assert!(left.iter().all(|path| path.file_name().unwrap().to_str().unwrap().starts_with("lock-")), "{left:?}");
        house.warehouse.append(both(import(1)), People::new(10)).await.unwrap();
        assert_eq!(lines(&house.warehouse, of(events(), &["row_number"], &[import(1)])).await.len(), 10);
    });
}

struct Cells(Vec<Vec<Value<'static>>>);

impl RowSource for Cells {
    fn next(&mut self, rows: &mut [Row]) -> Result<bool, Fault> {
        let Some(cells) = self.0.pop() else { return Ok(false) };
        cells.into_iter().for_each(|cell| rows[0].push(cell));
        Ok(true)
    }
}

fn one(number: u128, columns: Vec<Column>) -> AppendOrder {
    AppendOrder { import: import(number), tables: vec![TablePlan { table: deidentified(), columns }] }
}

#[test]
fn a_later_release_adds_columns_and_a_changed_kind_is_named() {
    runtime().block_on(async {
        let house = House::new();
        let (a, b) = (Column::new("a", K::Text, C::Plain), Column::new("b", K::Integer, C::Plain));
        let rows = vec![vec![Value::Text("old")]];
        house.warehouse.append(one(1, vec![a.clone()]), Box::new(Cells(rows))).await.unwrap();
        let rows = vec![vec![Value::Integer(7), Value::Text("new")]];
        house.warehouse.append(one(2, vec![b.clone(), a.clone()]), Box::new(Cells(rows))).await.unwrap();
        let rows = vec![vec![Value::Text("older again")]];
        house.warehouse.append(one(3, vec![a.clone()]), Box::new(Cells(rows))).await.unwrap();

        let all = of(deidentified(), &["a", "b"], &[import(1), import(2), import(3)]);
        let mut lines = lines(&house.warehouse, all).await;
        lines.sort();
        assert_eq!(lines, ["new|7", "older again|-", "old|-"]);
        let columns = house.warehouse.state(&deidentified()).await.unwrap().unwrap().columns;
        assert_eq!(columns, [a, b]);

        let changed = vec![Column::new("b", K::Date, C::Plain)];
        let fault = house.warehouse.append(one(4, changed), Box::new(Untouched)).await.unwrap_err();
        assert_eq!(fault.to_string(), "column b of deidentified.asc_cld is Integer and cannot become Date");
    });
}

#[test]
fn imports_at_the_same_time_all_arrive() {
    runtime().block_on(async {
        let house = std::sync::Arc::new(House::new());
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let house = house.clone();
                tokio::spawn(async move { house.warehouse.append(both(import(number)), People::new(50)).await })
            })
            .collect();
        for task in tasks {
            assert!(task.await.unwrap().unwrap().iter().all(|commit| !commit.already_there));
        }
        let state = house.warehouse.state(&events()).await.unwrap().unwrap();
        assert_eq!((state.version, state.imports.len()), (7, 8));
        for number in 0..8 {
            let again = house.warehouse.append(both(import(number)), Box::new(Untouched)).await.unwrap();
            assert!(again.iter().all(|commit| commit.already_there && commit.version < 8));
        }
    });
}

#[test]
fn two_runs_of_the_same_import_at_the_same_time_write_it_once() {
    runtime().block_on(async {
        let house = House::new();
        let other = open(house.folder.path(), 256 << 20);
        let (one, two) = tokio::join!(
            house.warehouse.append(both(import(1)), People::new(5_000)),
            other.append(both(import(1)), People::new(5_000)),
        );
        let fresh = [one.unwrap(), two.unwrap()].iter().flatten().filter(|commit| !commit.already_there).count();
        assert_eq!(fresh, 2);
        assert_eq!(house.warehouse.state(&events()).await.unwrap().unwrap().imports, [(import(1), 5_000)]);
    });
}

#[test]
fn derived_rows_go_into_another_table_once() {
    runtime().block_on(async {
        let house = House::new();
        house.warehouse.append(both(import(1)), People::new(9_001)).await.unwrap();
        let from = of(events(), &["row_number", "Event_Type"], &[import(1)]);
        let columns =
            vec![Column::new("row_number", K::Integer, C::Plain), Column::new("Event_Type", K::Text, C::Plain)];
        for already_there in [false, true] {
            let commit = house.warehouse.derive(from.clone(), one(1, columns.clone()), Box::new(Even)).await.unwrap();
            assert_eq!((commit.rows, commit.version, commit.already_there), (4_500, 0, already_there));
        }
        let mut order = of(deidentified(), &["row_number", "Event_Type"], &[import(1)]);
        order.order_by = vec!["row_number".into()];
        assert_eq!(lines(&house.warehouse, order).await[..3], ["2|Service", "4|Service", "6|-"]);
    });
}
