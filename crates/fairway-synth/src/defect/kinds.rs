use super::wrong::{
    another_number, blanked, day_of, earlier_day, filled_date, later_day, other_case, other_release, published_example,
    repeated, same_before, sometimes_blank, with_cell, without_check,
};
use super::{Changes, Kind, Scene};
use crate::chance::{Chance, plus};
use crate::submission::says_deceased;
use crate::template::{Cell, Word, component, event, frequency, outcome, route, service, words_of};

/// Every way to spoil a record.
pub(crate) const KINDS: &[Kind] = &[
    kind("nhs_number_check_digit", "format", "nhs-number-check-digit", without_check),
    kind("nhs_number_short", "format", "nhs-number-format", |s, _| {
        let number = s.row.get(Cell::NhsNumber);
        (number.len() == 10).then(|| with_cell(Cell::NhsNumber, &number[..9]))
    }),
    kind("nhs_number_placeholder", "format", "nhs-number-placeholder", |_, _| {
        Some(with_cell(Cell::NhsNumber, "0000000000"))
    }),
    kind("postcode_malformed", "format", "postcode-format", |_, chance| {
        Some(with_cell(Cell::Postcode, chance.any(&["LS1", "1LS 4AB", "UNKNOWN", "LS1 4A", "L$1 4AB"], "LS1")))
    }),
    kind("gp_code_malformed", "format", "gp-practice-format", |s, chance| {
        let code = s.row.get(Cell::PracticeCode);
        let wrong = if chance.happens(500) { code.get(1..)?.to_owned() } else { format!("{code}X") };
        (!code.is_empty()).then(|| with_cell(Cell::PracticeCode, &wrong))
    }),
    kind("cqc_id_malformed", "format", "cqc-location-format", |s, _| {
        let id = s.row.get(Cell::ProviderId).strip_prefix("1-")?;
        Some(with_cell(Cell::ProviderId, id))
    }),
    kind("code_not_in_list", "list", "value-not-in-list", |s, chance| {
        let cell = chance.any(
            &[Cell::Gender, Cell::Ethnicity, Cell::Accommodation, Cell::HasCarer, Cell::EventOutcome],
            Cell::Gender,
        );
        let wrong = chance.any(&["M", "Not known", "ZZZ", "Other (see notes)"], "ZZZ");
        (!s.row.get(cell).is_empty()).then(|| with_cell(cell, wrong))
    }),
    kind("code_capitals", "list", "value-capitals", other_case),
    kind("value_of_other_release", "release", "value-of-earlier-release", other_release),
    kind("date_iso", "date", "date-format", |s, chance| {
        let (cell, day) = filled_date(s, chance)?;
        Some(with_cell(cell, &day.to_string()))
    }),
    kind("date_two_digit_year", "date", "date-format", |s, chance| {
        let (cell, _) = filled_date(s, chance)?;
        let text = s.row.get(cell);
        Some(with_cell(cell, &format!("{}{}", text.get(..6)?, text.get(8..)?)))
    }),
    kind("date_with_time", "date", "date-format", |s, chance| {
        let (cell, _) = filled_date(s, chance)?;
        Some(with_cell(cell, &format!("{} 00:00:00", s.row.get(cell))))
    }),
    kind("date_impossible", "date", "date-impossible", |s, chance| {
        let (cell, _) = filled_date(s, chance)?;
        let day = chance.any(&["30/02/", "31/04/", "29/02/", "12/13/"], "30/02/");
        let year = if day == "29/02/" { "2023" } else { s.row.get(cell).get(6..)? };
        Some(with_cell(cell, &format!("{day}{year}")))
    }),
    kind("end_before_start", "order", "event-end-before-start", |s, chance| {
        let start = day_of(s.row, Cell::EventStart).filter(|start| *start > plus(s.period.start, 40))?;
        let alive = s.row.get(Cell::Death).is_empty() && !s.row.get(Cell::EventEnd).is_empty();
        alive.then(|| earlier_day(Cell::EventEnd, start, chance.within(1, 30)))
    }),
    kind("end_after_period", "order", "event-end-after-period", |s, chance| {
        let closed = !is(s, Cell::EventType, event::SERVICE) && !s.row.get(Cell::EventEnd).is_empty();
        let alive = s.row.get(Cell::Death).is_empty();
        (closed && alive).then(|| later_day(Cell::EventEnd, s.period.end, chance.within(1, 20)))
    }),
    kind("start_after_period", "order", "event-start-after-period", |s, chance| {
        let open = is(s, Cell::EventType, event::SERVICE) && s.row.get(Cell::EventEnd).is_empty();
        open.then(|| later_day(Cell::EventStart, s.period.end, chance.within(1, 20)))
    }),
    kind("birth_after_period", "order", "birth-after-period", |s, chance| {
        Some(later_day(Cell::Birth, s.period.end, chance.within(1, 300)))
    }),
    kind("start_before_birth", "order", "event-start-before-birth", |s, chance| {
        let birth = day_of(s.row, Cell::Birth).filter(|_| !s.row.get(Cell::EventStart).is_empty())?;
        Some(earlier_day(Cell::EventStart, birth, chance.within(1, 900)))
    }),
    kind("birth_placeholder", "person", "birth-placeholder", |_, _| Some(with_cell(Cell::Birth, "01/01/1900"))),
    kind("age_too_great", "person", "age-115-or-over", |s, chance| {
        let year = s.period.end.year() - 116 - chance.within(0, 8) as i16;
        Some(with_cell(Cell::Birth, &format!("14/06/{year}")))
    }),
    kind("identity_blank", "person", "person-unidentified", |s, _| {
        let both = [Cell::NhsNumber, Cell::LaPerson];
        both.iter().all(|cell| !s.row.get(*cell).is_empty()).then(|| both.map(|cell| (cell, String::new())).to_vec())
    }),
    kind("mandatory_blank", "requirement", "mandatory-blank", |s, chance| {
        let cells = [
            Cell::Gender,
            Cell::Ethnicity,
            Cell::Birth,
            Cell::Postcode,
            Cell::Accommodation,
            Cell::HasCarer,
            Cell::EventStart,
        ];
        blanked(s, chance.any(&cells, Cell::Gender))
    }),
    kind("conditional_blank", "requirement", "mandatory-blank", sometimes_blank),
    kind("service_type_on_request", "applicability", "not-applicable-filled", |s, _| {
        let text = service::COMMUNITY.text(s.row.edition);
        is(s, Cell::EventType, event::REQUEST).then(|| with_cell(Cell::ServiceType, text))
    }),
    kind("route_on_service", "applicability", "not-applicable-filled", |s, _| {
        let text = route::COMMUNITY.text(s.row.edition);
        is(s, Cell::EventType, event::SERVICE).then(|| with_cell(Cell::Route, text))
    }),
    kind("null_literal", "text", "null-literal", |_, chance| {
        Some(with_cell(chance.any(&[Cell::PracticeCode, Cell::PracticeName], Cell::PracticeName), "NULL"))
    }),
    kind("text_too_long", "text", "text-too-long", |s, _| {
        (!s.row.get(Cell::EventReference).is_empty()).then(|| with_cell(Cell::EventReference, &"R0".repeat(60)))
    }),
    kind("nhs_number_in_text", "text", "description-holds-nhs-number", |s, _| {
        let number = s.row.get(Cell::NhsNumber);
        let fits = number.len() == 10 && !s.row.get(Cell::EventType).is_empty();
        fits.then(|| with_cell(Cell::EventDescription, &format!("Discussed, see NHS no. {number}")))
    }),
    kind("cost_not_number", "number", "decimal-format", |s, chance| {
        let wrong = chance.any(&["GBP 12.50", "1,200.00", "n/a", "12.5.0"], "n/a");
        (!s.row.get(Cell::UnitCost).is_empty()).then(|| with_cell(Cell::UnitCost, wrong))
    }),
    kind("cost_negative", "number", "cost-not-positive", |s, _| {
        let cost = s.row.get(Cell::UnitCost);
        (!cost.is_empty()).then(|| with_cell(Cell::UnitCost, &format!("-{cost}")))
    }),
    kind("adults_not_number", "number", "integer-format", |s, _| {
        (!s.row.get(Cell::AdultsCaredFor).is_empty()).then(|| with_cell(Cell::AdultsCaredFor, "one"))
    }),
    kind("units_over_168", "number", "units-over-168", |s, chance| {
        let hours = is(s, Cell::CostFrequency, frequency::HOURLY) && !s.row.get(Cell::PlannedUnits).is_empty();
        hours.then(|| with_cell(Cell::PlannedUnits, &format!("{}.00", chance.within(169, 400))))
    }),
    kind("deceased_without_death", "consistency", "deceased-without-death", |s, _| {
        says_deceased(s.row).then(|| with_cell(Cell::Death, ""))
    }),
    kind("death_without_deceased", "consistency", "death-without-deceased", |s, _| {
        let service = is(s, Cell::EventType, event::SERVICE) && says_deceased(s.row);
        service.then(|| with_cell(Cell::EventOutcome, outcome::ENDED_OTHER.text(s.row.edition)))
    }),
    kind("open_service_outcome", "consistency", "open-service-outcome", |s, _| {
        let open = is(s, Cell::EventType, event::SERVICE) && s.row.get(Cell::EventEnd).is_empty();
        open.then(|| with_cell(Cell::EventOutcome, outcome::MOVED.text(s.row.edition)))
    }),
    kind("carer_component_for_user", "consistency", "carer-component", |s, _| {
        let long = is(s, Cell::ServiceType, service::COMMUNITY) && !s.row.get(Cell::UnitCost).is_empty();
        long.then(|| with_cell(Cell::ServiceComponent, component::SITTING.text(s.row.edition)))
    }),
    kind("long_component_for_short", "consistency", "long-term-component", |s, _| {
        let short = is(s, Cell::ServiceType, service::SHORT) || is(s, Cell::ServiceType, service::LOW_LEVEL);
        short.then(|| with_cell(Cell::ServiceComponent, component::NURSING.text(s.row.edition)))
    }),
    kind("linked_to_self", "consistency", "linked-person-1-is-self", |s, _| {
        let own = s.row.get(Cell::LaPerson);
        (!s.row.get(Cell::Adult1).is_empty()).then(|| with_cell(Cell::Adult1, own))
    }),
    kind("linked_second_without_first", "consistency", "linked-person-2-without-1", |s, _| {
        let alone = !s.row.get(Cell::Adult1).is_empty() && s.row.get(Cell::Adult2).is_empty();
        alone.then(|| vec![(Cell::Adult1, String::new()), (Cell::Adult2, s.row.get(Cell::Adult1).to_owned())])
    }),
    kind("adults_too_few", "consistency", "adults-cared-for-too-few", |s, _| {
        (!s.row.get(Cell::Adult1).is_empty()).then(|| with_cell(Cell::AdultsCaredFor, "0"))
    }),
    kind("linked_not_in_file", "dataset", "linked-person-not-in-file", |s, chance| {
        let absent = format!("L{}", chance.within(1_000_000, 9_999_999));
        (!s.row.get(Cell::Adult1).is_empty()).then(|| with_cell(Cell::Adult1, &absent))
    }),
    kind("event_reference_repeated", "dataset", "event-reference-repeated", |s, _| {
        let before = s.previous.get(Cell::EventReference);
        let both = !before.is_empty() && !s.row.get(Cell::EventReference).is_empty();
        both.then(|| with_cell(Cell::EventReference, before))
    }),
    kind("record_repeated", "dataset", "record-identical", |s, _| repeated(s)),
    kind("person_two_births", "person", "person-two-births", |s, chance| {
        let birth = same_before(s, Cell::Birth).and_then(|()| day_of(s.row, Cell::Birth))?;
        Some(earlier_day(Cell::Birth, birth, chance.within(1, 300)))
    }),
    kind("person_two_nhs_numbers", "person", "person-two-nhs-numbers", |s, chance| {
        same_before(s, Cell::NhsNumber)?;
        another_number(s.row.get(Cell::NhsNumber), chance).map(|number| with_cell(Cell::NhsNumber, &number))
    }),
    kind("person_two_genders", "person", "person-two-genders", |s, _| {
        same_before(s, Cell::Gender)?;
        let words = words_of(Cell::Gender).iter().map(|word| word.text(s.row.edition));
        let other = words.filter(|word| !word.is_empty()).find(|word| *word != s.row.get(Cell::Gender))?;
        Some(with_cell(Cell::Gender, other))
    }),
    kind("nhs_number_of_example", "person", "nhs-number-placeholder", published_example),
];

const fn kind(
    name: &'static str,
    family: &'static str,
    rule: &'static str,
    spoil: fn(&Scene<'_>, &mut Chance) -> Option<Changes>,
) -> Kind {
    Kind { name, family, rule, spoil }
}

fn is(scene: &Scene<'_>, cell: Cell, word: Word) -> bool {
    scene.row.get(cell) == word.text(scene.row.edition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_breaks_a_rule_of_the_newest_release() {
        let newest = fairway_spec::newest("asc-cld").unwrap();
        let spec = fairway_spec::Spec::builtin(newest).unwrap();
        let lost: Vec<&str> =
            KINDS.iter().filter(|kind| spec.rule(kind.rule).is_none()).map(|kind| kind.name).collect();
        assert_eq!(lost, [""; 0]);
    }
}
