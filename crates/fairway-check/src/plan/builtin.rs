//! Rules that the check knows by id. A specification's own row decides stage, severity and words; the ones here speak
//! where it has none, so that no fault of a file's structure passes because a rule was forgotten.

use fairway_spec::{Customs, Severity, Stage};

/// A rule as it stands where the specification says nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fallback {
    pub id: &'static str,
    pub stage: Stage,
    pub severity: Severity,
    pub message: &'static str,
    pub hint: &'static str,
}

macro_rules! builtins {
    ($($name:ident $id:literal $stage:ident $severity:ident $message:literal $hint:literal;)*) => {
        /// A rule that the check knows by id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Builtin { $($name),* }

        impl Builtin {
            /// Every built-in rule, in the order of the enum.
            pub const ALL: &[Fallback] = &[$(Fallback {
                id: $id, stage: Stage::$stage, severity: Severity::$severity, message: $message, hint: $hint,
            }),*];
        }
    };
}

builtins! {
    FileEmpty "file-empty" File Reject "The file is empty" "Send a file with a header and records";
    FileHeaderOnly "file-header-only" File Reject "The file has a header and no records" "Check that the extract found records";
    FileNotCsv "file-not-csv" File Reject "The file is {found}, not CSV" "Save it as CSV (comma delimited) and send that";
    FileTooLarge "file-too-large" File Reject "The file holds more than {max} of text" "Leave out what the specification does not ask for";
    GzipDamaged "gzip-damaged" File Reject "The compressed file is incomplete or altered" "Compress the file again as one gzip file and send that";
    EncodingUtf16 "encoding-utf-16" File Warning "The file is written in UTF-16" "Save it as CSV in Windows-1252 or UTF-8";
    EncodingMark "encoding-byte-order-mark" File Warning "The file begins with a byte order mark" "Save it as CSV without the mark";
    EncodingUtf8 "encoding-utf-8" File Info "The file is written in UTF-8" "";
    EncodingMixed "encoding-mixed" Field Warning "{field} is in another encoding than the rest of the file; it was read all the same" "Write the whole file in one encoding";
    LineEndsMixed "line-ends-mixed" File Info "Lines end in more than one way" "";
    LineBlank "line-blank" File Info "A line is blank" "";
    LineTooLong "line-too-long" File Reject "A line is longer than {max}" "Check that every record ends with a line end, and that the file is CSV";
    NulByte "nul-byte" File Reject "{field} holds a NUL byte" "Take it out";
    DelimiterWrong "delimiter-wrong" File Reject "The columns are separated by {found}, not by {expected}" "Save the file with its columns separated by {expected}";
    QuoteNotClosed "quote-not-closed" File Reject "A quote is opened in {field} and not closed" "Close it, or double a quote that is part of the text";
    QuoteStray "quote-stray" Record Reject "{field} has a quote in the middle" "Put the whole cell in quotes and double those that are part of the text";
    RecordRagged "record-ragged" File Reject "The record has {count} cells and the header {expected}" "Put cells that hold commas in quotes";
    RecordBlank "record-blank" Record Reject "The record is blank" "Take it out";
    RecordIsHeader "record-is-header" Record Reject "The header stands among the records" "Take it out";
    HeaderAbsent "header-absent" File Reject "The first line is not the header" "Begin the file with the header of the specification";
    HeaderMissing "header-column-missing" File Reject "{field} is missing" "Add it as column {letter}";
    HeaderExtra "header-column-extra" File Reject "Column {letter} is not in the specification" "Take it out";
    HeaderRepeated "header-column-repeated" File Reject "{field} stands in the header more than once" "Keep one of them";
    HeaderMisnamed "header-column-misnamed" File Reject "Column {letter} is headed {found} and should be {field}" "Write it exactly so";
    HeaderOrder "header-column-order" File Reject "{field} is column {letter} and should be {expected}" "Put the columns in the order of the specification";
    FormulaCell "formula-cell" File Reject "{field} begins like a formula" "Take out the =, +, - or @ in front";
    OrganisationOther "organisation-other" File Reject "{field} is not the sender's code {expected}" "Send the file of your own organisation";
    OrganisationMixed "organisation-mixed" File Reject "{field} differs between records" "Send one file for each organisation";
    PeriodMixed "period-mixed" File Reject "{field} differs between records" "Send one file for each reporting period";
    PeriodReversed "period-start-after-end" File Reject "The reporting period starts after it ends" "Correct both dates";
    PeriodFuture "period-end-in-future" File Reject "The reporting period has not ended" "Send the file after its end";
    PeriodNotMonths "period-not-whole-months" File Warning "The reporting period is not made of whole months" "Check both dates";
    PeriodNotYear "period-not-twelve-months" File Warning "The reporting period is not twelve months" "Check both dates";
    NothingToLoad "records-all-rejected" File Reject "No record can be loaded" "Correct the records that are rejected";
    MandatoryBlank "mandatory-blank" Field Error "Enter {field}" "";
    NotApplicableFilled "not-applicable-filled" Field Warning "{field} is filled where it does not apply" "Leave it blank here";
    NullLiteral "null-literal" Field Warning "{field} holds a word that stands for nothing; it was read as blank" "Leave it blank";
    NotInList "value-not-in-list" Field Error "{field} is not a value of its list" "Use a value of the list, letter for letter";
    EarlierRelease "value-of-earlier-release" Field Error "{field} is a value of the release before" "It is now: {now}";
    Capitals "value-capitals" Field Error "{field} is written in other letters than its list has" "Write {now}";
    DateFormat "date-format" Field Error "{field} is not {form}" "Write it like {example}";
    DateImpossible "date-impossible" Field Error "{field} is not a day of the calendar" "Check day and month";
    DateFuture "date-in-future" Field Error "{field} lies in the future" "Check the year";
    TimeFormat "time-format" Field Error "{field} is not {form}" "Write it like {example}";
    MomentFormat "datetime-format" Field Error "{field} is not {form}" "Write it like {example}";
    NumberFormat "number-format" Field Error "{field} is not a number" "Write it like {example}";
    BooleanFormat "boolean-format" Field Error "{field} is not {form}" "Write it like {example}";
    ValueFormat "value-format" Field Error "{field} is not {form}" "Write it like {example}";
    IntegerFormat "integer-format" Field Error "{field} is not a whole number" "Use digits only";
    DecimalFormat "decimal-format" Field Error "{field} is not a number with at most two decimals" "Write it like 123.45";
    TooLong "text-too-long" Field Warning "{field} is longer than {max} characters" "Shorten it";
    TooShort "text-too-short" Field Error "{field} is shorter than {min} characters" "Check that it is whole";
    PatternMismatch "pattern-mismatch" Field Error "{field} is not written as the specification asks" "Write it so that it matches {pattern}";
    BelowMinimum "below-minimum" Field Error "{field} must be {least}" "Check the value";
    AboveMaximum "above-maximum" Field Error "{field} must be {most}" "Check the value";
    Unreadable "character-unreadable" Field Error "{field} has a character that cannot be read" "Write the file in Windows-1252 or UTF-8";
    ControlCharacter "character-control" Record Reject "{field} holds a control character" "Take it out";
    NhsFormat "nhs-number-format" Field Error "{field} does not have 10 digits" "Check it against your records";
    NhsCheckDigit "nhs-number-check-digit" Field Error "{field} fails its check digit" "Check it against your records";
    NhsPlaceholder "nhs-number-placeholder" Field Error "{field} is a placeholder" "Leave it blank";
    PostcodeFormat "postcode-format" Field Error "{field} is not a postcode" "Write it like SW1A 1AA";
    PostcodePseudo "postcode-pseudo" Field Warning "{field} is a pseudo postcode" "Check that the address is not known";
    GpFormat "gp-practice-format" Field Error "{field} is not a practice's code" "Write it like A12345";
    CqcFormat "cqc-location-format" Field Error "{field} is not a location's number" "Write it like 1-123456789";
    CouncilFormat "council-format" Field Error "{field} is not a council's code" "Use three digits, or five letters and digits";
    PersonUnidentified "person-unidentified" Record Reject "The record does not say which person it is about" "Give the person's NHS number or your own identifier";
}

/// Rules whose severity differs where a file is read by the customs of the Table Schema.
const IN_TABLES: &[(Builtin, Severity)] = &[
    (Builtin::FileHeaderOnly, Severity::Info),
    (Builtin::EncodingUtf16, Severity::Info),
    (Builtin::EncodingMark, Severity::Info),
    (Builtin::LineBlank, Severity::Error),
    (Builtin::QuoteStray, Severity::Warning),
    (Builtin::ControlCharacter, Severity::Warning),
    (Builtin::FormulaCell, Severity::Warning),
    (Builtin::TooLong, Severity::Error),
];

impl Builtin {
    /// What the rule does where the specification says nothing.
    pub fn severity(index: usize, customs: Customs) -> Option<Severity> {
        let of_tables = || IN_TABLES.iter().find(|(rule, _)| rule.index() == index).map(|(_, severity)| *severity);
        let usual = Self::ALL.get(index).map(|rule| rule.severity);
        if customs == Customs::Table { of_tables().or(usual) } else { usual }
    }

    /// Where the rule stands in [`Builtin::ALL`] and in a plan's rules.
    pub fn index(self) -> usize {
        self as usize
    }

    /// Whether there is a built-in rule of this id.
    pub fn knows(id: &str) -> bool {
        Self::ALL.iter().any(|rule| rule.id == id)
    }
}
