//! What the module exports and what it asks of its host. One check at a time: the module has one thread.
//!
//! A host calls `fairway_name_room(length)`, writes the specification's name (UTF-8, such as `asc-cld/r2`) there, and
//! calls `fairway_check(year, month, day)` with the day of the check. While that runs, the module calls the host's
//! `fairway_read` and `fairway_write`. The answer is the command line's exit code: 0 clean, 11 to confirm, 10 rejected,
//! 2 where there is no such specification or day, 20 where the host could not read or write.

use std::io::{self, Read, Write};
use std::sync::Mutex;

use jiff::civil::Date;

const WRONG_CALL: i32 = 2;
const FAULT: i32 = 20;

#[link(wasm_import_module = "host")]
#[expect(unsafe_code, reason = "how a module names what its host offers; each is called in one place below")]
unsafe extern "C" {
    /// Puts at most `most` bytes of the file at `into`; gives how many, 0 at the end, less where it failed.
    fn fairway_read(into: *mut u8, most: usize) -> i32;
    /// Takes `length` bytes of an output (0 `findings.csv`, 1 `summary.json`); gives less than 0 where it failed.
    fn fairway_write(output: u32, from: *const u8, length: usize) -> i32;
}

/// The specification's name, written by the host.
static NAME: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Makes room for the specification's name and says where.
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "the name under which the host calls it; no other symbol is called so")]
pub extern "C" fn fairway_name_room(length: usize) -> *mut u8 {
    let Ok(mut name) = NAME.lock() else { return std::ptr::null_mut() };
    *name = vec![0; length];
    name.as_mut_ptr()
}

/// Checks the file that the host hands over.
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "the name under which the host calls it; no other symbol is called so")]
pub extern "C" fn fairway_check(year: i16, month: i8, day: i8) -> i32 {
    let spec = NAME.lock().ok().and_then(|name| fairway_spec::resolve(std::str::from_utf8(&name).ok()?).ok());
    let (Some(spec), Ok(today)) = (spec, Date::new(year, month, day)) else { return WRONG_CALL };
    match crate::run(HostFile, &spec, today, Output(0), Output(1)) {
        Ok(verdict) => i32::from(verdict.exit_code()),
        Err(_) => FAULT,
    }
}

/// The file, handed over by the host.
struct HostFile;

impl Read for HostFile {
    #[expect(unsafe_code, reason = "the host writes within the slice whose place and length it is told")]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = unsafe { fairway_read(into.as_mut_ptr(), into.len()) };
        let count = usize::try_from(count).map_err(|_| io::Error::other("the host cannot read"))?;
        if count > into.len() {
            return Err(io::Error::other("the host gave more than there is room for"));
        }
        Ok(count)
    }
}

/// An output, taken by the host.
struct Output(u32);

impl Write for Output {
    #[expect(unsafe_code, reason = "the host reads the slice whose place and length it is told")]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match unsafe { fairway_write(self.0, bytes.as_ptr(), bytes.len()) } {
            0.. => Ok(bytes.len()),
            _ => Err(io::Error::other("the host cannot write")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
