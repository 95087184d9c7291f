use std::io::Read;

use fairway_domain::{Fault, FaultExt};

use super::Kind;
use super::report::{Notes, ScanReport};

/// Bytes read at a time.
const STEP: usize = 1 << 20;
/// No pattern looks further than this to either side of where it begins.
const REACH: usize = 512;

/// Calls `look` on overlapping windows of a file of any length and notes each find once. A window keeps a margin on both
/// sides wide enough for whatever begins between them, so a find is noted by the window in whose middle it begins.
pub(super) fn scan(
    mut file: impl Read,
    longest: usize,
    mut look: impl FnMut(&[u8], &mut dyn FnMut(Kind, usize)),
) -> Result<ScanReport, Fault> {
    let margin = REACH + longest;
    let mut notes = Notes::default();
    let mut window: Vec<u8> = Vec::with_capacity(STEP + 2 * margin);
    // Bytes of the window that were noted already, and where the window begins in the file.
    let (mut noted, mut base) = (0, 0);
    loop {
        let read = (&mut file).take(STEP as u64).read_to_end(&mut window).fault("file cannot be read for scanning")?;
        notes.bytes += read as u64;
        let last = read < STEP;
        let end = if last { window.len() } else { window.len().saturating_sub(margin).max(noted) };
        look(&window, &mut |kind, start| {
            if (noted..end).contains(&start) {
                notes.at_byte(kind, base + start as u64);
            }
        });
        if last {
            return Ok(notes.into_plain_report());
        }
        let passed = end.saturating_sub(margin);
        window.drain(..passed);
        base += passed as u64;
        noted = end - passed;
    }
}
