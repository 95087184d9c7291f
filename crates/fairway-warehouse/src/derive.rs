//! Rows of some tables made into rows of another.

use fairway_domain::port::{AppendOrder, RowMap, RowSource, ScanOrder, TableCommit};
use fairway_domain::{Fault, Row};

use crate::DeltaWarehouse;
use crate::append::{append, present};
use crate::cells::RowReader;
use crate::scan::Scan;

/// Scans, maps and appends in one stream. Nothing is read when the table has the import already.
pub(crate) async fn derive(
    warehouse: &DeltaWarehouse,
    from: ScanOrder,
    into: AppendOrder,
    map: Box<dyn RowMap>,
) -> Result<TableCommit, Fault> {
    if into.tables.len() != 1 {
        return Err(Fault::new(format!("rows are derived into one table, not into {}", into.tables.len())));
    }
    let there = present(&warehouse.tables, &into).await?;
    if let [Some(commit)] = there.as_slice() {
        return Ok(commit.clone());
    }
    let scan = Scan::start(warehouse, &from).await?;
    let source = MappedRows { scan, map, row: Row::default(), batch: None };
    let mut commits = append(&warehouse.tables, into, Box::new(source)).await?;
    commits.pop().ok_or_else(|| Fault::new("an append gave no commit"))
}

struct MappedRows {
    scan: Scan,
    map: Box<dyn RowMap>,
    row: Row,
    batch: Option<(RowReader, usize)>,
}

impl RowSource for MappedRows {
    fn next(&mut self, rows: &mut [Row]) -> Result<bool, Fault> {
        let [out] = rows else { return Err(Fault::new("derived rows go to one table")) };
        loop {
            match &mut self.batch {
                Some((reader, index)) if *index < reader.rows() => {
                    reader.read(*index, &mut self.row)?;
                    *index += 1;
                    out.clear();
                    if self.map.map(&self.row, out)? {
                        return Ok(true);
                    }
                }
                _ => match self.scan.next_blocking()? {
                    Some(reader) => {
                        reader.each(&mut self.row, |row| self.map.look(row))?;
                        self.batch = Some((reader, 0));
                    }
                    None => return Ok(false),
                },
            }
        }
    }
}
