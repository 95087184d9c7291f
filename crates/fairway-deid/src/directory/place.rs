use super::codes::{Codes, Home};

/// A kind of area that a directory may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    /// Lower layer super output area of 2011.
    Lsoa2011,
    /// Lower layer super output area of 2021. Taken from the postcode alone: by way of the area of 2011, a thousand
    /// English areas cannot be reached.
    Lsoa2021,
    /// Middle layer super output area of 2011.
    Msoa2011,
    /// Middle layer super output area of 2021.
    Msoa2021,
    /// Electoral ward.
    Ward,
    /// District or unitary authority.
    District,
    /// Parliamentary constituency.
    Constituency,
    /// Clinical commissioning group, now sub-ICB location.
    Ccg,
    /// Integrated care board.
    Icb,
    /// Sustainability and transformation partnership, before the boards.
    Stp,
    /// Region of England.
    Region,
    /// Country of the United Kingdom.
    Country,
    /// The upper tier: the council with social services responsibility.
    UpperTier,
}

impl Area {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Lsoa2011,
        Self::Lsoa2021,
        Self::Msoa2011,
        Self::Msoa2021,
        Self::Ward,
        Self::District,
        Self::Constituency,
        Self::Ccg,
        Self::Icb,
        Self::Stp,
        Self::Region,
        Self::Country,
        Self::UpperTier,
    ];
}

/// Finds the codes of an area in a directory ([`super::PostcodeDirectory::area`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AreaKey {
    /// An area known by name.
    Known(Area),
    /// Rank of deprivation.
    ImdRank,
    /// Decile of deprivation.
    ImdDecile,
    /// A column that was asked for by its heading: the n-th.
    Other(usize),
}

impl AreaKey {
    /// The words of areas that every directory may hold.
    pub(super) fn known(name: &str) -> Option<Self> {
        let by_name = || super::columns::AREAS.iter().position(|word| *word == name);
        match name {
            "imd_rank" => Some(Self::ImdRank),
            "imd_decile" => Some(Self::ImdDecile),
            "upper_tier" => Some(Self::Known(Area::UpperTier)),
            _ => by_name().and_then(|at| Area::ALL.get(at)).copied().map(Self::Known),
        }
    }

    /// Whether every directory knows the name, so that no heading need be asked for.
    pub fn is_known(name: &str) -> bool {
        Self::known(name).is_some()
    }
}

/// How a postcode was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlaceStatus {
    /// In use.
    Live,
    /// No longer in use; its areas are those it last had.
    Terminated,
    /// Stands for no fixed abode, not known, or a place abroad: no area.
    Pseudo,
    /// Not in the directory: no area.
    Unknown,
}

impl PlaceStatus {
    /// The word used in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Terminated => "terminated",
            Self::Pseudo => "pseudo",
            Self::Unknown => "unknown",
        }
    }
}

/// Where a postcode lies.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    status: PlaceStatus,
    home: Option<(&'a Codes, &'a Home)>,
    meaning: Option<&'a str>,
}

impl<'a> Place<'a> {
    pub(super) fn somewhere(status: PlaceStatus, codes: &'a Codes, home: Option<&'a Home>) -> Self {
        Self { status, home: home.map(|home| (codes, home)), meaning: None }
    }

    pub(super) fn nowhere(status: PlaceStatus, meaning: Option<&'a str>) -> Self {
        Self { status, home: None, meaning }
    }

    /// How the postcode was found.
    pub fn status(self) -> PlaceStatus {
        self.status
    }

    /// The national (GSS) code of an area; `None` where the directory has none for this postcode, including the codes
    /// `E99999999` and the like that say there is no such area there.
    pub fn code(self, area: Area) -> Option<&'a str> {
        let (codes, home) = self.home?;
        codes.text(home.areas[area as usize])
    }

    /// Rank of the lower layer area in its country's index of multiple deprivation, from 1, the most deprived. Ranks of
    /// different countries cannot be compared.
    pub fn imd_rank(self) -> Option<u32> {
        self.home.map(|(_, home)| home.imd_rank).filter(|rank| *rank > 0)
    }

    /// Tenth of its country's areas by deprivation, 1 the most deprived; `None` where nothing says.
    pub fn imd_decile(self) -> Option<u8> {
        self.home.map(|(_, home)| home.imd_decile).filter(|decile| *decile > 0)
    }

    /// The code in a column that was asked for by its heading, the n-th.
    pub(crate) fn other(self, n: usize) -> Option<&'a str> {
        let (codes, home) = self.home?;
        codes.text(*home.others.get(n)?)
    }

    /// What a pseudo postcode stands for, where it is listed by itself.
    pub fn meaning(self) -> Option<&'a str> {
        self.meaning
    }
}
