use std::fmt;

/// A detail about a person that a file may hold: asked (what the sender says) or found (what the register holds).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum Detail {
    NhsNumber,
    OldNhsNumber,
    FamilyName,
    GivenName,
    OtherGivenNames,
    Gender,
    DateOfBirth,
    DateOfDeath,
    AddressLine1,
    AddressLine2,
    AddressLine3,
    AddressLine4,
    AddressLine5,
    AddressDate,
    Postcode,
    GpPractice,
    GpRegistered,
    Posting,
    PostedOrDied,
    AsAtDate,
    LocalId,
    InternalId,
    Telephone,
    Mobile,
    Email,
    AliasFamilyName,
    AliasGivenName,
}

impl Detail {
    /// Every detail with its name in a layout.
    pub const ALL: [(Self, &'static str); 27] = [
        (Self::NhsNumber, "nhs_number"),
        (Self::OldNhsNumber, "old_nhs_number"),
        (Self::FamilyName, "family_name"),
        (Self::GivenName, "given_name"),
        (Self::OtherGivenNames, "other_given_names"),
        (Self::Gender, "gender"),
        (Self::DateOfBirth, "date_of_birth"),
        (Self::DateOfDeath, "date_of_death"),
        (Self::AddressLine1, "address_line1"),
        (Self::AddressLine2, "address_line2"),
        (Self::AddressLine3, "address_line3"),
        (Self::AddressLine4, "address_line4"),
        (Self::AddressLine5, "address_line5"),
        (Self::AddressDate, "address_date"),
        (Self::Postcode, "postcode"),
        (Self::GpPractice, "gp_practice"),
        (Self::GpRegistered, "gp_registered"),
        (Self::Posting, "posting"),
        (Self::PostedOrDied, "posted_or_died"),
        (Self::AsAtDate, "as_at_date"),
        (Self::LocalId, "local_id"),
        (Self::InternalId, "internal_id"),
        (Self::Telephone, "telephone"),
        (Self::Mobile, "mobile"),
        (Self::Email, "email"),
        (Self::AliasFamilyName, "alias_family_name"),
        (Self::AliasGivenName, "alias_given_name"),
    ];

    /// The five lines of an address.
    pub const ADDRESS: [Self; 5] =
        [Self::AddressLine1, Self::AddressLine2, Self::AddressLine3, Self::AddressLine4, Self::AddressLine5];

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(detail, _)| *detail)
    }
}

/// Details of one person as texts, blank where nothing is given. `Debug` says which are there, never what they are.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Details([String; Detail::ALL.len()]);

impl Details {
    /// The text of a detail.
    pub fn get(&self, detail: Detail) -> &str {
        self.0.get(detail as usize).map_or("", String::as_str)
    }

    /// Sets a detail.
    pub fn set(&mut self, detail: Detail, text: impl Into<String>) {
        if let Some(place) = self.0.get_mut(detail as usize) {
            *place = text.into();
        }
    }

    /// Takes away all that says where a person is or can be reached. Names, dates of birth and death, gender and numbers stay.
    pub(super) fn hide_location(&mut self) {
        use Detail as D;
        let posted = self.get(D::PostedOrDied) != self.get(D::DateOfDeath);
        let places = [D::AddressDate, D::Postcode, D::GpPractice, D::GpRegistered, D::Posting];
        let reached = [D::Telephone, D::Mobile, D::Email];
        for detail in D::ADDRESS.into_iter().chain(places).chain(reached).chain(posted.then_some(D::PostedOrDied)) {
            self.set(detail, "");
        }
    }

    /// These details with one more.
    #[must_use]
    pub fn with(mut self, detail: Detail, text: impl Into<String>) -> Self {
        self.set(detail, text);
        self
    }
}

impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = Detail::ALL.iter().filter(|(detail, _)| !self.get(*detail).is_empty()).map(|(_, name)| name);
        f.debug_set().entries(given).finish()
    }
}

/// What a field of a layout holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// Nothing that is read; written as the field's value, or blank.
    Blank,
    /// The sender's reference of a record.
    Id,
    Asked(Detail),
    Found(Detail),
    /// How a trace ended, in Fairway's word.
    Outcome,
    /// The step, in Fairway's word.
    Step,
    /// The step, in the layout's code.
    StepCode,
    DbsCode,
    MptCode,
    /// The NHS number found, or what stands for none and for several.
    Number,
    /// 0 to 1.
    Score,
    /// The score of 100.
    Percent,
    Margin,
    /// How far one detail agrees, of 100.
    PartPercent(usize),
    MpsId,
    Sensitive,
    Reference,
    Workflow,
    Timestamp,
    Records,
    FileCode,
}

/// The details that the national service scores, in the order of its reply.
pub(super) const SCORED: [&str; 5] = ["family_name", "given_name", "date_of_birth", "gender", "postcode"];

const PLAIN: [(&str, Item); 18] = [
    ("blank", Item::Blank),
    ("id", Item::Id),
    ("outcome", Item::Outcome),
    ("step", Item::Step),
    ("step_code", Item::StepCode),
    ("dbs_code", Item::DbsCode),
    ("mpt_code", Item::MptCode),
    ("number", Item::Number),
    ("score", Item::Score),
    ("percent", Item::Percent),
    ("margin", Item::Margin),
    ("mps_id", Item::MpsId),
    ("sensitive", Item::Sensitive),
    ("reference", Item::Reference),
    ("workflow", Item::Workflow),
    ("timestamp", Item::Timestamp),
    ("records", Item::Records),
    ("file_code", Item::FileCode),
];

impl Item {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_once('.') {
            Some(("asked", detail)) => Detail::parse(detail).map(Self::Asked),
            Some(("found", detail)) => Detail::parse(detail).map(Self::Found),
            Some(("percent", detail)) => SCORED.iter().position(|scored| *scored == detail).map(Self::PartPercent),
            Some(_) => None,
            None => PLAIN.iter().find(|(name, _)| *name == text).map(|(_, item)| *item),
        }
    }

    /// Whether it belongs in a header or trailer; all but [`Item::Blank`] belong in one place alone.
    pub(super) fn is_of_the_file(self) -> bool {
        matches!(self, Self::Reference | Self::Workflow | Self::Timestamp | Self::Records | Self::FileCode)
    }
}
