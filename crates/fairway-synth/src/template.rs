//! Every header and every listed value that the stories use, in the spelling of each release. This is the one place
//! where field names of the dataset stand in Rust: a story has to know what it writes. At the start of a run each
//! header and each value is looked up in the specification, so that a change there shows at once.

use fairway_spec::Spec;

use crate::SynthError;

/// Which spelling a file uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edition {
    First,
    Second,
}

/// A listed value in both releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub first: &'static str,
    pub second: &'static str,
}

impl Word {
    pub(crate) fn text(self, edition: Edition) -> &'static str {
        match edition {
            Edition::First => self.first,
            Edition::Second => self.second,
        }
    }

    /// The same value as the other release spells it.
    pub(crate) fn elsewhere(self, edition: Edition) -> &'static str {
        match edition {
            Edition::First => self.second,
            Edition::Second => self.first,
        }
    }
}

macro_rules! cells {
    ($($name:ident = $header:literal,)*) => {
        /// A column that the stories fill.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Cell { $($name,)* }

        impl Cell {
            pub(crate) const ALL: &[Cell] = &[$(Cell::$name,)*];

            /// The header, character for character; both releases agree.
            pub(crate) fn header(self) -> &'static str {
                match self { $(Self::$name => $header,)* }
            }
        }
    };
}

cells! {
    LaCode = "LA Code",
    PeriodStart = "Reporting Period Start Date",
    PeriodEnd = "Reporting Period End Date",
    NhsNumber = "NHS Number",
    LaPerson = "LA Person Unique Identifier",
    FirstName = "First Name",
    LastName = "Last Name",
    PracticeName = "GP Practice Name",
    PracticeCode = "GP Practice Code",
    Gender = "Gender",
    Ethnicity = "Ethnicity",
    Birth = "Date of Birth",
    Death = "Date of Death",
    ClientType = "Client Type",
    SupportReason = "Primary Support Reason",
    Postcode = "Postcode",
    Accommodation = "Accommodation Status",
    Employment = "Employment Status",
    HasCarer = "Has Unpaid Carer",
    Autism = "Autism Spectrum Disorder (ASD)",
    Visual = "Visual Impairment",
    Hearing = "Hearing Impairment",
    Dementia = "Dementia",
    Funding = "Client Funding Status",
    EventType = "Event Type",
    EventReference = "Event Reference",
    EventStart = "Event Start Date",
    EventEnd = "Event End Date",
    EventDescription = "Event Description",
    EventOutcome = "Event Outcome",
    Route = "Request: Route of Access",
    AssessmentType = "Assessment Type",
    EligibleNeeds = "Eligible Needs Identified",
    AssessmentMethod = "Method of Assessment",
    HoursCaring = "Total Hrs Caring per week",
    AdultsCaredFor = "No. of adults being cared for",
    Adult1 = "Adult 1 Linked Person_ID",
    Adult2 = "Adult 2 Linked Person_ID",
    Adult3 = "Adult 3 Linked Person_ID",
    ServiceType = "Service Type",
    ServiceComponent = "Service Component",
    Mechanism = "Delivery Mechanism",
    ProviderName = "Provider CQC Location Name",
    ProviderId = "Provider CQC Location ID",
    ReviewReason = "Review Reason",
    ReviewAchieved = "Review Outcomes Achieved",
    ReviewMethod = "Method of Review",
    UnitCost = "Unit Cost",
    CostFrequency = "Cost Frequency (Unit Type)",
    PlannedUnits = "Planned units per week",
}

macro_rules! words {
    ($($list:ident: $($cell:ident)+ { $($name:ident = $first:literal | $second:literal,)* })*) => {
        $(pub(crate) mod $list {
            use super::Word;
            $(pub(crate) const $name: Word = Word { first: $first, second: $second };)*
            pub(crate) const ALL: &[Word] = &[$($name,)*];
        })*

        /// Which list each coded column takes its values from.
        pub(crate) const LISTED: &[(Cell, &[Word])] = &[$($((Cell::$cell, $list::ALL),)+)*];
    };
}

words! {
    gender: Gender { MALE = "Male" | "Male", FEMALE = "Female" | "Female", UNKNOWN = "Unknown" | "Unknown", }
    ethnicity: Ethnicity {
        BRITISH = "White - English, Welsh, Scottish, Northern Irish or British" | "White: English, Welsh, Scottish, Northern Irish or British",
        IRISH = "White - Irish" | "White: Irish",
        ROMA = "White - Roma" | "White: Roma",
        WHITE_OTHER = "White - Any other White background" | "White: Any other White background",
        MIXED_CARIBBEAN = "Mixed or multiple ethnic groups - White and Black Caribbean" | "Mixed or multiple ethnic groups: White and Black Caribbean",
        MIXED_ASIAN = "Mixed or multiple ethnic groups - White and Asian" | "Mixed or multiple ethnic groups: White and Asian",
        INDIAN = "Asian or Asian British - Indian" | "Asian or Asian British: Indian",
        PAKISTANI = "Asian or Asian British - Pakistani" | "Asian or Asian British: Pakistani",
        BANGLADESHI = "Asian or Asian British - Bangladeshi" | "Asian or Asian British: Bangladeshi",
        AFRICAN = "Black, Black British, Caribbean or African - African" | "Black, Black British, Caribbean or African: African",
        CARIBBEAN = "Black, Black British, Caribbean or African - Caribbean" | "Black, Black British, Caribbean or African: Caribbean",
        OTHER = "Other ethnic group - Any other ethnic group" | "Other ethnic group: Any other ethnic group",
        REFUSED = "No data - Refused" | "No data: Refused",
        UNDECLARED = "No data - Undeclared or Not known" | "No data: Undeclared or not known",
    }
    client: ClientType {
        USER = "Service User" | "Service user",
        CARER = "Carer" | "Unpaid carer",
        ASSOCIATED = "Carer known by association" | "Unpaid carer known by association",
    }
    reason: SupportReason {
        ACCESS = "Physical Support: Access & mobility only" | "Physical support: Access and mobility only",
        PERSONAL_CARE = "Physical Support: Personal care support" | "Physical support: Personal care support",
        VISUAL = "Sensory Support: Support for visual impairment" | "Sensory support: Support for visual impairment",
        HEARING = "Sensory Support: Support for hearing impairment" | "Sensory support: Support for hearing impairment",
        MEMORY = "Support with Memory & Cognition" | "Support with memory and cognition",
        LEARNING_DISABILITY = "Learning Disability Support" | "Learning disability support",
        MENTAL_HEALTH = "Mental Health Support" | "Mental health support",
        SUBSTANCE = "Social Support: Substance misuse support" | "Social support: Substance misuse support",
        ISOLATION = "Social Support: Support for Social Isolation/Other" | "Social support: Support for social isolation or other reason",
        CARER = "Social Support: Support to Carer" | "Social support: Support to unpaid carer",
        UNKNOWN = "Unknown" | "Unknown",
    }
    home: Accommodation {
        OWNER = "Owner occupier or shared ownership scheme" | "Owner occupier or shared ownership scheme",
        TENANT = "Tenant" | "Tenant: Local authority or other social housing provider",
        PRIVATE = "Tenant - private landlord" | "Tenant: Private landlord",
        FAMILY = "Settled mainstream housing with family / friends" | "Settled mainstream housing with family or friends",
        SUPPORTED = "Supported accommodation / supported lodgings / supported group home" | "Supported accommodation, supported lodgings or supported group home",
        SHARED_LIVES = "Shared Lives scheme" | "Shared Lives scheme",
        SHELTERED = "Sheltered housing / extra care housing / other sheltered housing" | "Sheltered housing, extra care housing or other sheltered housing",
        CARE_HOME = "Registered care home" | "Registered care home",
        NURSING_HOME = "Registered nursing home" | "Registered nursing home",
        PRISON = "Prison / Young offenders institution / detention centre" | "Prison, young offenders institution or detention centre",
        TEMPORARY = "Other temporary accommodation" | "Other temporary accommodation",
        UNKNOWN = "Unknown" | "Unknown",
    }
    work: Employment {
        SHORT = "Paid: Less than 16 hours a week" | "Paid: Less than 16 hours a week",
        LONG = "Paid: 16 or more hours a week" | "Paid: 16 or more hours a week",
        SEEKING = "Not in Paid Employment (seeking work)" | "Not in paid employment: Seeking work",
        RETIRED = "Not in Paid Employment (not actively seeking work / retired)" | "Not in paid employment: Not actively seeking work or retired",
        VOLUNTARY = "Not in Paid Employment (voluntary work only)" | "Not in paid employment: Voluntary work only",
        UNKNOWN = "Unknown" | "Unknown",
    }
    answer: HasCarer Autism Dementia { YES = "Yes" | "Yes", NO = "No" | "No", UNKNOWN = "Unknown" | "Unknown", }
    sight: Visual {
        SEVERE = "Blind / severely sight impaired" | "Blind/severely sight impaired",
        PARTIAL = "Partial sight / sight impaired" | "Partial sight/sight impaired",
        NONE = "No visual impairment" | "No visual impairment",
    }
    hearing: Hearing {
        HARD = "Hard of hearing" | "Hard of hearing",
        DEAF = "Deaf with speech" | "Deaf with speech",
        NONE = "No hearing impairment" | "No hearing impairment",
    }
    funding: Funding {
        CLIENT = "18(3) (full cost client)" | "Fully client funded",
        JOINT = "Joint Client and Social Care Funded" | "Joint client and social care funded",
        COUNCIL = "Fully Social Care Funded" | "Fully social care funded",
        UNKNOWN = "Unknown - Individual Level" | "Unknown",
    }
    event: EventType {
        REQUEST = "Request" | "Request", ASSESSMENT = "Assessment" | "Assessment",
        SERVICE = "Service" | "Service", REVIEW = "Review" | "Review",
    }
    outcome: EventOutcome {
        REABLEMENT = "Progress to Reablement/ST-Max" | "Progress to reablement/ST-Max",
        ASSESSMENT = "Progress to Assessment" | "Progress to assessment, review or reassessment",
        SUPPORT = "Progress to Support Planning / Services" | "Progress to support planning or services",
        NO_CHANGE = "No change in package" | "Continuation of support or services",
        GOES_ON = "Provision of service" | "Continuation of support or services",
        MOVED = "NFA - Moved to another LA" | "NFA: Responsibility moved to another local authority",
        NHS = "NFA - 100% NHS funded care" | "NFA: Referral to NHS services or NHS funded social care",
        SELF_FUNDED = "NFA - Self-funded client (inc. 12wk disregard)" | "NFA: Self-funded client or under 12wk disregard",
        ADVICE = "NFA - Information & Advice / Signposting only" | "NFA: Information and advice or signposting",
        DECLINED = "NFA - Support declined" | "NFA: Support declined",
        DECEASED = "NFA - Deceased" | "NFA: Deceased",
        AS_PLANNED = "Service ended as planned" | "NFA: Support ended as planned",
        ENDED_OTHER = "NFA - Support ended: Other reason" | "NFA: Support ended for other reason",
        NOT_OFFERED = "NFA - No services offered: Other reason" | "NFA: No services offered for other reason",
    }
    route: Route {
        PLANNED = "Planned Entry (Transition)" | "Planned entry (transition)",
        DISCHARGE = "Discharge from Hospital" | "Discharge from hospital",
        DIVERSION = "Diversion from Hospital Services" | "Diversion from hospital services",
        COMMUNITY = "Community / Other route" | "Community or other route",
        SELF_FUNDER = "Self-Funder" | "Self-funder",
    }
    assessment: AssessmentType {
        SHORT = "Short Term Assessment" | "Short term assessment",
        LONG = "Long Term Assessment" | "Long term assessment",
        FINANCIAL = "Financial Assessment" | "Financial assessment",
    }
    eligible: EligibleNeeds { YES = "Yes" | "Yes", NO = "No" | "No", }
    method: AssessmentMethod ReviewMethod {
        CARER = "Carer only" | "Unpaid carer only",
        USER = "Service user only" | "Service user only",
        BOTH = "Service user and carer" | "Service user and unpaid carer",
    }
    hours: HoursCaring {
        TO_9 = "5-9 hours" | "5-9 hours", TO_19 = "10-19 hours" | "10-19 hours", TO_34 = "20-34 hours" | "20-34 hours",
        TO_49 = "35-49 hours" | "35-49 hours", FROM_50 = "50+ hours" | "50+ hours", UNKNOWN = "Unknown" | "Unknown",
    }
    service: ServiceType {
        ST_MAX = "Short Term Support: ST-Max" | "Short term support: ST-Max",
        LOW_LEVEL = "Short Term Support: Ongoing Low Level" | "Short term support: Ongoing low level",
        SHORT = "Short Term Support: Other Short Term" | "Short term support: Other short term",
        NURSING = "Long Term Support: Nursing Care" | "Long term support: Nursing care",
        RESIDENTIAL = "Long Term Support: Residential Care" | "Long term support: Residential care",
        COMMUNITY = "Long Term Support: Community" | "Long term support: Community",
        PRISON = "Long Term Support: Prison" | "Long term support: Prison",
        CARER_DIRECT = "Carer Support: Direct to Carer" | "Unpaid carer support: Direct to unpaid carer",
        CARER_INVOLVING = "Carer Support: Support involving the person cared-for" | "Unpaid carer support: Support involving the person cared-for",
    }
    component: ServiceComponent {
        REABLEMENT = "Reablement" | "Reablement",
        SHORT_NURSING = "Short Term Nursing Care" | "Short term nursing care",
        SHORT_RESIDENTIAL = "Short Term Residential Care" | "Short term residential care",
        NURSING = "Long Term Nursing Care" | "Long term nursing care",
        RESIDENTIAL = "Long Term Residential Care" | "Long term residential care",
        HOME_SUPPORT = "Home Support" | "Home support or domiciliary care",
        DAY = "Day Support" | "Day support",
        MEALS = "Meals" | "Meals",
        TRANSPORT = "Transport" | "Transport",
        EQUIPMENT = "Equipment" | "Equipment",
        DIRECT_PAYMENT = "Direct Payment" | "Direct payment",
        SHARED_LIVES = "Shared Lives" | "Shared Lives",
        SUPPORTED_LIVING = "Community Supported Living" | "Community supported living",
        EXTRA_CARE = "Extra Care Housing" | "Extra care housing",
        SOCIAL_WORKER = "Professional Support: Social Worker" | "Professional support: Social worker",
        EMERGENCY = "Emergency Support" | "Emergency support",
        OTHER_LONG = "Other Long Term Support" | "Other long term support",
        RESPITE = "Carer Respite" | "Unpaid carer respite",
        SITTING = "Carer Sitting Service" | "Unpaid carer sitting service",
        UNIVERSAL = "Carer Universal Services" | "Unpaid carer universal services",
        OTHER_CARER = "Other Carer Support" | "Other unpaid carer support",
    }
    mechanism: Mechanism {
        DIRECT_PAYMENT = "Direct Payment" | "Direct payment",
        BUDGET = "CASSR Managed Personal Budget" | "CASSR managed personal budget",
        COMMISSIONED = "CASSR Commissioned Support" | "CASSR commissioned support",
    }
    review: ReviewReason {
        PLANNED = "Planned" | "Planned",
        SHORT_TERM = "Planned" | "Review of short term support",
        HOSPITAL = "Unplanned - Hospital (Planned and unplanned episodes)" | "Unplanned: Hospital (planned and unplanned episodes)",
        CARER = "Unplanned - Carer related" | "Unplanned: Unpaid carer related",
        SAFEGUARDING = "Unplanned - Safeguarding concern" | "Unplanned: Safeguarding concern",
        OTHER = "Unplanned - Other Reason" | "Unplanned: Other reason",
    }
    achieved: ReviewAchieved {
        FULLY = "Fully Met" | "Fully met", PARTLY = "Partially Met" | "Partially met", NOT = "Not Met" | "Not met",
    }
    frequency: CostFrequency {
        SESSION = "Per session" | "Per session", HOURLY = "Hourly" | "Hourly", DAILY = "Daily" | "Daily",
        WEEKLY = "Weekly" | "Weekly", FOUR_WEEKLY = "4-weekly" | "4-weekly", ANNUALLY = "Annually" | "Annually",
        ONE_OFF = "One-off" | "One-off",
    }
}

/// The columns of a release in its order; `None` where no story fills the column.
pub(crate) struct Layout {
    pub headers: Vec<String>,
    pub cells: Vec<Option<Cell>>,
    pub edition: Edition,
}

impl Layout {
    /// Finds every header and value of the stories in the specification.
    pub(crate) fn of(spec: &Spec) -> Result<Self, SynthError> {
        let edition = match (spec.name.dataset(), spec.name.release()) {
            ("asc-cld", "r1") => Edition::First,
            ("asc-cld", "r2") => Edition::Second,
            _ => return Err(SynthError::Release(spec.name.to_string())),
        };
        let headers: Vec<String> = spec.fields.iter().map(|field| field.header.clone()).collect();
        let of_header = |header: &String| Cell::ALL.iter().copied().find(|cell| cell.header() == header);
        let cells: Vec<Option<Cell>> = headers.iter().map(of_header).collect();
        if let Some(absent) = Cell::ALL.iter().find(|cell| !cells.contains(&Some(**cell))) {
            return Err(SynthError::Template { field: absent.header(), value: "" });
        }
        for (cell, words) in LISTED {
            Self::verify(spec, edition, *cell, words)?;
        }
        Ok(Self { headers, cells, edition })
    }

    fn verify(spec: &Spec, edition: Edition, cell: Cell, words: &[Word]) -> Result<(), SynthError> {
        let field = spec.fields.iter().find(|field| field.header == cell.header());
        let codes = field.and_then(|field| field.codes.as_deref());
        let listed = |text: &str| codes.is_none_or(|list| list.codes.iter().any(|code| code.value == text));
        match words.iter().map(|word| word.text(edition)).find(|text| !listed(text)) {
            Some(value) => Err(SynthError::Template { field: cell.header(), value }),
            None => Ok(()),
        }
    }
}

/// The words of a coded column; empty for one that takes no list.
pub(crate) fn words_of(cell: Cell) -> &'static [Word] {
    LISTED.iter().find(|(listed, _)| *listed == cell).map_or(&[], |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn spec(release: &str) -> Spec {
        Spec::clone(&Spec::builtin(&release.parse().unwrap()).unwrap())
    }

    #[test]
    fn both_releases_have_every_header_and_value_of_the_stories() {
        for (release, edition) in [("asc-cld/r1", Edition::First), ("asc-cld/r2", Edition::Second)] {
            let layout = Layout::of(&spec(release)).unwrap();
            assert_eq!(layout.edition, edition);
            assert!(layout.cells.iter().all(Option::is_some), "{release} has a column that no story fills");
        }
    }

    #[test]
    fn a_header_or_value_that_the_specification_lost_is_named() {
        let mut lost = spec("asc-cld/r2");
        lost.fields.retain(|field| field.header != "Event Outcome");
        let error = Layout::of(&lost).err().unwrap().to_string();
        assert!(error.contains("\"Event Outcome\""), "{error}");
        let mut lost = spec("asc-cld/r2");
        let field = lost.fields.iter_mut().find(|field| field.header == "Service Component").unwrap();
        let list = Arc::make_mut(field.codes.as_mut().unwrap());
        list.codes.retain(|code| code.value != "Reablement");
        let error = Layout::of(&lost).err().unwrap().to_string();
        assert!(error.contains("\"Service Component\"") && error.contains("\"Reablement\""), "{error}");
    }
}
