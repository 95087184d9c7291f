/// One sheet: rows of texts, as far as they are filled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name; a CSV file's own.
    pub name: String,
    /// Cells by row; rows may differ in length.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// A sheet out of CSV text.
    ///
    /// # Errors
    /// When a record cannot be read, in words.
    pub fn from_csv(name: &str, bytes: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| format!("the file is not well-formed CSV ({error})"))?;
            rows.push(record.iter().map(str::to_owned).collect());
        }
        Ok(Self { name: name.to_owned(), rows })
    }

    /// A cell without blanks at its ends; empty where there is none.
    pub(super) fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|row| row.get(column)).map_or("", |text| text.trim())
    }

    /// How many cells of a row are filled.
    pub(super) fn filled(&self, row: usize) -> usize {
        self.rows.get(row).map_or(0, |row| row.iter().filter(|text| !text.trim().is_empty()).count())
    }

    /// The place of a cell: `Fields!B7`.
    pub(super) fn place(&self, row: usize, column: usize) -> String {
        format!("{}!{}{}", self.name, letter(column), row + 1)
    }

    pub(super) fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or_default()
    }
}

/// A column's letter: 0 is A, 26 AA.
pub(super) fn letter(column: usize) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.insert(0, char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters
}

/// Letters and digits alone, in lower case: what two spellings of one name have in common.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
