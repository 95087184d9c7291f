use super::Plot;
use super::package::{CARER_PAYMENT, Package, RESPITE, SITTING, UNIVERSAL};
use crate::chance::plus;
use crate::template::{assessment, method, outcome, review, route};

const SUPPORT: &[(&Package, u32)] = &[(&CARER_PAYMENT, 42), (&RESPITE, 20), (&SITTING, 16), (&UNIVERSAL, 22)];

pub(super) fn tell(plot: &mut Plot) {
    let package: &'static Package = plot.chance.weighted(SUPPORT).copied().unwrap_or(&CARER_PAYMENT);
    match plot.chance.within(0, 99) {
        0..20 => is_told(plot),
        20..65 => arrives(plot, package),
        _ => goes_on(plot, package),
    }
}

/// Asks and is told where to turn.
fn is_told(plot: &mut Plot) {
    let day = plot.some_day();
    plot.request(day, route::COMMUNITY, outcome::ADVICE);
}

/// Asks, is assessed, alone or with the person cared for, and gets support.
fn arrives(plot: &mut Plot, package: &'static Package) {
    let day = plot.some_day();
    let Some(asked) = plot.request(day, route::COMMUNITY, outcome::ASSESSMENT) else { return };
    let start = plus(asked, plot.chance.within(0, 25));
    let with = if plot.chance.happens(400) { method::BOTH } else { method::CARER };
    let refused = plot.chance.happens(250);
    let after = if refused { outcome::ADVICE } else { outcome::SUPPORT };
    let Some(assessed) = plot.assess(start, assessment::LONG, with, after) else { return };
    if !refused {
        let begins = plus(assessed, plot.chance.within(0, 20));
        plot.serve(package, begins, None);
    }
}

/// Has had support for long; it is reviewed.
fn goes_on(plot: &mut Plot, package: &'static Package) {
    let begun = plus(plot.period.start, -plot.chance.within(1, 1400));
    plot.serve(package, begun, None);
    if plot.chance.happens(800) {
        let day = plot.some_day();
        let with = if plot.chance.happens(400) { method::BOTH } else { method::CARER };
        plot.review(day, review::PLANNED, with, outcome::NO_CHANGE);
    }
}
