use std::fs::File;
use std::path::Path;

use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use fairway_domain::port::RowSink;
use fairway_domain::{Fault, FaultExt, Row};
use tokio::task::spawn_blocking;

use crate::cells::RowReader;

type ReadBack = (Vec<String>, Box<dyn RowSink>);

/// Reads a Parquet file row by row, a batch of it in memory at a time.
pub(crate) async fn read_back(file: &Path, sink: Box<dyn RowSink>) -> Result<ReadBack, Fault> {
    let file = file.to_owned();
    spawn_blocking(move || read(&file, sink)).await.fault("task of reading an extract was stopped")?
}

fn read(file: &Path, mut sink: Box<dyn RowSink>) -> Result<ReadBack, Fault> {
    const WHAT: &str = "extract cannot be read back";
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(file).fault(WHAT)?).fault(WHAT)?;
    let columns = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut row = Row::default();
    for batch in builder.build().fault(WHAT)? {
        RowReader::new(&batch.fault(WHAT)?)?.each(&mut row, |row| sink.take(row))?;
    }
    Ok((columns, sink))
}
