//! The words by which the kinds of the model are written in files.

use std::fmt;
use std::str::FromStr;

use crate::dialect::Customs;
use crate::model::{Confidence, Derivation, FieldKind, Format, Role, Severity, Stage};

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

words!(Derivation, "derivation",
    Derivation::NhsNumberPseudonym => "nhs_number_pseudonym",
    Derivation::TracedNhsNumberPseudonym => "traced_nhs_number_pseudonym",
    Derivation::LocalPersonPseudonym => "local_person_pseudonym",
    Derivation::LinkedPersonPseudonym(1) => "linked_person_1_pseudonym",
    Derivation::LinkedPersonPseudonym(2) => "linked_person_2_pseudonym",
    Derivation::LinkedPersonPseudonym(3) => "linked_person_3_pseudonym",
    Derivation::CombinedPersonId => "combined_person_id",
    Derivation::RecordPseudonym => "record_pseudonym",
    Derivation::RecordNumber => "record_number",
    Derivation::BirthYear => "birth_year",
    Derivation::BirthMonth => "birth_month",
    Derivation::AgeAtEventStart => "age_at_event_start",
    Derivation::AgeAtPeriodEnd => "age_at_period_end",
    Derivation::LatestAge => "latest_age",
    Derivation::AgeBand => "age_band",
    Derivation::WorkingAgeBand => "working_age_band",
    Derivation::PostcodeSector => "postcode_sector",
    Derivation::Lsoa2011 => "lsoa2011",
    Derivation::Msoa2011 => "msoa2011",
    Derivation::Ward => "ward",
    Derivation::District => "district",
    Derivation::UpperTier => "upper_tier",
    Derivation::Constituency => "constituency",
    Derivation::Ccg => "ccg",
    Derivation::Icb => "icb",
    Derivation::PostcodeStatus => "postcode_status",
    Derivation::PostcodeDirectory => "postcode_directory",
    Derivation::TraceCode => "trace_code",
    Derivation::SubmissionId => "submission_id",
    Derivation::ImportDate => "import_date",
    Derivation::OrganisationName => "organisation_name",
    Derivation::Conversation => "conversation",
    Derivation::Undefined => "undefined",
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
        each_word_reads_back(Derivation::ALL);
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        let error = "grave".parse::<Severity>().map_err(|e| e.to_string());
        assert_eq!(error, Err("`grave` is not a severity; known are info, warning, error, reject".into()));
    }
}
