use std::fs::File;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{Date32Type, Decimal128Type, Int64Type};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use fairway_domain::port::{ExtractFile, RowMap, Warehouse};
use fairway_domain::{Column, Fault, Row};

use crate::support::*;

fn columns() -> Vec<Column> {
    vec![
        Column::new("number", K::Integer, C::Plain),
        Column::new("Event_Type", K::Text, C::Plain),
        Column::new("Event_Start_Date", K::Date, C::Quasi),
        Column::new("Unit_Cost", K::Decimal, C::Sensitive),
    ]
}

const READ: [&str; 4] = ["row_number", "Event_Type", "Event_Start_Date", "Unit_Cost"];

#[test]
fn the_csv_and_the_parquet_of_an_extract_agree_row_by_row() {
    runtime().block_on(async {
        let house = House::new();
        house.warehouse.append(both(import(1)), People::new(20_001)).await.unwrap();
        house.warehouse.append(both(import(2)), People::new(7)).await.unwrap();
        let mut order = of(events(), &READ, &[import(1)]);
        order.order_by = vec!["row_number".into()];
        let out = house.folder.path().join("outbox/agreement");
        let (csv, parquet) = (out.join("extract.csv"), out.join("extract.parquet"));
        let files = vec![ExtractFile::Csv(csv.clone()), ExtractFile::Parquet(parquet.clone())];
        let commit = house.warehouse.extract(order, columns(), Box::new(Even), files).await.unwrap();
        assert_eq!((commit.rows, commit.versions), (10_000, vec![(events(), 1)]));

        let text = std::fs::read_to_string(csv).unwrap();
        assert!(text.starts_with("number,Event_Type,Event_Start_Date,Unit_Cost\n2,Service,2024-03-09,0.25\n"));
        assert!(text.contains("\n6,,2024-07-09,0.65\n") && !text.contains('\r'));
        assert_eq!(text.lines().count(), 10_001);
        assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), lines_of(&parquet));
        assert_eq!(std::fs::read_dir(out).unwrap().count(), 2, "nothing but the two files is left");
    });
}

fn lines_of(parquet: &std::path::Path) -> Vec<String> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(parquet).unwrap()).unwrap().build().unwrap();
    let mut lines = Vec::new();
    for batch in reader.map(Result::unwrap) {
        let (number, kind) = (batch.column(0).as_primitive::<Int64Type>(), batch.column(1).as_string::<i32>());
        let (day, cost) =
            (batch.column(2).as_primitive::<Date32Type>(), batch.column(3).as_primitive::<Decimal128Type>());
        for row in 0..batch.num_rows() {
            let day = day.value_as_date(row).unwrap();
            let kind = if batch.column(1).is_null(row) { "" } else { kind.value(row) };
            lines.push(format!("{},{kind},{day},{}", number.value(row), cost.value_as_string(row)));
        }
    }
    lines
}

struct NoKey;

impl RowMap for NoKey {
    fn map(&mut self, row: &Row, _out: &mut Row) -> Result<bool, Fault> {
        if row.get(0).integer() == Some(500) { Err(Fault::new("key of the domain is not there")) } else { Ok(false) }
    }
}

#[test]
fn an_extract_that_fails_leaves_the_file_of_before_and_nothing_else() {
    runtime().block_on(async {
        let house = House::new();
        house.warehouse.append(both(import(1)), People::new(1_000)).await.unwrap();
        let out = house.folder.path().join("outbox");
        std::fs::create_dir(&out).unwrap();
        std::fs::write(out.join("extract.csv"), "of before").unwrap();
        let files = vec![ExtractFile::Csv(out.join("extract.csv")), ExtractFile::Parquet(out.join("extract.parquet"))];
        let order = of(events(), &READ, &[import(1)]);
        let fault = house.warehouse.extract(order, columns(), Box::new(NoKey), files).await.unwrap_err();
        assert_eq!(fault.to_string(), "key of the domain is not there");
        assert_eq!(std::fs::read_to_string(out.join("extract.csv")).unwrap(), "of before");
        assert_eq!(std::fs::read_dir(out).unwrap().count(), 1);
    });
}
