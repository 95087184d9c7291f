//! Derivations in words, for the guide and for exports.

use super::{Ages, Case, DatePart, Derivation, Input, KeyOf, Whose};
use crate::{Condition, Spec};

/// Every derivation's word.
pub(super) const WORDS: [&str; 23] = [
    "pseudonym",
    "key",
    "combined_person_id",
    "year",
    "month",
    "year_month",
    "full_years",
    "department_years",
    "band",
    "postcode_sector",
    "postcode_status",
    "postcode_directory",
    "area",
    "practice",
    "mentions",
    "calculated",
    "record_number",
    "submission_id",
    "import_date",
    "organisation_name",
    "trace_code",
    "link_class",
    "undefined",
];

impl Spec {
    /// How a derived column is made, as a sentence without a full stop.
    pub fn made_as(&self, derivation: &Derivation) -> String {
        match derivation {
            Derivation::Undefined => "always empty".into(),
            Derivation::Fact(fact) => fact.as_str().replace('_', " "),
            Derivation::Pseudonym(whose) => format!("pseudonym of {}", self.whose(*whose)),
            Derivation::CombinedPersonId => "combined identifier of the person".into(),
            Derivation::Key(subject, parts) => {
                let parts = parts.iter().map(|part| {
                    let of = match part.of {
                        KeyOf::Input(input) => self.input_name(input),
                        KeyOf::Person => "the person",
                    };
                    match &part.when {
                        Condition::Always => of.to_owned(),
                        when => format!("{of} where {when}"),
                    }
                });
                format!("pseudonym ({}) of {}", subject.as_str(), parts.collect::<Vec<_>>().join("; "))
            }
            Derivation::DatePart(part, input) => {
                let part = match part {
                    DatePart::Year => "year",
                    DatePart::Month => "month",
                    DatePart::YearMonth => "year and month",
                };
                format!("{part} of {}", self.input_name(*input))
            }
            Derivation::FullYears(ages) => self.ages("full years", ages),
            Derivation::DepartmentYears(ages) => self.ages("years by the Department's formula", ages),
            Derivation::Band(input, bands) => format!("band ({}) of {}", bands.name, self.input_name(*input)),
            Derivation::PostcodeSector(input) => format!("sector of {}", self.input_name(*input)),
            Derivation::PostcodeStatus(input) => format!("how {} was found", self.input_name(*input)),
            Derivation::Area(input, area) => format!("{area} of {}", self.input_name(*input)),
            Derivation::Practice(input, area) => format!("{area} of {}", self.input_name(*input)),
            Derivation::Mentions(input, words) => {
                format!("1 where {} mentions {}, else 0", self.input_name(*input), words.join(" or "))
            }
            Derivation::Calculated(_, cases) => {
                cases.iter().map(|case| self.case(case)).collect::<Vec<_>>().join("; else ")
            }
        }
    }

    fn input_name(&self, input: Input) -> &str {
        match input {
            Input::Field(at) => self.fields.get(at).map_or("", |field| &field.column),
            Input::Derived(at) => self.derived.get(at).map_or("", |column| &column.column),
        }
    }

    fn whose(&self, whose: Whose) -> String {
        match whose {
            Whose::Number => "the NHS number given".into(),
            Whose::Traced => "the NHS number traced".into(),
            Whose::Local => "the sender's identifier of the person".into(),
            Whose::Linked(n) => format!("linked person {}", n + 1),
            Whose::Record => "the record".into(),
        }
    }

    fn ages(&self, what: &str, ages: &Ages) -> String {
        let at: Vec<&str> = ages.at.iter().map(|input| self.input_name(*input)).collect();
        format!("{what} from {} to {}", self.input_name(ages.from), at.join(", else "))
    }

    fn case(&self, case: &Case) -> String {
        let mut text = case.value.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
        case.plus.iter().for_each(|term| text.push_str(&format!(" + {term}")));
        case.times.iter().for_each(|term| text.push_str(&format!(" × {term}")));
        if let Some((at, attribute)) = &case.rate {
            text.push_str(&format!(" × {} of {}", attribute.replace('_', " "), self.input_name(Input::Field(*at))));
        }
        case.over.iter().for_each(|term| text.push_str(&format!(" ÷ {term}")));
        match &case.when {
            Condition::Always => text,
            when => format!("{text} where {when}"),
        }
    }
}
