use jiff::civil::Date;

use super::Plot;
use super::package::{
    DAY, DIRECT_PAYMENT, DIRECT_PAYMENT_FOUR_WEEKLY, EMERGENCY, EQUIPMENT, EXTRA_CARE, HOME_SUPPORT, MEALS, NURSING,
    PRISON, Package, REABLEMENT, RESIDENTIAL, SHARED_LIVES, SHORT_NURSING, SHORT_STAY, SOCIAL_WORKER, SUPPORTED_LIVING,
    TRANSPORT,
};
use crate::chance::{age, plus};
use crate::template::{Word, assessment, method, outcome, review, route};

type Choice = (&'static Package, u32);

const OLD: &[Choice] = &[
    (&HOME_SUPPORT, 40),
    (&RESIDENTIAL, 22),
    (&NURSING, 11),
    (&DIRECT_PAYMENT, 8),
    (&DIRECT_PAYMENT_FOUR_WEEKLY, 3),
    (&EXTRA_CARE, 8),
    (&DAY, 5),
    (&SOCIAL_WORKER, 3),
];
const YOUNG: &[Choice] = &[
    (&SUPPORTED_LIVING, 26),
    (&DIRECT_PAYMENT, 20),
    (&DIRECT_PAYMENT_FOUR_WEEKLY, 8),
    (&HOME_SUPPORT, 16),
    (&RESIDENTIAL, 9),
    (&NURSING, 2),
    (&SHARED_LIVES, 4),
    (&DAY, 10),
    (&SOCIAL_WORKER, 5),
    (&PRISON, 1),
];
const BESIDE: &[Choice] = &[(&DAY, 40), (&TRANSPORT, 25), (&MEALS, 15), (&SOCIAL_WORKER, 20)];
const SHORT: &[Choice] = &[(&SHORT_STAY, 60), (&SHORT_NURSING, 20), (&EMERGENCY, 20)];

/// Why support is not given. Nothing follows.
const REFUSED: &[(Word, u32)] = &[
    (outcome::ADVICE, 55),
    (outcome::DECLINED, 15),
    (outcome::SELF_FUNDED, 15),
    (outcome::NOT_OFFERED, 10),
    (outcome::NHS, 5),
];
/// Why support ends while the person lives. Nothing follows.
const ENDED: &[(Word, u32)] =
    &[(outcome::ENDED_OTHER, 40), (outcome::MOVED, 25), (outcome::SELF_FUNDED, 20), (outcome::NHS, 15)];
const ROUTES: &[(Word, u32)] = &[
    (route::COMMUNITY, 76),
    (route::DIVERSION, 8),
    (route::SELF_FUNDER, 8),
    (route::PLANNED, 2),
    (route::DISCHARGE, 6),
];

pub(super) fn tell(plot: &mut Plot) {
    match plot.chance.within(0, 99) {
        0..9 => asks(plot),
        9..31 => arrives(plot),
        31..83 => goes_on(plot),
        83..96 => leaves_hospital(plot),
        _ => needs_little(plot),
    }
}

/// Asks, and is told where else to turn: at once, or after an assessment.
fn asks(plot: &mut Plot) {
    let day = plot.some_day();
    let refusal = plot.chance.weighted(REFUSED).copied().unwrap_or(outcome::ADVICE);
    let route = some_route(plot);
    if plot.chance.happens(550) {
        plot.request(day, route, refusal);
    } else if let Some(done) = plot.request(day, route, outcome::ASSESSMENT) {
        let start = plus(done, plot.chance.within(0, 25));
        let method = method_of(plot);
        plot.assess(start, assessment::LONG, method, refusal);
    }
}

/// Asks, is assessed and gets support that goes on.
fn arrives(plot: &mut Plot) {
    let day = plot.some_day();
    let route = some_route(plot);
    let Some(asked) = plot.request(day, route, outcome::ASSESSMENT) else { return };
    let start = plus(asked, plot.chance.within(0, 25));
    let method = method_of(plot);
    let Some(assessed) = plot.assess(start, assessment::LONG, method, outcome::SUPPORT) else { return };
    if plot.chance.happens(350) {
        plot.assess_means(plus(start, 3));
    }
    let begins = plus(assessed, plot.chance.within(0, 21));
    let main = settle(plot, begins, None);
    beside(plot, main, begins, None);
    if plot.chance.happens(600) {
        let start = plus(begins, plot.chance.within(28, 70));
        plot.review(start, review::PLANNED, method, outcome::NO_CHANGE);
    }
}

/// Has had support for long; it is reviewed, changed or ended.
fn goes_on(plot: &mut Plot) {
    let before = if plot.chance.happens(550) { 900 } else { 3200 };
    let begun = plus(plot.period.start, -plot.chance.within(1, before));
    match plot.chance.within(0, 99) {
        0..9 => ends(plot, begun),
        9..24 => changes(plot, begun),
        _ => stays(plot, begun),
    }
}

fn stays(plot: &mut Plot, begun: Date) {
    let main = settle(plot, begun, None);
    beside(plot, main, begun, None);
    let method = method_of(plot);
    if plot.chance.happens(900) {
        let day = plot.some_day();
        plot.review(day, review::PLANNED, method, outcome::NO_CHANGE);
    }
    if plot.chance.happens(400) {
        let day = plot.some_day();
        let reason = unplanned(plot);
        plot.review(day, reason, method, outcome::NO_CHANGE);
    }
    if plot.chance.happens(350) {
        let day = plot.some_day();
        plot.assess_means(day);
    }
    if plot.chance.happens(350) {
        asks_again(plot, method);
    }
    if plot.chance.happens(150) {
        short_stay(plot);
    }
}

/// Asks for more while supported, is assessed again and goes on as before.
fn asks_again(plot: &mut Plot, method: Word) {
    let day = plot.some_day();
    let route = some_route(plot);
    if let Some(asked) = plot.request(day, route, outcome::ASSESSMENT) {
        let start = plus(asked, plot.chance.within(0, 20));
        plot.assess(start, assessment::LONG, method, outcome::NO_CHANGE);
    }
}

fn changes(plot: &mut Plot, begun: Date) {
    let day = plot.some_day();
    let method = method_of(plot);
    let reason = if plot.chance.happens(500) { review::PLANNED } else { unplanned(plot) };
    let Some(reviewed) = plot.review(day, reason, method, outcome::SUPPORT) else { return stays(plot, begun) };
    let over = plus(reviewed, plot.chance.within(0, 14));
    let package = main_package(plot);
    plot.serve(package, begun, Some((over, outcome::GOES_ON)));
    settle(plot, plus(over, 1), Some(package));
}

fn ends(plot: &mut Plot, begun: Date) {
    let day = plot.some_day();
    let why = plot.chance.weighted(ENDED).copied().unwrap_or(outcome::ENDED_OTHER);
    let main = main_package(plot);
    plot.home = main.home;
    plot.serve(main, begun, Some((day, why)));
    if plot.chance.happens(500) {
        let method = method_of(plot);
        let start = plus(day, -plot.chance.within(25, 120));
        plot.review(start, review::PLANNED, method, outcome::NO_CHANGE);
    }
}

/// Leaves hospital with reablement, which is reviewed, and then needs support or does not.
fn leaves_hospital(plot: &mut Plot) {
    let day = plot.some_day();
    plot.discharged = Some(day.max(plot.of_age));
    let Some(asked) = plot.request(day, route::DISCHARGE, outcome::REABLEMENT) else { return };
    let begins = plus(asked, plot.chance.within(0, 3));
    let over = plus(begins, plot.chance.within(10, 42));
    let needs_more = plot.chance.happens(400);
    let after = if needs_more { outcome::SUPPORT } else { outcome::AS_PLANNED };
    plot.serve(&REABLEMENT, begins, Some((over, after)));
    let method = method_of(plot);
    let Some(reviewed) = plot.review(plus(over, -25).max(begins), review::SHORT_TERM, method, after) else { return };
    if needs_more {
        let start = plus(over.max(reviewed), 1);
        let main = settle(plot, start, None);
        beside(plot, main, start, None);
    }
}

/// Gets equipment, or help for a while.
fn needs_little(plot: &mut Plot) {
    let day = plot.some_day();
    let route = some_route(plot);
    let Some(asked) = plot.request(day, route, outcome::SUPPORT) else { return };
    let start = plus(asked, plot.chance.within(1, 20));
    if plot.chance.happens(700) {
        plot.serve(&EQUIPMENT, start, Some((start, outcome::AS_PLANNED)));
    } else {
        let package = plot.chance.weighted(SHORT).copied().unwrap_or(&SHORT_STAY);
        let over = plus(start, plot.chance.within(5, 40));
        plot.serve(package, start, Some((over, outcome::AS_PLANNED)));
    }
}

/// A stay elsewhere while the main support goes on.
fn short_stay(plot: &mut Plot) {
    let day = plot.some_day();
    let over = plus(day, plot.chance.within(6, 20));
    plot.serve(&SHORT_STAY, day, Some((over, outcome::GOES_ON)));
}

/// Begins the main support, of another kind than `other_than`, and has the client live where it is given.
fn settle(plot: &mut Plot, start: Date, other_than: Option<&'static Package>) -> &'static Package {
    let mut package = main_package(plot);
    while other_than.is_some_and(|other| std::ptr::eq(other, package)) {
        package = main_package(plot);
    }
    if start <= plot.last() {
        plot.home = package.home;
    }
    plot.serve(package, start, None);
    package
}

/// Other community services beside a main one.
fn beside(plot: &mut Plot, main: &'static Package, start: Date, end: Option<(Date, Word)>) {
    let mut given = vec![main];
    while main.kind == HOME_SUPPORT.kind && given.len() < 4 && plot.chance.happens(600) {
        let other = plot.chance.weighted(BESIDE).copied().unwrap_or(&DAY);
        if !given.iter().any(|known| std::ptr::eq(*known, other)) {
            let start = plus(start, plot.chance.within(0, 200));
            plot.serve(other, start, end);
            given.push(other);
        }
    }
}

fn main_package(plot: &mut Plot) -> &'static Package {
    let young = age(plot.birth, plot.period.start) < 65;
    let choices = if young { YOUNG } else { OLD };
    plot.chance.weighted(choices).copied().unwrap_or(&HOME_SUPPORT)
}

fn some_route(plot: &mut Plot) -> Word {
    plot.chance.weighted(ROUTES).copied().unwrap_or(route::COMMUNITY)
}

fn unplanned(plot: &mut Plot) -> Word {
    let reasons = [(review::HOSPITAL, 35), (review::OTHER, 40), (review::CARER, 15), (review::SAFEGUARDING, 10)];
    plot.chance.weighted(&reasons).copied().unwrap_or(review::OTHER)
}

fn method_of(plot: &mut Plot) -> Word {
    if plot.chance.happens(250) { method::BOTH } else { method::USER }
}
