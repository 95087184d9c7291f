use crate::cast::Role;
use crate::chance::{Chance, age};
use crate::person::{Period, Person};
use crate::template::{Word, answer, client, funding, hearing, home, hours, reason, sight, work};

/// What a council's system says about a client on every record.
pub(crate) struct Facts {
    pub client: Word,
    pub reason: Word,
    pub accommodation: Word,
    pub employment: Option<Word>,
    pub has_carer: Word,
    pub autism: Option<Word>,
    pub sight: Option<Word>,
    pub hearing: Option<Word>,
    pub dementia: Option<Word>,
    pub funding: Option<Word>,
    pub hours: Option<Word>,
}

impl Facts {
    /// Facts about a service user, who lives where the story has them live.
    pub(crate) fn of_user(
        person: &Person<'_>,
        period: Period,
        lives: Option<Word>,
        has_carer: bool,
        chance: &mut Chance,
    ) -> Self {
        let years = age(person.birth, period.end);
        let reason = reason_at(years, chance);
        let working_age = (18..=64).contains(&years);
        let needed = working_age && reason == reason::LEARNING_DISABILITY;
        Self {
            client: client::USER,
            reason,
            accommodation: lives.unwrap_or_else(|| accommodation(chance)),
            employment: (needed || chance.happens(600)).then(|| employment(working_age, chance)),
            has_carer: if has_carer { answer::YES } else { carer_unseen(chance) },
            autism: chance.happens(700).then(|| rarely(chance, if working_age { 180 } else { 8 })),
            sight: chance.happens(600).then(|| sight_of(reason, chance)),
            hearing: chance.happens(600).then(|| hearing_of(reason, chance)),
            dementia: chance.happens(700).then(|| match reason {
                reason::MEMORY => answer::YES,
                _ => rarely(chance, if years < 65 { 6 } else { 140 }),
            }),
            funding: Some(funding_of(chance)),
            hours: None,
        }
    }

    /// Facts about a carer, whose own needs are not asked about.
    pub(crate) fn of_carer(person: &Person<'_>, period: Period, role: Role, chance: &mut Chance) -> Self {
        let working_age = age(person.birth, period.end) < 65;
        let spells = [
            (hours::TO_9, 15),
            (hours::TO_19, 20),
            (hours::TO_34, 20),
            (hours::TO_49, 12),
            (hours::FROM_50, 25),
            (hours::UNKNOWN, 8),
        ];
        Self {
            client: if role == Role::Associated { client::ASSOCIATED } else { client::CARER },
            reason: reason::CARER,
            accommodation: accommodation(chance),
            employment: chance.happens(500).then(|| employment(working_age, chance)),
            has_carer: answer::NO,
            autism: None,
            sight: None,
            hearing: None,
            dementia: None,
            funding: None,
            hours: chance.happens(900).then(|| chance.weighted(&spells).copied().unwrap_or(hours::UNKNOWN)),
        }
    }
}

fn reason_at(years: i32, chance: &mut Chance) -> Word {
    let young = [
        (reason::LEARNING_DISABILITY, 380),
        (reason::PERSONAL_CARE, 215),
        (reason::MENTAL_HEALTH, 220),
        (reason::ACCESS, 80),
        (reason::SUBSTANCE, 30),
        (reason::ISOLATION, 40),
        (reason::VISUAL, 15),
        (reason::HEARING, 10),
        (reason::UNKNOWN, 10),
    ];
    let old = [
        (reason::PERSONAL_CARE, 500),
        (reason::ACCESS, 180),
        (reason::MEMORY, 160),
        (reason::MENTAL_HEALTH, 60),
        (reason::ISOLATION, 40),
        (reason::VISUAL, 20),
        (reason::HEARING, 10),
        (reason::LEARNING_DISABILITY, 15),
        (reason::UNKNOWN, 15),
    ];
    let choices = if years < 65 { &young } else { &old };
    chance.weighted(choices).copied().unwrap_or(reason::UNKNOWN)
}

fn accommodation(chance: &mut Chance) -> Word {
    let homes = [
        (home::OWNER, 440),
        (home::TENANT, 300),
        (home::PRIVATE, 75),
        (home::FAMILY, 125),
        (home::SHELTERED, 25),
        (home::TEMPORARY, 5),
        (home::UNKNOWN, 30),
    ];
    chance.weighted(&homes).copied().unwrap_or(home::UNKNOWN)
}

fn employment(working_age: bool, chance: &mut Chance) -> Word {
    let working = [
        (work::RETIRED, 600),
        (work::SEEKING, 120),
        (work::SHORT, 70),
        (work::LONG, 40),
        (work::VOLUNTARY, 60),
        (work::UNKNOWN, 110),
    ];
    let choice = if working_age { chance.weighted(&working).copied() } else { None };
    choice.unwrap_or(work::RETIRED)
}

fn carer_unseen(chance: &mut Chance) -> Word {
    chance.weighted(&[(answer::NO, 60), (answer::YES, 22), (answer::UNKNOWN, 18)]).copied().unwrap_or(answer::UNKNOWN)
}

fn rarely(chance: &mut Chance, per_mille: u32) -> Word {
    if chance.happens(per_mille) {
        answer::YES
    } else if chance.happens(60) {
        answer::UNKNOWN
    } else {
        answer::NO
    }
}

fn sight_of(reason: Word, chance: &mut Chance) -> Word {
    let weights = if reason == reason::VISUAL { [50, 50, 0] } else { [1, 5, 94] };
    let choices = [(sight::SEVERE, weights[0]), (sight::PARTIAL, weights[1]), (sight::NONE, weights[2])];
    chance.weighted(&choices).copied().unwrap_or(sight::NONE)
}

fn hearing_of(reason: Word, chance: &mut Chance) -> Word {
    let weights = if reason == reason::HEARING { [60, 40, 0] } else { [8, 1, 91] };
    let choices = [(hearing::HARD, weights[0]), (hearing::DEAF, weights[1]), (hearing::NONE, weights[2])];
    chance.weighted(&choices).copied().unwrap_or(hearing::NONE)
}

fn funding_of(chance: &mut Chance) -> Word {
    let choices = [(funding::COUNCIL, 45), (funding::JOINT, 44), (funding::CLIENT, 8), (funding::UNKNOWN, 3)];
    chance.weighted(&choices).copied().unwrap_or(funding::UNKNOWN)
}
