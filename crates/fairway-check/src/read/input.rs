use std::io::{self, BufRead, BufReader, Chain, Cursor, ErrorKind, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use fairway_domain::{Fault, FaultExt};
use flate2::bufread::GzDecoder;

use super::magic;

/// How a file's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// No byte above 127: the same in UTF-8 and Windows-1252.
    Ascii,
    /// UTF-8 without a mark.
    Utf8,
    /// UTF-8 that begins with a byte order mark.
    Utf8Mark,
    /// Windows-1252.
    Windows1252,
    /// UTF-16, least significant byte first, with or without a mark.
    Utf16Le,
    /// UTF-16, most significant byte first, with or without a mark.
    Utf16Be,
}

impl Encoding {
    /// The name as people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ascii => "ASCII",
            Self::Utf8 => "UTF-8",
            Self::Utf8Mark => "UTF-8 with a byte order mark",
            Self::Windows1252 => "Windows-1252",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }
}

/// What the first bytes of a file say.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Opening {
    /// The file is compressed.
    pub gzip: bool,
    /// The encoding, where a mark or the pattern of NUL bytes gives it away.
    pub encoding: Option<Encoding>,
    /// What the file is, where it is no text.
    pub not_csv: Option<&'static str>,
    /// Bytes of the mark at the beginning.
    pub mark: u8,
}

impl Opening {
    /// Where text begins, as places in a file are counted: after the mark, if it is there as it was sent.
    pub fn text_at(&self) -> u64 {
        if self.encoding == Some(Encoding::Utf8Mark) { u64::from(self.mark) } else { 0 }
    }
}

const HEAD: usize = 4096;

/// The text of a file as bytes: decompressed, and turned to UTF-8 where it was UTF-16.
/// Windows-1252 and UTF-8 pass as they are: their structure is the same, and records are decoded one by one.
pub(crate) struct Input<R: Read> {
    bytes: Bytes<R>,
    head: Cursor<Vec<u8>>,
    utf16: Option<Utf16>,
    opening: Opening,
    damaged: bool,
}

impl<R: Read> Input<R> {
    pub fn open(input: R) -> Result<Self, Fault> {
        let mut counted = Counted { inner: input, count: 0, failed: false };
        let mut first = vec![0; 2];
        let length = fill(&mut first, |into| retry(|| counted.read(into)).fault(UNREADABLE))?;
        first.truncate(length);
        let gzip = first == [0x1f, 0x8b];
        let source = Cursor::new(first).chain(counted);
        let bytes = if gzip {
            let packed = BufReader::with_capacity(PACKED, Whole { inner: source, failure: None });
            Bytes::Gzip(Box::new(BufReader::with_capacity(UNPACKED, GzDecoder::new(packed))))
        } else {
            Bytes::Plain(source)
        };
        let mut this = Self {
            bytes,
            head: Cursor::new(Vec::new()),
            utf16: None,
            opening: Opening { gzip, ..Opening::default() },
            damaged: false,
        };
        this.look()?;
        Ok(this)
    }

    fn look(&mut self) -> Result<(), Fault> {
        let mut head = vec![0; HEAD];
        let length = fill(&mut head, |into| self.read_bytes(into))?;
        head.truncate(length);
        let (encoding, mark) = magic::encoding(&head);
        self.opening.encoding = encoding;
        self.opening.not_csv = magic::not_csv(&head, encoding);
        self.opening.mark = mark;
        self.utf16 = match encoding {
            Some(Encoding::Utf16Le) => Some(Utf16::new(UTF_16LE.new_decoder_without_bom_handling())),
            Some(Encoding::Utf16Be) => Some(Utf16::new(UTF_16BE.new_decoder_without_bom_handling())),
            _ => None,
        };
        self.head = Cursor::new(head);
        self.head.set_position(u64::from(mark));
        Ok(())
    }

    pub fn opening(&self) -> Opening {
        self.opening
    }

    /// Bytes taken from the file so far.
    pub fn bytes_read(&self) -> u64 {
        match &self.bytes {
            Bytes::Plain(source) => source.get_ref().1.count,
            Bytes::Gzip(text) => counted(text).count,
        }
    }

    /// Whether the compressed file is cut, altered or followed by more bytes. Known once reading has ended.
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// Reads text; 0 at the end. `into` has room for at least one character (4 bytes).
    pub fn read(&mut self, into: &mut [u8]) -> Result<usize, Fault> {
        let Some(mut utf16) = self.utf16.take() else { return self.read_raw(into) };
        let read = utf16.read(into, |raw| self.read_raw(raw));
        self.utf16 = Some(utf16);
        read
    }

    fn read_raw(&mut self, into: &mut [u8]) -> Result<usize, Fault> {
        match self.head.read(into).fault(UNREADABLE)? {
            0 => self.read_bytes(into),
            read => Ok(read),
        }
    }

    fn read_bytes(&mut self, into: &mut [u8]) -> Result<usize, Fault> {
        let text = match &mut self.bytes {
            Bytes::Plain(source) => return retry(|| source.read(into)).fault(UNREADABLE),
            Bytes::Gzip(text) => text,
        };
        if self.damaged {
            return Ok(0);
        }
        match unpack(text, into) {
            Ok((read, more)) => {
                self.damaged = more;
                Ok(read)
            }
            Err(error) if counted(text).failed => Err(error).fault(UNREADABLE),
            Err(_) => {
                self.damaged = true;
                Ok(0)
            }
        }
    }
}

/// How much of a compressed file is decompressed at a time, and to how much text. Both are always taken whole: where a file
/// is damaged, the text of one such piece is lost, and which it is shall depend on the file alone.
const PACKED: usize = 1 << 16;
const UNPACKED: usize = 1 << 12;

/// Text of a compressed file; 0 bytes at its end, and then whether more follows.
fn unpack<R: Read>(text: &mut Text<R>, into: &mut [u8]) -> io::Result<(usize, bool)> {
    let read = text.fill_buf()?.read(into)?;
    text.consume(read);
    if read > 0 {
        return Ok((read, false));
    }
    let more = !text.get_mut().get_mut().fill_buf()?.is_empty();
    Ok((0, more))
}

fn counted<R: Read>(text: &Text<R>) -> &Counted<R> {
    text.get_ref().get_ref().get_ref().inner.get_ref().1
}

const UNREADABLE: &str = "input cannot be read";

type Source<R> = Chain<Cursor<Vec<u8>>, Counted<R>>;
type Text<R> = BufReader<GzDecoder<BufReader<Whole<Source<R>>>>>;

enum Bytes<R: Read> {
    Plain(Source<R>),
    Gzip(Box<Text<R>>),
}

/// Fills whatever it is given, however few bytes arrive at a time. A failure waits until the bytes before it are taken.
struct Whole<R> {
    inner: R,
    failure: Option<io::Error>,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut length = 0;
        while length < into.len() && self.failure.is_none() {
            match self.inner.read(&mut into[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.failure = Some(error),
            }
        }
        match self.failure.take_if(|_| length == 0) {
            Some(failure) => Err(failure),
            None => Ok(length),
        }
    }
}

/// Counts what is read and remembers a failure, so that a broken disk is told from a broken archive.
struct Counted<R> {
    inner: R,
    count: u64,
    failed: bool,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(into) {
            Ok(read) => {
                self.count += read as u64;
                Ok(read)
            }
            Err(error) => {
                self.failed |= error.kind() != ErrorKind::Interrupted;
                Err(error)
            }
        }
    }
}

struct Utf16 {
    decoder: Decoder,
    raw: Vec<u8>,
    start: usize,
    end: usize,
    done: bool,
    finished: bool,
}

impl Utf16 {
    fn new(decoder: Decoder) -> Self {
        Self { decoder, raw: vec![0; 1 << 16], start: 0, end: 0, done: false, finished: false }
    }

    fn read(
        &mut self,
        into: &mut [u8],
        mut more: impl FnMut(&mut [u8]) -> Result<usize, Fault>,
    ) -> Result<usize, Fault> {
        while !self.finished && into.len() >= 4 {
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(&self.raw[self.start..self.end], into, self.done);
            self.start += read;
            self.finished = self.done && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
            if self.start == self.end {
                self.start = 0;
                self.end = more(&mut self.raw)?;
                self.done = self.end == 0;
            }
        }
        Ok(0)
    }
}

fn retry<T>(mut read: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match read() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Reads until the buffer is full or the end is reached.
fn fill(into: &mut [u8], mut read: impl FnMut(&mut [u8]) -> Result<usize, Fault>) -> Result<usize, Fault> {
    let mut length = 0;
    while length < into.len() {
        match read(&mut into[length..])? {
            0 => break,
            read => length += read,
        }
    }
    Ok(length)
}
