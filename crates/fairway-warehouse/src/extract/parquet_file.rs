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
    encoder: Encoder,
}

/// Both are there until the file is finished or given up.
struct Encoder {
    to: Option<SyncSender<RecordBatch>>,
    thread: Option<JoinHandle<Result<NamedTempFile, Fault>>>,
}

impl ParquetFile {
    pub(crate) fn new(file: NamedTempFile, columns: &[Column]) -> Result<Self, Fault> {
        let writer = ArrowWriter::try_new(file, file_schema(columns), Some(parquet_properties(columns)?))
            .fault("extract cannot be started")?;
        let (to, from) = sync_channel(2);
        let thread = std::thread::Builder::new()
            .name("extract-parquet".into())
            .spawn(move || encode(writer, &from))
            .fault("thread of an extract cannot be started")?;
        Ok(Self { builder: BatchBuilder::new(columns), encoder: Encoder { to: Some(to), thread: Some(thread) } })
    }

    pub(crate) fn take(&mut self, row: &Row) -> Result<(), Fault> {
        match self.builder.push(row)? {
            Some(batch) => self.encoder.send(batch),
            None => Ok(()),
        }
    }

    pub(crate) fn finish(mut self) -> Result<NamedTempFile, Fault> {
        if let Some(batch) = self.builder.finish()? {
            self.encoder.send(batch)?;
        }
        self.encoder.finish()
    }
}

impl Encoder {
    fn send(&mut self, batch: RecordBatch) -> Result<(), Fault> {
        match self.to.as_ref().map(|to| to.send(batch)) {
            Some(Ok(())) => Ok(()),
            // It has stopped, and says why.
            _ => self.finish().and(Err(Fault::new("extract was ended before its rows"))),
        }
    }

    fn finish(&mut self) -> Result<NamedTempFile, Fault> {
        drop(self.to.take());
        let thread = self.thread.take().ok_or_else(|| Fault::new("extract was ended before"))?;
        thread.join().map_err(|_| Fault::new("thread of an extract was stopped"))?
    }
}

impl Drop for Encoder {
    /// Waits for the thread, so that an extract that was given up leaves no hidden file behind when its order returns.
    fn drop(&mut self) {
        drop(self.finish());
    }
}

fn encode(mut writer: ArrowWriter<NamedTempFile>, from: &Receiver<RecordBatch>) -> Result<NamedTempFile, Fault> {
    for batch in from {
        writer.write(&batch).fault("extract cannot be written")?;
    }
    writer.into_inner().fault("extract cannot be finished")
}
