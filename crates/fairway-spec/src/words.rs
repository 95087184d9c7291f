//! The words by which the kinds of the model are written in files.

use std::fmt;
use std::str::FromStr;

use crate::derived::{DatePart, Fact, PracticeArea};
use crate::dialect::Customs;
use crate::model::{Confidence, FieldKind, Format, Role, Severity, Stage};

/// A word that stands for nothing known, with those that do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a {kind}; known are {known}")]
pub struct WordError {
    word: String,
    kind: &'static str,
    known: String,
}

macro_rules! words {
    ($type:ident, $kind:literal, $($value:expr => $word:literal),+ $(,)?) => {
        impl $type {
            /// Every value that has a word.
            pub const ALL: &[Self] = &[$($value),+];
        }

        impl FromStr for $type {
            type Err = WordError;

            fn from_str(word: &str) -> Result<Self, WordError> {
                match word {
                    $($word => Ok($value),)+
                    _ => Err(WordError { word: word.into(), kind: $kind, known: [$($word),+].join(", ") }),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $type {
            /// The word used in files.
            pub fn as_str(self) -> &'static str {
                const WORDS: &[&str] = &[$($word),+];
                Self::ALL.iter().position(|value| *value == self).and_then(|at| WORDS.get(at)).copied().unwrap_or_default()
            }
        }
    };
}

words!(Role, "role",
    Role::Organisation => "organisation",
    Role::PeriodStart => "period_start",
    Role::PeriodEnd => "period_end",
    Role::NhsNumber => "nhs_number",
    Role::LocalPerson => "local_person",
    Role::Forename => "forename",
    Role::Surname => "surname",
    Role::Sex => "sex",
    Role::BirthDate => "birth_date",
    Role::DeathDate => "death_date",
    Role::Postcode => "postcode",
    Role::GpPractice => "gp_practice",
    Role::LinkedPerson => "linked_person",
    Role::EventType => "event_type",
    Role::EventReference => "event_reference",
    Role::EventStart => "event_start",
    Role::EventEnd => "event_end",
    Role::EventDescription => "event_description",
    Role::ClientType => "client_type",
    Role::Provider => "provider",
);

words!(Format, "shape",
    Format::NhsNumber => "nhs_number",
    Format::Postcode => "postcode",
    Format::GpPractice => "gp_practice",
    Format::CqcLocation => "cqc_location",
    Format::Council => "council",
);

words!(FieldKind, "kind of value",
    FieldKind::Text => "text",
    FieldKind::Code => "code",
    FieldKind::Date => "date",
    FieldKind::Integer => "integer",
    FieldKind::Decimal => "decimal",
    FieldKind::Number => "number",
    FieldKind::Boolean => "boolean",
);

words!(Customs, "customs",
    Customs::Collection => "collection",
    Customs::Table => "table",
);

words!(Confidence, "confidence",
    Confidence::Verified => "verified",
    Confidence::Inferred => "inferred",
    Confidence::Assumed => "assumed",
);

words!(Severity, "severity",
    Severity::Info => "info",
    Severity::Warning => "warning",
    Severity::Error => "error",
    Severity::Reject => "reject",
);

words!(Stage, "stage",
    Stage::File => "file",
    Stage::Field => "field",
    Stage::Record => "record",
    Stage::Person => "person",
    Stage::Dataset => "dataset",
);

words!(Fact, "fact of a record",
    Fact::RecordNumber => "record_number",
    Fact::SubmissionId => "submission_id",
    Fact::ImportDate => "import_date",
    Fact::OrganisationName => "organisation_name",
    Fact::TraceCode => "trace_code",
    Fact::LinkClass => "link_class",
    Fact::PostcodeDirectory => "postcode_directory",
);

words!(DatePart, "part of a date",
    DatePart::Year => "year",
    DatePart::Month => "month",
    DatePart::YearMonth => "year_month",
);

words!(PracticeArea, "practice area",
    PracticeArea::SubIcb => "sub_icb",
    PracticeArea::Icb => "icb",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn each_word_reads_back<T>(all: &[T])
    where
        T: Copy + PartialEq + fmt::Debug + fmt::Display + FromStr<Err = WordError>,
    {
        for value in all {
            assert_eq!(value.to_string().parse::<T>().as_ref(), Ok(value));
        }
    }

    #[test]
    fn every_word_reads_back_as_its_value() {
        each_word_reads_back(Role::ALL);
        each_word_reads_back(Format::ALL);
        each_word_reads_back(FieldKind::ALL);
        each_word_reads_back(Customs::ALL);
        each_word_reads_back(Confidence::ALL);
        each_word_reads_back(Severity::ALL);
        each_word_reads_back(Stage::ALL);
        each_word_reads_back(Fact::ALL);
        each_word_reads_back(DatePart::ALL);
        each_word_reads_back(PracticeArea::ALL);
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        let error = "grave".parse::<Severity>().map_err(|e| e.to_string());
        assert_eq!(error, Err("`grave` is not a severity; known are info, warning, error, reject".into()));
    }
}
