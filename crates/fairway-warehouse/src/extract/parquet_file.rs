use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use fairway_domain::{Column, Fault, FaultExt, Row};
use tempfile::NamedTempFile;

use crate::batch::BatchBuilder;
use crate::schema::file_schema;
use crate::writer::parquet_properties;

/// A Parquet file with the rules of the tables' own: zstd, and no statistics of direct identifiers or bytes. Encoding has
/// a thread of its own, so that it does not hold up the CSV file beside it.
pub(crate) struct ParquetFile {
    builder: BatchBuilder,
    to: SyncSender<RecordBatch>,
    encoder: JoinHandle<Result<NamedTempFile, Fault>>,
}

impl ParquetFile {
    pub(crate) fn new(file: NamedTempFile, columns: &[Column]) -> Result<Self, Fault> {
        let writer = ArrowWriter::try_new(file, file_schema(columns), Some(parquet_properties(columns)?))
            .fault("extract cannot be started")?;
        let (to, from) = sync_channel(2);
        let encoder = std::thread::Builder::new()
            .name("extract-parquet".into())
            .spawn(move || encode(writer, &from))
            .fault("thread of an extract cannot be started")?;
        Ok(Self { builder: BatchBuilder::new(columns), to, encoder })
    }

    pub(crate) fn take(&mut self, row: &Row) -> Result<(), Fault> {
        match self.builder.push(row)? {
            Some(batch) => self.send(batch),
            None => Ok(()),
        }
    }

    pub(crate) fn finish(mut self) -> Result<NamedTempFile, Fault> {
        if let Some(batch) = self.builder.finish()? {
            // When the encoder has stopped, joining it says why.
            let _ = self.to.send(batch);
        }
        drop(self.to);
        self.encoder.join().map_err(|_| Fault::new("thread of an extract was stopped"))?
    }

    fn send(&self, batch: RecordBatch) -> Result<(), Fault> {
        self.to.send(batch).map_err(|_| Fault::new("extract cannot be written: its encoder stopped"))
    }
}

fn encode(mut writer: ArrowWriter<NamedTempFile>, from: &Receiver<RecordBatch>) -> Result<NamedTempFile, Fault> {
    for batch in from {
        writer.write(&batch).fault("extract cannot be written")?;
    }
    writer.into_inner().fault("extract cannot be finished")
}
