//! A file that has its name only once it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use fairway_domain::{Fault, FaultExt, Refusal};

use crate::exit::Stop;

const UNWRITABLE: &str = "file cannot be written";

/// Written beside its place under a name that begins with a full stop, readable by its owner alone; what is there under
/// its own name stays until [`WholeFile::finish`]. Given up, it leaves nothing.
pub struct WholeFile {
    file: BufWriter<File>,
    part: PathBuf,
    path: PathBuf,
}

impl WholeFile {
    /// Begins the file.
    ///
    /// # Errors
    /// Refused when a file cannot have that name; a fault when it cannot be made.
    pub fn begin(path: &Path) -> Result<Self, Stop> {
        let refused = |reason: &str| {
            let request = format!("{} cannot be written", path.display());
            Stop::Refused(Refusal::new(request, reason, "Name a file in a folder that there is"))
        };
        let name = path.file_name().filter(|_| !path.is_dir()).ok_or_else(|| refused("It is a folder"))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        if !folder.is_dir() {
            return Err(refused("Its folder is not there"));
        }
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.part", std::process::id()));
        let part = folder.join(hidden);
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&part).map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => refused("You may not write to its folder"),
            _ => Stop::Fault(Fault::from_source(UNWRITABLE, error)),
        })?;
        Ok(Self { file: BufWriter::with_capacity(1 << 18, file), part, path: path.to_owned() })
    }

    /// Gives the file its name once it is on disk.
    ///
    /// # Errors
    /// When it cannot be written; then what was there under its name is as it was.
    pub fn finish(mut self) -> Result<(), Fault> {
        self.file.flush().fault(UNWRITABLE)?;
        self.file.get_ref().sync_all().fault(UNWRITABLE)?;
        fs::rename(&self.part, &self.path).fault(UNWRITABLE)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        // After `finish` there is nothing of that name.
        let _ = fs::remove_file(&self.part);
    }
}
