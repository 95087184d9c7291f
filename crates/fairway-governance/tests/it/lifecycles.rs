//! Agreements through whole lives: signed, revoked, expired and asked again in any order, beside a model that knows nothing of
//! states.

use fairway_domain::governance::{AgreementEvent as E, AgreementState, Particulars};
use fairway_domain::{Digest, OrganisationCode};
use fairway_governance::papers::{AgreementPaper, Asking, AssurancePaper, Folded};
use fairway_governance::{GovernanceTerms, Period};
use jiff::ToSpan;
use jiff::civil::{Date, date};

const SEQUENCES: u64 = 100_000;
const LONGEST: u64 = 28;
const DOCUMENT: Digest = Digest([7; 32]);
const OTHER_DOCUMENT: Digest = Digest([8; 32]);
const TERM: Period = Period { from: date(2026, 1, 1), to: date(2028, 6, 30) };

#[derive(Debug, Clone, Copy, PartialEq)]
enum Deed {
    Ask(E),
    Sign { controller: bool, document: Digest },
    Wait(i64),
    Release(Digest),
    Retry,
}

/// What an agreement needs before anything may leave, without a word about states.
#[derive(Debug, Default, Clone)]
struct Model {
    issued: bool,
    controller_signed: bool,
    recipient_signed: bool,
    activated: bool,
    stopped: bool,
    ended: bool,
    confirmed: Option<Date>,
}

impl Model {
    fn may_release(&self, document: Digest, today: Date) -> bool {
        let confirmed = self.confirmed.is_some_and(|on| today < on + 12.months());
        let in_force = self.activated && !self.stopped && !self.ended;
        let signed = self.controller_signed && self.recipient_signed;
        let in_term = TERM.from <= today && today <= TERM.to;
        in_force && signed && in_term && confirmed && document == DOCUMENT
    }

    fn note(&mut self, event: E, today: Date, controller: bool) {
        match event {
            E::Issued => self.issued = true,
            E::Signed | E::SignedByAll if controller => self.controller_signed = true,
            E::Signed | E::SignedByAll => self.recipient_signed = true,
            E::Activated => (self.activated, self.confirmed) = (true, Some(today)),
            E::Confirmed => self.confirmed = Some(today),
            E::Suspended => self.stopped = true,
            E::Resumed => self.stopped = false,
            E::Expired | E::Revoked | E::Superseded | E::Withdrawn => self.ended = true,
            E::DestructionOrdered | E::Certified | E::Closed => assert!(self.ended, "{event} before the end"),
        }
    }
}

/// Numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn deed(&mut self) -> Deed {
        let document = if self.below(8) == 0 { OTHER_DOCUMENT } else { DOCUMENT };
        match self.below(20) {
            0..=3 => Deed::Sign { controller: self.below(2) == 0, document },
            4..=6 => Deed::Release(document),
            7 | 8 => Deed::Retry,
            9 | 10 => Deed::Wait(1 + self.below(250).cast_signed()),
            11 | 12 => Deed::Ask(E::Issued),
            13 | 14 => Deed::Ask(E::Activated),
            _ => Deed::Ask(E::ALL[usize::try_from(self.below(E::ALL.len() as u64)).unwrap()]),
        }
    }
}

struct Play<'a> {
    paper: AgreementPaper,
    model: Model,
    today: Date,
    terms: &'a GovernanceTerms,
    assured: &'a [AssurancePaper],
    before: Option<Deed>,
    released: u64,
}

fn codes() -> (OrganisationCode, OrganisationCode) {
    ("QZZ".parse().unwrap(), "0AB".parse().unwrap())
}

impl Play<'_> {
    fn ask(&mut self, event: E, about: &Particulars) {
        let controller = about.organisation.as_ref() == Some(&codes().0);
        let was = self.paper.state;
        let Ok(Some(entry)) = self.paper.decide(event, about, Asking { today: self.today, terms: self.terms }) else {
            return;
        };
        let event: E = entry.what.parse().unwrap();
        if matches!(event, E::Signed | E::SignedByAll) {
            assert!(self.model.issued && about.digest == Some(DOCUMENT), "signed what was not issued");
        }
        if event == E::Expired {
            assert!(self.today > TERM.to, "expired before its end");
        }
        self.paper.take(&entry).unwrap();
        self.model.note(event, self.today, controller);
        let possible = fairway_domain::governance::Machine::on(was, event);
        assert_eq!(possible, Some(self.paper.state), "{was} + {event}");
        // Asked once more, nothing comes of it.
        let again = self.paper.decide(event, about, Asking { today: self.today, terms: self.terms });
        assert!(!matches!(&again, Ok(Some(_))), "{event} twice: {again:?}");
    }

    fn play(&mut self, deed: Deed) {
        let (controller, recipient) = codes();
        let about = |by: &str, organisation: OrganisationCode| Particulars {
            by: by.into(),
            organisation: Some(organisation),
            note: "why".into(),
            ..Particulars::on(self.today)
        };
        match deed {
            Deed::Wait(days) => self.today = self.today.saturating_add(days.days()),
            Deed::Retry => {
                if let Some(before) = self.before {
                    self.play(before);
                }
            }
            Deed::Release(document) => {
                let standing = self.paper.standing(self.assured, self.terms);
                let reasons = standing.reasons(&document, self.today, self.terms);
                let may = self.model.may_release(document, self.today);
                assert_eq!(reasons.is_empty(), may, "{reasons:?} {:?}", self.model);
                self.released += u64::from(may);
            }
            Deed::Sign { controller: is_controller, document } => {
                let who = if is_controller { controller } else { recipient };
                let about = Particulars { digest: Some(document), ..about("Director", who) };
                self.ask(E::Signed, &about);
            }
            Deed::Ask(event @ (E::Certified | E::DestructionOrdered)) => {
                let about = AgreementPaper::certificate(about("Head of Data", recipient));
                self.ask(event, &about);
            }
            Deed::Ask(event) => {
                let about = about("Data Manager", controller);
                self.ask(event, &about);
            }
        }
        if deed != Deed::Retry {
            self.before = Some(deed);
        }
    }
}

fn assured(terms: &GovernanceTerms) -> Vec<AssurancePaper> {
    let shown = |code: OrganisationCode| {
        let mut paper = AssurancePaper::new(code);
        for subject in ["dsfc/signed", "dspt/standards-met"] {
            let about = Particulars {
                by: "Data Manager".into(),
                subject: subject.into(),
                until: Some(date(2040, 1, 1)),
                ..Particulars::on(date(2020, 1, 1))
            };
            let entry = paper.decide(&about, Asking { today: date(2026, 1, 1), terms }).unwrap().unwrap();
            paper.take(&entry).unwrap();
        }
        paper
    };
    let (controller, recipient) = codes();
    vec![shown(controller), shown(recipient)]
}

#[test]
fn nothing_is_released_outside_an_agreement_in_force_whatever_order_things_happen_in() {
    let terms = GovernanceTerms::published().unwrap();
    let assured = assured(&terms);
    let (controller, recipient) = codes();
    let history = AgreementPaper::registered(DOCUMENT, TERM, (&[controller], &recipient), "Data Manager");
    let fresh = AgreementPaper::read("DARS-NIC-000001-A1B2C-v1.0", "Sample", &history).unwrap();
    let (mut reached, mut released) = (std::collections::BTreeSet::new(), 0);
    for seed in 0..SEQUENCES {
        let mut dice = Dice(seed);
        let mut play = Play {
            paper: fresh.clone(),
            model: Model::default(),
            today: date(2025, 11, 1),
            terms: &terms,
            assured: &assured,
            before: None,
            released: 0,
        };
        let deeds: Vec<Deed> = (0..dice.below(LONGEST) + 4).map(|_| dice.deed()).collect();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            deeds.iter().for_each(|deed| play.play(*deed));
        }));
        assert!(outcome.is_ok(), "sequence {seed}: {deeds:?}");
        reached.insert(play.paper.state);
        released += play.released;
    }
    assert_eq!(reached.len(), AgreementState::ALL.len(), "some states were never reached: {reached:?}");
    assert!(released > 1_000, "only {released} releases were permitted");
}
