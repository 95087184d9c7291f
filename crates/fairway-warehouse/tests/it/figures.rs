//! How fast: `cargo test -p fairway-warehouse --test it -- --ignored --nocapture figures`.

use std::time::Instant;

use fairway_domain::port::{AppendOrder, ExtractFile, RowSource, TablePlan, Warehouse};
use fairway_domain::{Column, Fault, Row, Value};

use crate::support::*;

const COLUMNS: usize = 60;
const ROWS: u64 = 200_000;

fn columns() -> Vec<Column> {
    (0..COLUMNS)
        .map(|index| match index % 10 {
            0 => Column::new(format!("date_{index}"), K::Date, C::Quasi),
            1 => Column::new(format!("number_{index}"), K::Integer, C::Plain),
            2 => Column::new(format!("cost_{index}"), K::Decimal, C::Sensitive),
            _ => Column::new(format!("text_{index}"), K::Text, C::Plain),
        })
        .collect()
}

/// Cells as a council's file has them: a quarter empty, most of few values, some of many.
struct Wide(u64);

impl RowSource for Wide {
    fn next(&mut self, rows: &mut [Row]) -> Result<bool, Fault> {
        const WORDS: [&str; 5] =
            ["Service", "Long Term Support: Community", "Assessment", "Not Known", "White British"];
        if self.0 == 0 {
            return Ok(false);
        }
        self.0 -= 1;
        for index in 0..COLUMNS as u64 {
            let seed = self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(index as u32);
            let value = match index % 10 {
                _ if seed.is_multiple_of(4) => Value::Null,
                0 => Value::Date(jiff::civil::date(1930 + (seed % 95) as i16, 1 + (seed % 12) as i8, 9)),
                1 => Value::Integer((seed % 1_000) as i64),
                2 => Value::Decimal((seed % 100_000) as i64),
                3 => {
                    rows[0].push(Value::Text(&format!("{seed:016x}")));
                    continue;
                }
                _ => Value::Text(WORDS[(seed % 5) as usize]),
            };
            rows[0].push(value);
        }
        Ok(true)
    }
}

#[test]
#[ignore = "measures"]
fn figures_of_200_000_rows_of_60_columns() {
    runtime().block_on(async {
        let house = House::with_memory(1 << 30);
        let names: Vec<_> = columns().into_iter().map(|column| column.name).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let plan = |table| AppendOrder { import: import(1), tables: vec![TablePlan { table, columns: columns() }] };
        let told = |what: &str, since: Instant| {
            let seconds = since.elapsed().as_secs_f64();
            println!("{what}: {seconds:.2} s, {:.0} rows/s", ROWS as f64 / seconds);
        };
        let mut source = Wide(ROWS);
        let start = Instant::now();
        let mut rows = [Row::default()];
        while source.next(&mut rows).unwrap() {
            rows[0].clear();
        }
        told("source alone", start);
        let start = Instant::now();
        house.warehouse.append(plan(events()), Box::new(Wide(ROWS))).await.unwrap();
        told("append", start);
        let start = Instant::now();
        let from = of(events(), &names, &[import(1)]);
        house.warehouse.derive(from.clone(), plan(deidentified()), Box::new(Same)).await.unwrap();
        told("derive", start);
        let start = Instant::now();
        let (csv, parquet) = (house.folder.path().join("a.csv"), house.folder.path().join("a.parquet"));
        let files = vec![ExtractFile::Csv(csv), ExtractFile::Parquet(parquet)];
        house.warehouse.extract(from.clone(), columns(), Box::new(Same), files).await.unwrap();
        told("extract", start);
        let mut ordered = from;
        ordered.order_by = vec!["text_3".into()];
        let start = Instant::now();
        let files = vec![ExtractFile::Csv(house.folder.path().join("b.csv"))];
        house.warehouse.extract(ordered, columns(), Box::new(Same), files).await.unwrap();
        told("extract in order, CSV alone", start);
        let start = Instant::now();
        let sql = "SELECT text_4, count(*), sum(cost_2) FROM asc_cld GROUP BY 1";
        let answer = house.warehouse.query(fairway_domain::Zone::Deidentified, sql, 100).await.unwrap();
        assert_eq!(answer.rows.len(), 6);
        told("query", start);
    });
}
