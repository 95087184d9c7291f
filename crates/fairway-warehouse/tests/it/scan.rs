use fairway_domain::port::{Join, RowSink, Warehouse};
use fairway_domain::{Fault, Row};

use crate::support::*;

#[test]
fn rows_come_beside_those_of_another_table_in_the_order_asked_for() {
    runtime().block_on(async {
        let house = House::new();
        for number in [2, 1] {
            house.warehouse.append(both(import(number)), People::new(10_000)).await.unwrap();
        }
        let mut order = of(events(), &["import_id", "row_number"], &[import(1), import(2)]);
        order.joins = vec![Join {
            table: vault(),
            on: vec!["person_uid".into()],
            columns: vec!["nhs_number".into()],
            in_step: false,
        }];
        order.order_by = vec!["row_number".into()];
        let rows = lines(&house.warehouse, order.clone()).await;
        assert_eq!(rows.len(), 20_000);
        let hex = |text: &str| text.bytes().map(|b| format!("{b:02x}")).collect::<String>();
        // Event 1 and event 2 are of the person sealed at event 2.
        assert_eq!(rows[0], format!("{}|1|{}", import(1), hex("sealed-2")));
        assert_eq!(rows[1], format!("{}|2|{}", import(1), hex("sealed-2")));
        assert_eq!(rows[10_000], format!("{}|1|{}", import(2), hex("sealed-2")));
        assert_eq!(rows[19_999], format!("{}|10000|{}", import(2), hex("sealed-10000")));

        order.imports = vec![import(2)];
        let rows = lines(&house.warehouse, order).await;
        assert_eq!(rows.len(), 10_000);
        assert_eq!(rows[9], format!("{}|10|{}", import(2), hex("sealed-10")));
    });
}

#[test]
fn shuffled_rows_come_in_another_order_each_time_and_are_the_same_rows() {
    runtime().block_on(async {
        for memory in [256 << 20, 24 << 20] {
            let house = House::with_memory(memory);
            house.warehouse.append(both(import(1)), People::new(60_000)).await.unwrap();
            let columns = ["row_number", "person_uid", "Event_Type", "Unit_Cost"];
            let mut order = of(events(), &columns, &[import(1)]);
            order.order_by = vec!["row_number".into()];
            let sorted = lines(&house.warehouse, order.clone()).await;
            order.shuffle = true;
            let numbers = |lines: &[String]| -> Vec<u32> {
                lines.iter().map(|line| line.split('|').next().unwrap().parse().unwrap()).collect()
            };
            let mut one = lines(&house.warehouse, order.clone()).await;
            let other = lines(&house.warehouse, order).await;
            let (drawn, again) = (numbers(&one), numbers(&other));
            assert!(drawn.iter().zip(&again).filter(|(a, b)| a == b).count() < 60, "no position says who it is");
            let rising = drawn.windows(2).filter(|pair| pair[0] < pair[1]).count();
            assert!((29_000..31_000).contains(&rising), "{rising} of 60,000 steps rise");
            one.sort_by_key(|line| line.split('|').next().unwrap().parse::<u32>().unwrap());
            assert_eq!(one, sorted);
        }
    });
}

#[test]
fn a_row_without_a_partner_keeps_nulls_and_imports_not_asked_for_are_left_out() {
    runtime().block_on(async {
        let house = House::new();
        // The first of three events has no person: its uid is all zeros.
        house.warehouse.append(both(import(1)), People::new(3)).await.unwrap();
        house.warehouse.append(both(import(2)), People::new(100)).await.unwrap();
        let mut order = of(events(), &["row_number"], &[import(1)]);
        order.joins = vec![Join {
            table: vault(),
            on: vec!["person_uid".into()],
            columns: vec!["surname".into()],
            in_step: false,
        }];
        order.order_by = vec!["row_number".into()];
        assert_eq!(lines(&house.warehouse, order.clone()).await, ["1|Made-Up", "2|Made-Up", "3|-"]);
        order.imports.clear();
        assert!(lines(&house.warehouse, order).await.is_empty());
    });
}

#[test]
fn rows_in_step_stand_side_by_side_and_those_out_of_step_are_a_fault() {
    runtime().block_on(async {
        let house = House::new();
        house.warehouse.append(both(import(1)), People::new(20_000)).await.unwrap();
        let mut order = of(events(), &["row_number", "Event_Type"], &[import(1)]);
        let beside = |table, on: &str, column: &str| Join {
            table,
            on: vec![on.into()],
            columns: vec![column.into()],
            in_step: true,
        };
        order.joins = vec![beside(events(), "row_number", "Event_Type")];
        let rows = lines(&house.warehouse, order.clone()).await;
        assert_eq!(rows.len(), 20_000);
        for (at, row) in rows.iter().enumerate() {
            let cells: Vec<&str> = row.split('|').collect();
            // People are numbered backwards.
            assert!(cells[0] == (20_000 - at).to_string() && cells[1] == cells[2], "{row}");
        }
        // What is joined by a key comes with it.
        order.joins.push(Join { in_step: false, ..beside(vault(), "person_uid", "surname") });
        let mut joined = lines(&house.warehouse, order.clone()).await;
        joined.sort_by_key(|row| std::cmp::Reverse(row.split('|').next().unwrap().parse::<u32>().unwrap()));
        assert_eq!(joined.len(), 20_000);
        assert!(joined.iter().zip(&rows).all(|(one, other)| one.starts_with(other.as_str())));

        order.joins = vec![beside(vault(), "person_uid", "surname")];
        let fault = house.warehouse.scan(order, Box::new(Lines::default())).await.err().unwrap();
        let cause = std::error::Error::source(&fault).map(ToString::to_string).unwrap_or_default();
        assert!(cause.contains("not in step"), "{fault}: {cause}");
    });
}

#[test]
fn an_order_that_does_not_fit_in_memory_spills_and_leaves_nothing_behind() {
    runtime().block_on(async {
        let house = House::with_memory(16 << 20);
        house.warehouse.append(both(import(1)), People::new(150_000)).await.unwrap();
        let columns = ["row_number", "person_uid", "Event_Type", "Event_Start_Date", "Unit_Cost"];
        let mut order = of(events(), &columns, &[import(1)]);
        order.joins = vec![Join {
            table: vault(),
            on: vec!["person_uid".into()],
            columns: vec!["nhs_number".into(), "surname".into()],
            in_step: false,
        }];
        order.order_by = vec!["row_number".into()];
        let rows = lines(&house.warehouse, order).await;
        assert_eq!(rows.len(), 150_000);
        assert!(rows[0].starts_with("1|") && rows[149_999].starts_with("150000|"));
        let spilt = |path: &std::path::Path| files_below(path).iter().filter(|p| !p.ends_with("lock")).count();
        assert_eq!(spilt(&house.folder.path().join("spill")), 0);
        let House { folder, warehouse } = house;
        drop(warehouse);
        let left: Vec<_> = std::fs::read_dir(folder.path().join("spill")).unwrap().flatten().collect();
        assert_eq!(left.len(), 1, "only the gate's lock stays");
    });
}

#[test]
fn what_an_order_misnames_is_said() {
    runtime().block_on(async {
        let house = House::new();
        let fault = |order| async {
            let outcome = house.warehouse.scan(order, Box::new(Lines::default())).await;
            outcome.err().unwrap().to_string()
        };
        let order = of(events(), &["row_number", "colour"], &[import(1)]);
        assert_eq!(fault(order.clone()).await, "table identifiable.asc_cld does not exist");
        house.warehouse.append(both(import(1)), People::new(3)).await.unwrap();
        assert_eq!(fault(order).await, "identifiable.asc_cld has no column colour");
    });
}

struct Full(u64);

impl RowSink for Full {
    fn take(&mut self, _row: &Row) -> Result<(), Fault> {
        self.0 += 1;
        if self.0 > 10 { Err(Fault::new("disk is full")) } else { Ok(()) }
    }
}

#[test]
fn a_sink_that_fails_stops_the_scan() {
    runtime().block_on(async {
        let house = House::new();
        house.warehouse.append(both(import(1)), People::new(50_000)).await.unwrap();
        let order = of(events(), &["row_number"], &[import(1)]);
        let outcome = house.warehouse.scan(order, Box::new(Full(0))).await;
        assert_eq!(outcome.err().unwrap().to_string(), "disk is full");
    });
}
