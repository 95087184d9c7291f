use super::*;

#[test]
fn the_whole_tables_of_states_are_as_agreed() {
    let tables = [
        ("Direction", table::<DirectionState>()),
        ("Notice", table::<NoticeState>()),
        ("Notice at one organisation", table::<ServedState>()),
        ("Application", table::<ApplicationStage>()),
        ("Agreement", table::<AgreementState>()),
        ("Release", table::<ReleaseLife>()),
    ];
    let text: Vec<String> = tables.iter().map(|(name, table)| format!("{name}\n{table}")).collect();
    insta::assert_snapshot!(text.join("\n"));
}

/// Every state can be reached from the first, and from every state there is a way to one where nothing more happens.
fn has_neither_islands_nor_traps<M: Machine + fmt::Debug>() {
    let next = |state: M| M::EVENTS.iter().filter_map(move |event| state.on(*event));
    let reach = |from: M| {
        let mut seen = vec![from];
        let mut at = 0;
        while let Some(state) = seen.get(at).copied() {
            at += 1;
            for found in next(state) {
                if !seen.contains(&found) {
                    seen.push(found);
                }
            }
        }
        seen
    };
    let all = reach(M::STATES[0]);
    assert!(M::STATES.iter().all(|state| all.contains(state)), "{all:?}");
    for state in M::STATES {
        assert!(reach(*state).iter().any(|end| end.is_over()), "{state} never ends");
    }
}

#[test]
fn every_state_can_be_reached_and_left() {
    has_neither_islands_nor_traps::<DirectionState>();
    has_neither_islands_nor_traps::<NoticeState>();
    has_neither_islands_nor_traps::<ServedState>();
    has_neither_islands_nor_traps::<ApplicationStage>();
    has_neither_islands_nor_traps::<AgreementState>();
    has_neither_islands_nor_traps::<ReleaseLife>();
}

#[test]
fn every_word_reads_back() {
    assert!(AgreementState::ALL.iter().all(|state| state.as_str().parse() == Ok(*state)));
    assert!(AgreementEvent::ALL.iter().all(|event| event.as_str().parse() == Ok(*event)));
    assert!("lost".parse::<AgreementState>().is_err());
}

#[test]
fn an_agreement_that_ended_never_comes_into_force_again() {
    use AgreementState as S;
    let ended = [S::Expired, S::Revoked, S::DestructionDue, S::Certified, S::Closed];
    for state in ended {
        let next: Vec<S> = AgreementEvent::ALL.iter().filter_map(|event| state.on(*event)).collect();
        assert!(next.iter().all(|next| ended.contains(next)), "{state}: {next:?}");
    }
}

#[test]
fn the_pictures_for_reading_are_the_machines() {
    let pictures = [
        ("Direction", picture::<DirectionState>()),
        ("Data provision notice", picture::<NoticeState>()),
        ("A notice at one organisation", picture::<ServedState>()),
        ("Application to the data access request service", picture::<ApplicationStage>()),
        ("Data sharing agreement", picture::<AgreementState>()),
        ("Release", picture::<ReleaseLife>()),
    ];
    let parts: Vec<String> =
        pictures.iter().map(|(name, picture)| format!("## {name}\n\n```mermaid\n{picture}```\n")).collect();
    let head = "# States\n\nWhat each paper goes through. Printed from the machines themselves \
                (`fairway-domain::governance`) by their tests with FAIRWAY_BLESS=1; what is not drawn cannot happen.\n\n";
    let due = format!("{head}{}", parts.join("\n"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/states.md");
    if std::env::var_os("FAIRWAY_BLESS").is_some() {
        std::fs::write(path, &due).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == due, "docs/guide/states.md is not the machines: run with FAIRWAY_BLESS=1 and read what changed");
}
