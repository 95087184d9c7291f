//! From a specification's derivations to steps that read cells.

use fairway_domain::{Fault, Subject};
use fairway_spec::{Derivation, Input, KeyOf, KeyPart, Spec, Whose};

use super::cells::{Cells, FIRST_LINKED, NUMBER, PERSON};
use super::condition::Compiler;
use super::{From, Part, References, Step};

/// Compiles derivations.
pub(super) struct Planner<'a> {
    spec: &'a Spec,
    cells: &'a Cells,
    references: &'a References,
    /// The postcodes that steps ask for.
    pub(super) addresses: Vec<From>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(spec: &'a Spec, cells: &'a Cells, references: &'a References) -> Self {
        Self { spec, cells, references, addresses: Vec::new() }
    }

    pub(super) fn step(&mut self, derivation: &Derivation) -> Result<Step, Fault> {
        Ok(match derivation {
            Derivation::Undefined => Step::Nothing,
            Derivation::Fact(fact) => Step::Fact(*fact),
            Derivation::Pseudonym(whose) => self.pseudonym(*whose),
            Derivation::CombinedPersonId => Step::Combined,
            Derivation::Key(subject, parts) => {
                let compiler = self.compiler();
                let part = |part: &KeyPart| {
                    let of = match part.of {
                        KeyOf::Input(input) => Part::Cell(self.from(input)?),
                        KeyOf::Person => Part::Person,
                    };
                    Ok((of, compiler.condition(&part.when)?))
                };
                Step::Key(*subject, parts.iter().map(part).collect::<Result<_, Fault>>()?)
            }
            Derivation::DatePart(part, input) => Step::DatePart(*part, self.from(*input)?),
            Derivation::FullYears(ages) => Step::FullYears(self.from(ages.from)?, self.all(&ages.at)?),
            Derivation::DepartmentYears(ages) => Step::DepartmentYears(self.from(ages.from)?, self.all(&ages.at)?),
            Derivation::Band(input, bands) => Step::Band(self.from(*input)?, bands.clone()),
            Derivation::PostcodeSector(input) => Step::Sector(self.address(*input)?),
            Derivation::PostcodeStatus(input) => Step::Status(self.address(*input)?),
            Derivation::Area(input, area) => Step::Area(self.address(*input)?, self.references.postcodes.area(area)),
            Derivation::Practice(input, area) => Step::Practice(self.from(*input)?, *area),
            Derivation::Mentions(input, words) => Step::Mentions(self.from(*input)?, words.clone()),
            Derivation::Calculated(kind, cases) => {
                let compiler = self.compiler();
                let cases = cases.iter().map(|case| compiler.case(case)).collect::<Result<_, Fault>>()?;
                Step::Calculated(*kind, cases)
            }
        })
    }

    fn compiler(&self) -> Compiler<'a> {
        Compiler { spec: self.spec, cells: self.cells }
    }

    fn pseudonym(&self, whose: Whose) -> Step {
        match whose {
            Whose::Number => Step::Pseudonym(Subject::Person, NUMBER),
            Whose::Traced => Step::Pseudonym(Subject::Person, self.cells.traced_uid),
            Whose::Local => Step::Pseudonym(Subject::LaPerson, PERSON),
            Whose::Linked(n) if n < self.cells.linked => Step::Pseudonym(Subject::LaPerson, FIRST_LINKED + n),
            Whose::Linked(_) => Step::Nothing,
            Whose::Record => Step::Record,
        }
    }

    fn from(&self, input: Input) -> Result<From, Fault> {
        let missing = || Fault::new("derived column is made of a field that is neither open nor sealed");
        match input {
            Input::Derived(at) => Ok(From::Made(at)),
            Input::Field(place) => {
                let sealed = || self.cells.sealed.iter().position(|(sealed, ..)| *sealed == place).map(From::Sealed);
                let open = self.cells.open.get(&place).copied().map(From::Cell);
                open.or_else(sealed).ok_or_else(missing)
            }
        }
    }

    fn all(&self, inputs: &[Input]) -> Result<Vec<From>, Fault> {
        inputs.iter().map(|input| self.from(*input)).collect()
    }

    /// The number of the address that a postcode makes: looked up once a row, however many steps ask.
    fn address(&mut self, input: Input) -> Result<usize, Fault> {
        let from = self.from(input)?;
        if let Some(at) = self.addresses.iter().position(|known| *known == from) {
            return Ok(at);
        }
        self.addresses.push(from);
        Ok(self.addresses.len() - 1)
    }
}
