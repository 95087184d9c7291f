//! A lawful release of the sample agreement, to be made wrong in one thing: what examples, the guide and tests begin with.

use fairway_domain::governance::AgreementState;
use fairway_domain::{
    Column, ColumnKind, Digest, ExtractFacts, Fault, FaultExt, FigureFacts, FileFacts, GroupFacts, OrganisationCode,
    PrivacyClass,
};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::{Example, Extract, LogStanding, Outcome, judge};
use crate::rules::Case;
use crate::{
    Agreement, AgreementStanding, Figures, GovernanceTerms, OfferedColumn, PartyStanding, Period, Reason, Registered,
    ReleaseRequest, ReleaseTerms,
};

const SAMPLE: &str = include_str!("../../../../agreements/sample.yaml");
/// Columns that are there and that the sample does not name.
const FURTHER: [(&str, PrivacyClass); 2] =
    [("Ethnicity", PrivacyClass::Quasi), ("Slipped_Through", PrivacyClass::Direct)];

/// A release with everything that the gate looks at.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The agreement.
    pub agreement: Agreement,
    /// The wish.
    pub request: ReleaseRequest,
    /// The columns granted.
    pub columns: Vec<String>,
    /// The senders granted.
    pub areas: Vec<OrganisationCode>,
    /// The submissions in the extract.
    pub submissions: Vec<(OrganisationCode, Period)>,
    /// What was measured of it.
    pub facts: ExtractFacts,
    /// How the log stands.
    pub log: LogStanding,
    /// The day.
    pub today: Date,
}

impl Trial {
    /// The sample agreement, a wish that it grants, and an extract as it was granted.
    ///
    /// # Errors
    /// Never with the sample that is tested here.
    pub fn lawful() -> Result<Self, Fault> {
        let agreement = Agreement::parse(SAMPLE).fault("sample agreement cannot be read")?;
        let terms = ReleaseTerms::published()?;
        let areas: Vec<OrganisationCode> = ["816"].into_iter().filter_map(|code| code.parse().ok()).collect();
        let columns = agreement.columns.clone();
        let submissions = areas.iter().map(|area| (area.clone(), agreement.period)).collect();
        let request = request(&agreement, terms, &areas);
        let file = |name: &str| FileFacts {
            name: name.into(),
            columns: columns.clone(),
            rows: 40,
            bytes: 4_000,
            content: Digest([7; 32]),
            canonical: true,
        };
        let facts = ExtractFacts {
            files: ["extract.csv", "extract.parquet"].map(file).into(),
            areas: vec![("816".into(), 40)],
            pseudonyms: 20,
            key_is_the_recorded_one: true,
            groups: GroupFacts { columns: vec!["Gender".into()], people: 20, smallest: 8, below: 0, alone: 0 },
            ..ExtractFacts::default()
        };
        let log = LogStanding { intent_recorded: true, witnessed_hours_ago: Some(1) };
        Ok(Self { agreement, request, columns, areas, submissions, facts, log, today: date(2022, 5, 4) })
    }

    /// Has a table of figures by one dimension asked for in place of rows.
    pub fn tabulate(&mut self, dimension: &str) {
        let profile = self.agreement.particulars.disclosure_profile.clone().unwrap_or_default();
        self.request.figures = Some(Figures { profile: profile.clone(), is_weaker: false });
        self.request.columns = Some(vec![dimension.to_owned()]);
        self.columns = vec![dimension.to_owned(), "people".to_owned()];
        let mut files = std::mem::take(&mut self.facts.files);
        files.truncate(1);
        files.iter_mut().for_each(|file| {
            file.name = "table.csv".into();
            file.columns.clone_from(&self.columns);
        });
        let areas = std::mem::take(&mut self.facts.areas);
        let figures = FigureFacts { profile, numbers: 4, small: 1, withheld: 1, ..FigureFacts::default() };
        let key_is_the_recorded_one = true;
        self.facts =
            ExtractFacts { files, areas, figures: Some(figures), key_is_the_recorded_one, ..ExtractFacts::default() };
    }

    /// Has the agreement registered, signed by every party and in the given state.
    pub fn register(&mut self, state: AgreementState) {
        let agreement = &self.agreement;
        let term = Period { from: agreement.start, to: agreement.end };
        let party = |party: &crate::Party| {
            Some(PartyStanding {
                organisation: party.organisation.parse().ok()?,
                is_controller: true,
                signed_on: Some(agreement.start),
                framework: vec![term],
                security: vec![term],
            })
        };
        let document = Digest([9; 32]);
        let standing = AgreementStanding {
            reference: agreement.reference.clone(),
            document,
            state,
            term,
            parties: agreement.controllers.iter().filter_map(party).collect(),
            active_since: Some(agreement.start),
            confirmed_on: Some(self.today),
        };
        let terms = GovernanceTerms::published().ok();
        self.request.registered = terms.map(|terms| Registered { standing, document, terms });
    }

    /// What every rule says.
    pub fn judge(&self) -> Vec<Outcome> {
        let extract = Extract {
            columns: &self.columns,
            areas: &self.areas,
            submissions: &self.submissions,
            facts: &self.facts,
            log: self.log,
        };
        judge(&self.agreement, &self.request, &extract, self.today)
    }

    /// Every reason against it.
    pub fn reasons(&self) -> Vec<Reason> {
        self.judge().into_iter().flat_map(|outcome| outcome.reasons).collect()
    }

    /// The same, made wrong by an example.
    #[must_use]
    pub fn spoilt(mut self, example: &Example) -> Self {
        (example.change)(&mut self);
        self
    }

    pub(super) fn yesterday(&self) -> Date {
        self.today.checked_sub(1.day()).unwrap_or(Date::MIN)
    }

    pub(super) fn tomorrow(&self) -> Date {
        self.today.checked_add(1.day()).unwrap_or(Date::MAX)
    }
}

fn request(agreement: &Agreement, terms: ReleaseTerms, areas: &[OrganisationCode]) -> ReleaseRequest {
    let named = agreement.columns.iter().map(|name| (name.as_str(), PrivacyClass::Sensitive));
    let offered = |(name, class): (&str, PrivacyClass)| OfferedColumn {
        column: Column::new(name, ColumnKind::Text, class),
        birth_clue: None,
    };
    ReleaseRequest {
        available: named.chain(FURTHER).map(offered).collect(),
        safe_haven: vec!["NHS_Number".into(), "Date_of_Birth".into()],
        known_areas: ["816", "102", "503"].into_iter().filter_map(|code| code.parse().ok()).collect(),
        areas_with_data: areas.to_vec(),
        ..ReleaseRequest::new(&agreement.dataset, terms)
    }
}

/// What G2 remarks of an agreement that leaves things unsaid.
pub(super) fn unstated_parties(case: &Case<'_>, _: &Extract<'_>) -> Vec<String> {
    let particulars = &case.agreement.particulars;
    let said = [
        (particulars.locations.is_empty(), "The agreement does not say where the data are kept"),
        (particulars.delivery.keys.is_empty(), "The agreement names no key: the extract is NOT ENCRYPTED"),
        (particulars.onward.is_none(), "The agreement does not say whether the data may be passed on"),
    ];
    said.into_iter().filter(|(is_so, _)| *is_so).map(|(_, said)| said.to_owned()).collect()
}
