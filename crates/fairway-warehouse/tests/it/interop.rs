//! Leaves tables for independent readers: `tests/interop/read_delta.py` at the root of the repository.

use fairway_domain::Column;
use fairway_domain::port::{AppendOrder, TablePlan, Warehouse};

use crate::support::*;

/// `FAIRWAY_INTEROP_DIR=… cargo test … --ignored`, then `read_delta.py` on that folder.
#[test]
#[ignore = "writes tables for tests/interop/read_delta.py"]
fn tables_for_an_independent_reader() {
    let Some(root) = std::env::var_os("FAIRWAY_INTEROP_DIR").map(std::path::PathBuf::from) else { return };
    runtime().block_on(async {
        let warehouse = open(&root, 256 << 20);
        for number in 0..30 {
            warehouse.append(both(import(number)), People::new(1_000)).await.unwrap();
        }
        let columns = [Column::new("row_number", K::Integer, C::Plain), Column::new("Event_Type", K::Text, C::Plain)];
        for (number, width) in [(1, 1), (2, 2)] {
            let plan = TablePlan { table: deidentified(), columns: columns[..width].to_vec() };
            let into = AppendOrder { import: import(number), tables: vec![plan] };
            let names: Vec<_> = columns[..width].iter().map(|column| column.name.as_str()).collect();
            let from = of(events(), &names, &[import(number)]);
            warehouse.derive(from, into, Box::new(Same)).await.unwrap();
        }
    });
}
