//! The folder of reports: every file is written under a name that begins with a full stop and gets its own at the end,
//! so that a check that is broken off leaves nothing that looks whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use fairway_domain::{Fault, FaultExt};

use super::{About, CheckedFile, CsvFindings, Workbook, text_about, write_html, write_quality, write_summary};
use crate::{CheckSummary, Finding, FindingSink, RawRecord};

/// The file with one row per finding.
pub const FINDINGS: &str = "findings.csv";
/// The file with the figures. It comes last: where it is, the others are whole.
pub const SUMMARY: &str = "summary.json";
/// The result in words.
pub const IN_WORDS: &str = "report.txt";
/// The result as a page.
pub const PAGE: &str = "report.html";
/// How often each field had which status, validity and value.
pub const QUALITY: &str = "quality.csv";
/// The sender's file back, each record with its results.
pub const CHECKED: &str = "checked.csv";
/// The findings as a workbook.
pub const WORKBOOK: &str = "report.xlsx";

const UNWRITABLE: &str = "report cannot be written";
const BLOCK: usize = 1 << 18;

/// Which reports are written besides those that always are.
#[derive(Debug, Clone, Copy, Default)]
pub struct FolderOptions {
    /// Findings repeat the values they speak of; the check must have been asked for them as well.
    pub show_values: bool,
    /// The file itself is written back with its results; that report holds every value.
    pub checked: bool,
    /// A workbook is written too.
    pub workbook: bool,
    /// Every file is on disk before the check is over, and not only handed to the operating system.
    pub durable: bool,
}

/// Takes findings into the files of a folder.
pub struct ReportFolder {
    folder: PathBuf,
    options: FolderOptions,
    findings: CsvFindings<Part>,
    checked: Option<CheckedFile<Part>>,
    workbook: Option<Workbook>,
}

impl ReportFolder {
    /// Makes the folder where there is none and begins its files. What an earlier check left there stays until
    /// [`ReportFolder::finish`].
    ///
    /// # Errors
    /// When the folder or a file in it cannot be made.
    pub fn begin(folder: &Path, options: FolderOptions) -> Result<Self, Fault> {
        fs::create_dir_all(folder).fault(format!("folder {} cannot be made", folder.display()))?;
        Ok(Self {
            findings: CsvFindings::new(Part::begin(folder, FINDINGS)?, options.show_values)?,
            checked: options.checked.then(|| Part::begin(folder, CHECKED).map(CheckedFile::new)).transpose()?,
            workbook: options.workbook.then(|| Workbook::new(folder, options.show_values)).transpose()?,
            folder: folder.to_owned(),
            options,
        })
    }

    /// Writes what is made of the summary, gives every file its name, and takes away what an earlier check left under a
    /// name that this one did not write. Gives the names, in the order of the alphabet.
    ///
    /// # Errors
    /// When a file cannot be written; then none of them has its name.
    pub fn finish(self, summary: &CheckSummary, about: &About) -> Result<Vec<&'static str>, Fault> {
        let Self { folder, options, findings, checked, workbook } = self;
        let mut parts = vec![findings.finish()?];
        if let Some(checked) = checked {
            parts.extend(complete(checked, &folder)?);
        }
        if let Some(workbook) = workbook {
            let mut part = Part::begin(&folder, WORKBOOK)?;
            workbook.finish(&mut part, summary, about)?;
            parts.push(part);
        }
        type Writer = fn(&mut dyn Write, &CheckSummary, &About) -> Result<(), Fault>;
        let made_of_summary: [(&'static str, Writer); 4] = [
            (QUALITY, |part, summary, _| write_quality(part, summary)),
            (PAGE, write_html),
            (IN_WORDS, |part, summary, about| {
                part.write_all(text_about(summary, about, false).as_bytes()).fault(UNWRITABLE)
            }),
            (SUMMARY, write_summary),
        ];
        for (name, write) in made_of_summary {
            let mut part = Part::begin(&folder, name)?;
            write(&mut part, summary, about)?;
            parts.push(part);
        }
        parts.iter_mut().try_for_each(|part| part.close(options.durable))?;
        forget_earlier(&folder)?;
        let mut names = parts.into_iter().map(Part::name_it).collect::<Result<Vec<_>, Fault>>()?;
        if options.durable {
            File::open(&folder).and_then(|folder| folder.sync_all()).fault(UNWRITABLE)?;
        }
        names.sort_unstable();
        Ok(names)
    }
}

impl FindingSink for ReportFolder {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        self.findings.take(finding)?;
        self.checked.as_mut().map_or(Ok(()), |checked| checked.take(finding))?;
        self.workbook.as_mut().map_or(Ok(()), |workbook| workbook.take(finding))
    }

    fn wants_records(&self) -> bool {
        self.checked.is_some()
    }

    fn header(&mut self, header: &RawRecord<'_>) -> Result<(), Fault> {
        self.checked.as_mut().map_or(Ok(()), |checked| checked.header(header))
    }

    fn record(&mut self, record: &RawRecord<'_>) -> Result<(), Fault> {
        self.checked.as_mut().map_or(Ok(()), |checked| checked.record(record))
    }
}

/// The file with its results, those included that showed only at the end; `None` where it has no header.
fn complete(checked: CheckedFile<Part>, folder: &Path) -> Result<Option<Part>, Fault> {
    let (mut part, late) = checked.finish()?;
    if !late.has_file() || late.is_empty() {
        return Ok(late.has_file().then_some(part));
    }
    part.close(false)?;
    let again = || File::open(&part.path).fault("checked file cannot be read again");
    let mut whole = Part::begin_as(folder, ".checked.csv.whole.part", CHECKED)?;
    late.add(again()?, again()?, &mut whole)?;
    Ok(Some(whole))
}

/// Takes away the reports of an earlier check, its summary first.
fn forget_earlier(folder: &Path) -> Result<(), Fault> {
    for name in [SUMMARY, FINDINGS, CHECKED, QUALITY, IN_WORDS, PAGE, WORKBOOK] {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Fault::from_source("an earlier report cannot be taken away", error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A file that has not got its name yet; taken away again unless it gets it.
struct Part {
    name: &'static str,
    path: PathBuf,
    writer: BufWriter<File>,
    named: bool,
}

impl Part {
    fn begin(folder: &Path, name: &'static str) -> Result<Self, Fault> {
        Self::begin_as(folder, &format!(".{name}.part"), name)
    }

    fn begin_as(folder: &Path, waiting: &str, name: &'static str) -> Result<Self, Fault> {
        let path = folder.join(waiting);
        let file = File::create(&path).fault(format!("{} cannot be written", path.display()))?;
        Ok(Self { name, path, writer: BufWriter::with_capacity(BLOCK, file), named: false })
    }

    fn close(&mut self, durable: bool) -> Result<(), Fault> {
        self.writer.flush().fault(UNWRITABLE)?;
        if durable { self.writer.get_ref().sync_all().fault("report cannot be put on disk") } else { Ok(()) }
    }

    fn name_it(mut self) -> Result<&'static str, Fault> {
        fs::rename(&self.path, self.path.with_file_name(self.name)).fault("report cannot be given its name")?;
        self.named = true;
        Ok(self.name)
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.named {
            let _ = fs::remove_file(&self.path);
        }
    }
}
