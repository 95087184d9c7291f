use std::fs;
use std::path::{Path, PathBuf};

use fairway_domain::TraceOutcome as O;
use fairway_trace::{
    Gender, IndexError, Mode, Parameters, Person, Query, Register, Requests, Tracer, trace_file, train_file,
};

use crate::support::{Files, date, number, sian, village};

/// The folder of an index of these files, with the folder that holds both.
fn built(files: &Files) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    files.write(dir.path());
    let index = dir.path().join("index");
    Register::build(dir.path(), &index).unwrap();
    (dir, index)
}

fn update(index: &Path, changes: &Files) -> Result<(), IndexError> {
    let dir = tempfile::tempdir().unwrap();
    changes.write(dir.path());
    Register::update(index, dir.path())
}

#[test]
fn an_index_answers_as_the_register_it_was_built_from() {
    let (_dir, index) = built(&village());
    let (mapped, read) = (Register::open(&index).unwrap(), village().read().unwrap());
    assert_eq!((mapped.len(), mapped.version()), (read.len(), read.version()));
    let told = |register: &Register| {
        let sian = register.by_number(number(1)).unwrap().unwrap();
        let replaced = register.by_superseded_number(number(12)).unwrap().unwrap().nhs_number();
        (sian.family_name().to_owned(), sian.address().map(str::to_owned), sian.postcode(), replaced)
    };
    assert_eq!(told(&mapped), told(&read));
}

#[test]
fn a_damaged_index_and_one_of_another_build_are_refused_with_the_reason() {
    let (_dir, index) = built(&village());
    let file = index.join("base.index");
    let whole = fs::read(&file).unwrap();
    let refused = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        Register::open(&index).unwrap_err().to_string()
    };
    let changed = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    assert!(refused(b"NHS number,name").contains("not the index"));
    assert!(refused(&changed(0)).contains("not the index"));
    assert!(refused(&changed(16)).contains("of build"));
    assert!(refused(&changed(70)).contains("damaged (the header"));
    assert!(refused(&whole[..whole.len() - 64]).contains("damaged (its length"));
    fs::write(&file, &whole).unwrap();
    assert_eq!(Register::open(&index).unwrap().len(), 5);
}

/// What a register says of the village's people, in every way there is.
fn told(index: &Path) -> Result<Vec<String>, IndexError> {
    let register = Register::open(index)?;
    let mut told = vec![format!("{} {}", register.len(), register.version())];
    let asked = |n: u32| Query { nhs_number: Some(number(n)), ..sian() };
    let little = Query { address_line1: "7 Mill Lane", given_name: "", date_of_birth: None, ..sian() };
    for query in [sian(), Query { given_name: "Sain", ..sian() }, Query { postcode: "CF10 1EP", ..asked(12) }, little] {
        for mode in [Mode::Fairway, Mode::Mps] {
            let answer = Tracer::new(&register, mode, Parameters::default()).trace(&query)?;
            told.push(format!("{answer:?} {} {}", answer.score, answer.margin));
            told.extend(answer.matched.map(of));
        }
        told.extend(tracer(&register).candidates(&query)?.into_iter().map(|candidate| of(candidate.person)));
    }
    for n in [1, 4, 11, 12] {
        told.extend(register.by_number(number(n))?.map(of));
        told.extend(register.by_superseded_number(number(n))?.map(of));
    }
    Ok(told)
}

/// All that is held of a person.
fn of(person: Person<'_>) -> String {
    let names = [person.given_name(), person.other_given_names(), person.family_name(), person.gp_practice()];
    let days = [person.date_of_birth(), person.date_of_death()].map(|day| day.map(|day| day.digits()));
    let before: Vec<_> = person.earlier_family_names().map(str::to_owned).chain(person.earlier_postcodes()).collect();
    let place = (person.address(), person.postcode());
    format!("{} {names:?} {days:?} {before:?} {place:?}", person.nhs_number().as_str())
}

/// Whatever is damaged, an answer is the right one or there is none, and who verifies is told.
#[test]
fn a_changed_byte_anywhere_never_gives_a_wrong_answer() {
    let (_dir, index) = built(&village());
    let file = index.join("base.index");
    let mut bytes = fs::read(&file).unwrap();
    let right = told(&index).unwrap();
    let mut refused = 0;
    // Most of a small index counts birthdays and words, where nearly all is nought: there one byte in a thousand.
    let places = (0..bytes.len()).filter(|at| bytes[*at] != 0 || at % 997 == 0).collect::<Vec<_>>();
    for &at in &places {
        bytes[at] ^= 1 << (at % 8);
        fs::write(&file, &bytes).unwrap();
        match told(&index) {
            Ok(told) => assert_eq!(told, right, "byte {at}"),
            Err(error) => {
                refused += 1;
                assert!(["damaged", "not the index", "of build"].iter().any(|why| error.to_string().contains(why)));
            }
        }
        let verified = Register::open(&index).and_then(|register| register.verify());
        let is_padding = at >= bytes.len() - 64;
        assert!(verified.is_err() || is_padding, "byte {at} of {}", bytes.len());
        bytes[at] ^= 1 << (at % 8);
    }
    assert!(refused > places.len() / 2, "{refused} of {}", places.len());
}

#[test]
fn once_something_damaged_was_read_nothing_more_is_answered() {
    let (_dir, index) = built(&village());
    let file = index.join("base.index");
    let mut bytes = fs::read(&file).unwrap();
    // The second section, of what an answer says: behind the first five people.
    bytes[1024] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let register = Register::open(&index).unwrap();
    assert!(register.verify().unwrap_err().to_string().contains("damaged (a block's checksum)"));
    assert!(tracer(&register).trace(&Query::default()).is_err());
    let requests = Requests::new("family_name,given_name\na,b\n".as_bytes()).unwrap();
    let refused = trace_file(&tracer(&register), requests, &mut Vec::new(), 2).unwrap_err();
    assert!(refused.to_string().contains("damaged"));
}

#[test]
fn an_update_changes_adds_and_takes_out_without_building_again() {
    let (_dir, index) = built(&village());
    let changes = Files::new()
        .person(1, "SIAN,MAIR,EVANS,2,19450312,,1 NEW STREET,,,NG23 5SX,C84001,")
        .person(6, "TOM,,NEW,1,19800101,,,,,LE15 6AA,C82001,")
        .earlier(1, "family_name", "JONES")
        .replaced(2, 6);
    update(&index, &changes).unwrap();
    let register = Register::open(&index).unwrap();
    assert_eq!(register.len(), 5, "one new, one superseded");
    let sian = register.by_number(number(1)).unwrap().unwrap();
    assert_eq!((sian.family_name(), sian.earlier_family_names().collect::<Vec<_>>()), ("EVANS", vec!["JONES"]));
    assert!(register.by_number(number(2)).unwrap().is_none());
    assert_eq!(register.by_superseded_number(number(2)).unwrap().unwrap().nhs_number(), number(6));
    assert_eq!(register.by_superseded_number(number(12)).unwrap().unwrap().family_name(), "EVANS");
    let wrong = update(&index, &Files::new().replaced(20, 99)).unwrap_err().to_string();
    assert!(wrong.contains("superseded.csv, record 1"), "{wrong}");
}

fn tracer(register: &Register) -> Tracer<'_> {
    Tracer::new(register, Mode::Fairway, Parameters::default())
}

/// The village and many others, so that chance agreement is as rare as in a register.
fn town() -> Files {
    (100..1_500).fold(village(), |files, n| {
        let (year, month, day) = (1930 + n % 70, 1 + n % 12, 1 + n % 28);
        let place = format!("NG{} {}AA", 1 + n % 20, n % 10);
        files.person(n, &format!("G{n},,F{n},{},{year}{month:02}{day:02},,,,,{place},,", 1 + n % 2))
    })
}

#[test]
fn a_blank_a_placeholder_or_a_shared_address_alone_never_matches() {
    let register = town().read().unwrap();
    let tracer = tracer(&register);
    assert_eq!(tracer.trace(&sian()).unwrap().outcome, O::Matched);
    for little in [
        Query::default(),
        Query { postcode: "LE15 6AA", ..Query::default() },
        Query { postcode: "ZZ99 3VZ", date_of_birth: date("19000101"), ..Query::default() },
        Query { given_name: "Baby of Sian", postcode: "LE15 6AA", gender: Gender::Female, ..Query::default() },
        Query { family_name: "Jones", postcode: "LE15 6AA", ..Query::default() },
        Query { given_name: "Twin One", date_of_birth: date("19000101"), ..sian() },
    ] {
        let answer = tracer.trace(&little).unwrap();
        assert!(!answer.outcome.is_found(), "{:?}", answer.outcome);
    }
}

#[test]
fn twins_whom_the_query_does_not_tell_apart_are_several() {
    let register = town().read().unwrap();
    let twin = Query {
        family_name: "O'Brien",
        gender: Gender::Male,
        date_of_birth: date("19620817"),
        postcode: "NG23 5SX",
        ..Query::default()
    };
    let answer = tracer(&register).trace(&twin).unwrap();
    assert_eq!((answer.outcome, answer.dbs_code, answer.mpt_code), (O::Multiple, 22, 97));
}

#[test]
fn the_answer_about_a_sensitive_person_does_not_depend_on_where_they_are() {
    let register = town().read().unwrap();
    let rose = |postcode| Query {
        family_name: "Hidden",
        given_name: "Rose",
        gender: Gender::Female,
        date_of_birth: date("19790601"),
        postcode,
        ..Query::default()
    };
    let tracer = tracer(&register);
    let told = |postcode| {
        let answer = tracer.trace(&rose(postcode)).unwrap();
        (
            answer.outcome,
            answer.mpt_code,
            format!("{:.9}", answer.score),
            answer.matched.map(|person| person.postcode()),
        )
    };
    assert_eq!(told("TR19 7AA"), told("TR17 1ZZ"), "nobody lives there");
    assert_eq!(told("TR19 7AA"), told("TR18 2AB"));
}

#[test]
fn a_batch_says_the_same_bytes_on_any_number_of_threads() {
    let register = town().read().unwrap();
    let tracer = tracer(&register);
    let mut requests = "query_id,family_name,given_name,date_of_birth,gender\n".to_owned();
    for n in 0..9_000 {
        let person = 100 + n % 1_600;
        let (year, month, day) = (1930 + person % 70, 1 + person % 12, 1 + person % 28);
        requests.push_str(&format!("Q{n},f{person},g{person},{year}{month:02}{day:02},{}\n", 1 + person % 2));
    }
    let answers = |threads| {
        let mut out = Vec::new();
        let requests = Requests::new(requests.as_bytes()).unwrap();
        let tally = trace_file(&tracer, requests, &mut out, threads).unwrap();
        (tally, out)
    };
    let one = answers(1);
    assert_eq!(one.0.requests, 9_000);
    assert!(one.0.found > 5_000, "{:?}", one.0);
    assert_eq!(one, answers(2));
    assert_eq!(one, answers(5));
}

#[test]
fn requests_that_are_none_are_refused_whole() {
    let refused = |text: &str| Requests::new(text.as_bytes()).err().map(|error| error.to_string());
    assert_eq!(refused("query_id,surname\n").unwrap(), "column 2 from the left is none of a request");
    assert_eq!(refused("postcode,postcode\n").unwrap(), "the column postcode is there twice");
    assert_eq!(refused("postcode\n"), None);
    let register = village().read().unwrap();
    let requests = Requests::new("family_name,given_name\na,b\nc\n".as_bytes()).unwrap();
    let fault = trace_file(&tracer(&register), requests, &mut Vec::new(), 2).unwrap_err();
    assert_eq!(fault.to_string(), "record 2 does not have the cells that the header has");
}

#[test]
fn a_decision_says_why() {
    let register = town().read().unwrap();
    let query = Query { given_name: "Sain", date_of_birth: date("19451203"), ..sian() };
    let decision = tracer(&register).decide(&query).unwrap();
    let candidates = tracer(&register).candidates(&query).unwrap();
    assert_eq!(candidates.len(), decision.candidates);
    assert!(candidates.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
    assert!((candidates[0].probability - decision.probability).abs() < 1e-12);
    let said: Vec<_> = candidates[0].reasons.iter().map(|reason| (reason.field, reason.how)).collect();
    assert_eq!(
        said,
        [
            ("given_name", "one slip"),
            ("family_name", "the same"),
            ("date_of_birth", "day and month exchanged"),
            ("gender", "the same"),
            ("postcode", "the same"),
        ]
    );
    assert!(candidates[0].reasons.iter().all(|reason| reason.bits > 0.0));
    assert_eq!(decision.best().unwrap().nhs_number(), number(1));
}

#[test]
fn the_published_algorithmic_step_needs_a_lead_of_five_points() {
    let register = town().read().unwrap();
    let mps = Tracer::new(&register, Mode::Mps, Parameters::default());
    let slip = Query { family_name: "Jnoes", given_name: "Tian", ..sian() };
    let answer = mps.trace(&slip).unwrap();
    assert_eq!((answer.outcome, answer.step.as_str()), (O::Matched, "algorithmic"));
    assert!(answer.score > 0.8 && answer.score < 1.0, "{}", answer.score);
    let twin = Query {
        family_name: "O'Brian",
        given_name: "Mar",
        gender: Gender::Male,
        date_of_birth: date("19620817"),
        postcode: "NG23 5SX",
        ..Query::default()
    };
    assert_eq!((mps.trace(&twin).unwrap().outcome, mps.trace(&twin).unwrap().mpt_code), (O::Multiple, 97));
}

#[test]
fn training_says_the_same_on_any_number_of_threads_and_learns_without_the_truth() {
    let register = town().read().unwrap();
    let mut requests = "family_name,given_name,date_of_birth,gender\n".to_owned();
    for n in 100..1_500 {
        let day = if n % 4 == 0 { 1 + n % 12 } else { 1 + n % 28 };
        let month = if n % 4 == 0 { 1 + n % 28 } else { 1 + n % 12 };
        if month <= 12 {
            requests.push_str(&format!("F{n},G{n},{}{month:02}{day:02},{}\n", 1930 + n % 70, 1 + n % 2));
        }
    }
    let learnt = |threads| {
        let requests = Requests::new(requests.as_bytes()).unwrap();
        train_file(&register, requests, "a test", threads).unwrap().to_text()
    };
    assert_eq!(learnt(1), learnt(3));
    let learnt: Parameters = Parameters::parse(&learnt(2)).unwrap();
    assert!(learnt.born[1] > 0.02, "one in ten has day and month exchanged, some of them equal: {}", learnt.born[1]);
}
