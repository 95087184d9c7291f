//! What the first bytes of a file give away.

use super::Encoding;

/// The encoding that a byte order mark or the pattern of NUL bytes shows, and the length of the mark.
pub(crate) fn encoding(head: &[u8]) -> (Option<Encoding>, u8) {
    match head {
        [0xef, 0xbb, 0xbf, ..] => (Some(Encoding::Utf8Mark), 3),
        [0xff, 0xfe, 0, 0, ..] => (None, 0),
        [0xff, 0xfe, ..] => (Some(Encoding::Utf16Le), 2),
        [0xfe, 0xff, ..] => (Some(Encoding::Utf16Be), 2),
        _ => (without_mark(head), 0),
    }
}

/// Western text in UTF-16 has a NUL in nearly every second byte, always on the same side.
fn without_mark(head: &[u8]) -> Option<Encoding> {
    let pairs = head.len() / 2;
    let nul = |side: usize| head.iter().skip(side).step_by(2).filter(|b| **b == 0).count();
    let (first, second) = (nul(0), nul(1));
    if pairs < 2 {
        return None;
    }
    if second * 10 >= pairs * 7 && first * 10 <= pairs {
        return Some(Encoding::Utf16Le);
    }
    (first * 10 >= pairs * 7 && second * 10 <= pairs).then_some(Encoding::Utf16Be)
}

const KINDS: [(&[u8], &str); 20] = [
    (b"PK\x03\x04", "a spreadsheet or a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an older spreadsheet or another Office document"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"PARE", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x1f\x8b", "a gzip file within a gzip file"),
    (b"age-encryption.org/", "an encrypted file"),
    (b"-----BEGIN ", "an encrypted or signed file"),
    (b"{\\rtf", "a word-processor document"),
    (b"SQLite format 3", "a database"),
    (b"\xff\xfe\0\0", "text in UTF-32"),
    (b"\0\0\xfe\xff", "text in UTF-32"),
];

/// What the file is, where it is no text that could be CSV.
pub(crate) fn not_csv(head: &[u8], encoding: Option<Encoding>) -> Option<&'static str> {
    if let Some((_, what)) = KINDS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(what);
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some("a tar archive");
    }
    let text = head.trim_ascii_start();
    if text.starts_with(b"<") {
        return Some("a web page or an XML document");
    }
    if text.starts_with(b"{") {
        return Some("a JSON document");
    }
    let utf16 = matches!(encoding, Some(Encoding::Utf16Le | Encoding::Utf16Be));
    let strange = head.iter().filter(|b| **b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')).count();
    (!utf16 && strange * 20 > head.len()).then_some("no text")
}
