//! The services a council gives: what each is called, how it is paid for and what it costs.

use super::{Cost, Service};
use crate::chance::Chance;
use crate::template::{Word, component, frequency, home, mechanism, service};

/// A kind of service.
pub(crate) struct Package {
    pub kind: Word,
    pub component: Word,
    pub frequency: Option<Word>,
    mechanisms: &'static [(Option<Word>, u32)],
    /// Lowest and highest unit cost in tens of pence.
    cost: (i32, i32),
    /// Fewest and most units a week, in quarters; none for what has no units.
    units: Option<(i32, i32)>,
    /// Where the client lives because of it.
    pub home: Option<Word>,
    provided: bool,
}

/// How many providers a council deals with.
pub(crate) const PROVIDERS: usize = 48;

const BOUGHT: &[(Option<Word>, u32)] = &[(Some(mechanism::COMMISSIONED), 1)];
const BUDGETED: &[(Option<Word>, u32)] = &[(Some(mechanism::BUDGET), 60), (Some(mechanism::COMMISSIONED), 40)];
const PAID_DIRECT: &[(Option<Word>, u32)] = &[(Some(mechanism::DIRECT_PAYMENT), 1)];
const SHORT: &[(Option<Word>, u32)] = &[(Some(mechanism::COMMISSIONED), 50), (None, 50)];
const ONCE: Option<(i32, i32)> = Some((4, 4));

impl Package {
    const fn new(
        kind: Word,
        component: Word,
        mechanisms: &'static [(Option<Word>, u32)],
        frequency: Option<Word>,
        cost: (i32, i32),
    ) -> Self {
        Self { kind, component, frequency, mechanisms, cost, units: ONCE, home: None, provided: true }
    }

    const fn with_units(mut self, fewest: i32, most: i32) -> Self {
        self.units = Some((fewest, most));
        self
    }

    const fn without_units(mut self) -> Self {
        self.units = None;
        self
    }

    const fn lived_in(mut self, home: Word) -> Self {
        self.home = Some(home);
        self
    }

    const fn unprovided(mut self) -> Self {
        self.provided = false;
        self
    }

    /// The service as one person gets it. Where money must be given (anything long-term or for carers that the council
    /// does not commission), it always is.
    pub(crate) fn order(&'static self, chance: &mut Chance) -> Service {
        let chosen = chance.weighted(self.mechanisms).copied().flatten();
        let unit = i64::from(chance.within(self.cost.0, self.cost.1)) * 10;
        let units = self.units.map(|(fewest, most)| i64::from(chance.within(fewest, most)) * 25);
        let given = chosen != Some(mechanism::COMMISSIONED) || chance.happens(850);
        let cost = (self.frequency.is_some() && given).then_some(Cost { unit, units });
        let provider = (self.provided && chance.happens(900)).then(|| chance.index(PROVIDERS));
        Service { package: self, mechanism: chosen, cost, provider }
    }
}

pub(crate) static HOME_SUPPORT: Package =
    Package::new(service::COMMUNITY, component::HOME_SUPPORT, BUDGETED, Some(frequency::HOURLY), (175, 268))
        .with_units(14, 150);
pub(crate) static DAY: Package =
    Package::new(service::COMMUNITY, component::DAY, BUDGETED, Some(frequency::SESSION), (420, 880)).with_units(4, 20);
pub(crate) static DIRECT_PAYMENT: Package =
    Package::new(service::COMMUNITY, component::DIRECT_PAYMENT, PAID_DIRECT, Some(frequency::WEEKLY), (900, 6500))
        .unprovided();
pub(crate) static DIRECT_PAYMENT_FOUR_WEEKLY: Package = Package::new(
    service::COMMUNITY,
    component::DIRECT_PAYMENT,
    PAID_DIRECT,
    Some(frequency::FOUR_WEEKLY),
    (3600, 26000),
)
.unprovided();
pub(crate) static EXTRA_CARE: Package =
    Package::new(service::COMMUNITY, component::EXTRA_CARE, BUDGETED, Some(frequency::WEEKLY), (1500, 4200))
        .lived_in(home::SHELTERED);
pub(crate) static SUPPORTED_LIVING: Package =
    Package::new(service::COMMUNITY, component::SUPPORTED_LIVING, BUDGETED, Some(frequency::WEEKLY), (4500, 21000))
        .lived_in(home::SUPPORTED);
pub(crate) static SHARED_LIVES: Package =
    Package::new(service::COMMUNITY, component::SHARED_LIVES, BUDGETED, Some(frequency::WEEKLY), (3200, 6200))
        .lived_in(home::SHARED_LIVES);
pub(crate) static TRANSPORT: Package =
    Package::new(service::COMMUNITY, component::TRANSPORT, BUDGETED, Some(frequency::SESSION), (80, 240))
        .with_units(8, 40)
        .unprovided();
pub(crate) static MEALS: Package =
    Package::new(service::COMMUNITY, component::MEALS, BUDGETED, Some(frequency::DAILY), (55, 90))
        .with_units(12, 28)
        .unprovided();
pub(crate) static SOCIAL_WORKER: Package =
    Package::new(service::COMMUNITY, component::SOCIAL_WORKER, BOUGHT, None, (0, 0)).unprovided();
pub(crate) static RESIDENTIAL: Package =
    Package::new(service::RESIDENTIAL, component::RESIDENTIAL, BOUGHT, Some(frequency::WEEKLY), (6200, 12500))
        .lived_in(home::CARE_HOME);
pub(crate) static NURSING: Package =
    Package::new(service::NURSING, component::NURSING, BOUGHT, Some(frequency::WEEKLY), (7500, 14500))
        .lived_in(home::NURSING_HOME);
pub(crate) static PRISON: Package =
    Package::new(service::PRISON, component::OTHER_LONG, BOUGHT, None, (0, 0)).lived_in(home::PRISON).unprovided();
pub(crate) static REABLEMENT: Package =
    Package::new(service::ST_MAX, component::REABLEMENT, SHORT, Some(frequency::HOURLY), (260, 420)).with_units(12, 56);
pub(crate) static EQUIPMENT: Package =
    Package::new(service::LOW_LEVEL, component::EQUIPMENT, SHORT, Some(frequency::ONE_OFF), (250, 4500))
        .without_units()
        .unprovided();
pub(crate) static SHORT_STAY: Package =
    Package::new(service::SHORT, component::SHORT_RESIDENTIAL, SHORT, Some(frequency::WEEKLY), (6200, 12000));
pub(crate) static SHORT_NURSING: Package =
    Package::new(service::SHORT, component::SHORT_NURSING, SHORT, Some(frequency::WEEKLY), (7500, 13500));
pub(crate) static EMERGENCY: Package =
    Package::new(service::SHORT, component::EMERGENCY, SHORT, None, (0, 0)).unprovided();
pub(crate) static RESPITE: Package =
    Package::new(service::CARER_INVOLVING, component::RESPITE, BUDGETED, Some(frequency::WEEKLY), (6000, 11000));
pub(crate) static SITTING: Package =
    Package::new(service::CARER_INVOLVING, component::SITTING, BUDGETED, Some(frequency::SESSION), (180, 720))
        .with_units(4, 12);
pub(crate) static CARER_PAYMENT: Package =
    Package::new(service::CARER_DIRECT, component::OTHER_CARER, PAID_DIRECT, Some(frequency::ANNUALLY), (1500, 6000))
        .unprovided();
pub(crate) static UNIVERSAL: Package =
    Package::new(service::CARER_DIRECT, component::UNIVERSAL, BOUGHT, None, (0, 0)).unprovided();
