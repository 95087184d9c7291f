use std::fs::File;

use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::file::metadata::ParquetMetaDataReader;
use fairway_domain::port::{ExtractFile, RowSource, Warehouse};
use fairway_domain::{Fault, Row, Value};

use crate::support::*;

const SURNAME: &str = "Planted-Surname";
const SEALED: &[u8] = b"planted-sealed-cell";
const UID: &[u8] = b"planted-uid-0001";

/// One person with one event, both planted with texts that can be searched for.
struct Planted(bool);

impl RowSource for Planted {
    fn next(&mut self, rows: &mut [Row]) -> Result<bool, Fault> {
        [Value::Bytes(UID), Value::Bytes(SEALED), Value::Text(SURNAME)].into_iter().for_each(|c| rows[0].push(c));
        rows[1].push(Value::Integer(1));
        rows[1].push(Value::Bytes(UID));
        rows[1].push(Value::Text("Service"));
        rows[1].push(Value::Date(jiff::civil::date(2024, 2, 9)));
        rows[1].push(Value::Decimal(1_250));
        Ok(std::mem::take(&mut self.0))
    }
}

fn holds(bytes: &[u8], planted: &[u8]) -> bool {
    bytes.windows(planted.len()).any(|window| window == planted)
}

fn speaks(text: &[u8]) -> bool {
    [SURNAME.as_bytes(), SEALED, UID, b"706c616e746564"].iter().any(|planted| holds(text, planted))
}

#[test]
fn no_identifier_is_in_the_log_its_checkpoints_or_the_statistics_of_files() {
    runtime().block_on(async {
        let house = House::new();
        for number in 0..26 {
            house.warehouse.append(both(import(number)), Box::new(Planted(true))).await.unwrap();
        }
        let (mut commits, mut checkpoints, mut data) = (0, 0, 0);
        for path in files_below(&house.folder.path().join("tables")) {
            let bytes = std::fs::read(&path).unwrap();
            let name = path.to_str().unwrap();
            if name.ends_with(".checkpoint.parquet") {
                checkpoints += 1;
                let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
                let batches: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
                let text = pretty_format_batches(&batches).unwrap().to_string();
                assert!(text.contains("numRecords") && !speaks(text.as_bytes()), "{name}");
            } else if name.ends_with(".parquet") {
                data += 1;
                check_footer(&path, name.contains("vault"));
            } else {
                commits += usize::from(name.ends_with(".json"));
                assert!(!speaks(&bytes), "{name}");
            }
        }
        assert!(commits >= 52 && checkpoints >= 2 && data == 52, "{commits} {checkpoints} {data}");
        let log = std::fs::read_to_string(
            house.folder.path().join("tables/identifiable/asc_cld/_delta_log/00000000000000000000.json"),
        );
        let log = log.unwrap();
        assert!(
            log.contains(r#"\"minValues\":{\"row_number\":1,\"Event_Start_Date\":\"2024-02-09\",\"Unit_Cost\":12.5}"#)
        );
        assert!(log.contains("row_number,Event_Type,Event_Start_Date,Unit_Cost"), "columns others may describe");
    });
}

/// The planted texts are in the pages (this is a vault), but in nothing that describes them.
fn check_footer(path: &std::path::Path, vault: bool) {
    let bytes = std::fs::read(path).unwrap();
    let length = u32::from_le_bytes(bytes[bytes.len() - 8..][..4].try_into().unwrap()) as usize;
    assert!(!speaks(&bytes[bytes.len() - 8 - length..]), "{}", path.display());
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&File::open(path).unwrap()).unwrap();
    for column in metadata.row_groups()[0].columns() {
        let name = column.column_path().string();
        let described = !vault && name != "person_uid";
        assert_eq!(column.statistics().is_some(), described, "{name}");
        assert_eq!(column.column_index_offset().is_some(), described, "{name}");
    }
}

#[test]
fn an_extract_describes_no_direct_identifier_either() {
    runtime().block_on(async {
        let house = House::new();
        house.warehouse.append(both(import(1)), Box::new(Planted(true))).await.unwrap();
        let path = house.folder.path().join("out.parquet");
        let order = of(vault(), &["person_uid", "nhs_number", "surname"], &[import(1)]);
        let files = vec![ExtractFile::Parquet(path.clone())];
        house.warehouse.extract(order, vault_columns(), Box::new(Same), files).await.unwrap();
        check_footer(&path, true);
    });
}
