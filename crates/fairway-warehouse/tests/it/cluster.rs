//! The same orders here and on a cluster of one scheduler and two executors. `cargo test … --features cluster`.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use fairway_domain::Zone;
use fairway_domain::port::{Join, Warehouse};
use fairway_warehouse::cluster::{ExecutorOptions, executor, scheduler};
use fairway_warehouse::{DeltaWarehouse, WarehouseOptions};

use crate::support::*;

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn an_order_gives_the_same_rows_here_and_on_a_cluster() {
    runtime().block_on(async {
        let house = House::new();
        for number in [1, 2] {
            house.warehouse.append(both(import(number)), People::new(20_000)).await.unwrap();
        }
        let root = house.folder.path();
        let address = free();
        tokio::spawn(scheduler(address));
        for number in 0..2 {
            let options = ExecutorOptions {
                listen: SocketAddr::new(address.ip(), 41_070 + number * 10),
                scheduler_host: address.ip().to_string(),
                scheduler_port: address.port(),
                work_dir: root.join(format!("executor-{number}")),
                memory_bytes: 256 << 20,
                tasks: 2,
            };
            std::fs::create_dir(&options.work_dir).unwrap();
            tokio::spawn(executor(options));
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
        let scheduler = Some(format!("df://{address}"));
        let options = WarehouseOptions { scheduler, ..options(root, 256 << 20) };
        let distant = DeltaWarehouse::open(&root.join("tables"), options).unwrap();

        let mut order = of(events(), &["import_id", "row_number", "Event_Start_Date"], &[import(1), import(2)]);
        order.joins = vec![Join {
            table: vault(),
            on: vec!["person_uid".into()],
            columns: vec!["surname".into()],
            in_step: false,
        }];
        order.order_by = vec!["row_number".into()];
        let here = lines(&house.warehouse, order.clone()).await;
        assert_eq!(here.len(), 40_000);
        assert_eq!(lines(&distant, order).await, here);

        let sql = "SELECT event_type, count(*), sum(unit_cost) FROM asc_cld GROUP BY 1 ORDER BY 1";
        let here = house.warehouse.query(Zone::Identifiable, sql, 10).await.unwrap();
        let there = distant.query(Zone::Identifiable, sql, 10).await.unwrap();
        let shown = |answer: &fairway_domain::port::QueryAnswer| answer.rows.iter().map(line).collect::<Vec<_>>();
        assert_eq!((shown(&there), there.columns), (shown(&here), here.columns));
        let handed_over = [0, 1].map(|number| files_below(&root.join(format!("executor-{number}"))).len());
        assert!(handed_over.iter().sum::<usize>() > 0, "the executors did the work");
    });
}
