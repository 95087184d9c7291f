use std::fs;
use std::path::Path;

use jiff::civil::Date;

use crate::cast::Role;
use crate::chance::{Purpose, Streams, birthday, plus};
use crate::defect::Spoiling;
use crate::facts::Facts;
use crate::files::{RegisterFiles, Table, TruthFile};
use crate::health::HealthFiles;
use crate::known::{Known, Noise, World};
use crate::number::{Numbers, PERSONS_IN_RANGE};
use crate::options::{Progress, SynthError, SynthOptions, SynthReport, persons_needed};
use crate::person::{Period, Person};
use crate::population::{Founding, Population};
use crate::reference::Reference;
use crate::row::Row;
use crate::story::{self, Detail, Story};
use crate::submission::{Case, Letterhead, Numbering, providers};
use crate::template::Layout;

/// How many clients pass between two reports of progress.
const STEP: u64 = 1024;

/// Makes up people and writes about them into `options.out`:
///
/// * `submission.csv`: the council's file, in the columns of the release, lines ending in CR LF;
/// * `register.csv`, `history.csv`, `superseded.csv`: a demographics register of these people and as many others;
/// * `admitted_care.csv`, `emergency_care.csv`: admissions and emergency attendances of some of them, in the columns of the
///   specifications `admitted-care` and `emergency-care`;
/// * `truth.csv`: which record is which person, and in what the council's details differ from the register's;
/// * `defects.csv`: which cells were spoiled, how, and what stood there.
///
/// People pass one at a time; memory does not grow with their number.
///
/// # Errors
/// When an option makes no sense, a reference file is missing, or a file cannot be written.
pub fn generate(options: &SynthOptions, progress: &mut dyn FnMut(Progress)) -> Result<SynthReport, SynthError> {
    verify(options)?;
    let reference = Reference::load(&options.reference)?;
    generate_with(&reference, options, progress)
}

/// As [`generate`], with reference data read before: `options.reference` is not looked at.
///
/// # Errors
/// As [`generate`].
pub fn generate_with(
    reference: &Reference,
    options: &SynthOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<SynthReport, SynthError> {
    let period = verify(options)?;
    if !fairway_spec::builtin().contains(&options.release) {
        return Err(SynthError::Release(options.release.to_string()));
    }
    let spec = fairway_spec::Spec::builtin(&options.release).map_err(|error| SynthError::Spec(Box::new(error)))?;
    let layout = Layout::of(&spec)?;
    let numbers = Numbers::new();
    let mut notes = Vec::new();
    let first = first_person(reference, options, &mut notes)?;
    let founding = Founding { seed: options.seed, first, people: options.people, period };
    let (_, council) = reference.places.council(&options.organisation)?;
    let own = Population::new(reference, &numbers, council, &founding);
    if !own.own_postcodes {
        notes.push(format!(
            "the postcode sample has too few homes in {}: addresses are drawn from all of England",
            council.name
        ));
    }
    let shared = shared_population(reference, &numbers, options, &founding)?;
    let streams = Streams::named(options.seed, &council.code);
    let letterhead = Letterhead {
        council: council.code.clone(),
        period,
        numbering: Numbering::new(&streams),
        providers: providers(&streams),
    };
    let noise = Noise { unknown_numbers: options.unknown_nhs_numbers, details: options.register_noise };
    let run = Run { reference, own, shared, streams, letterhead, layout, noise };
    let mut report = run.write(options, progress)?;
    report.first_person = first;
    report.next_person = first + persons_needed(options.people);
    report.notes = notes;
    Ok(report)
}

/// Judges the options and gives the period.
fn verify(options: &SynthOptions) -> Result<Period, SynthError> {
    let shares = [
        ("defects", options.defects),
        ("unknown_nhs_numbers", options.unknown_nhs_numbers),
        ("register_noise", options.register_noise),
        ("shared", options.shared.as_ref().map_or(0.0, |shared| shared.share)),
    ];
    if let Some((name, value)) = shares.into_iter().find(|(_, value)| !(0.0..=1.0).contains(value)) {
        return Err(SynthError::Share { name, value });
    }
    if options.people == 0 {
        return Err(SynthError::Nobody);
    }
    let (start, end) = period_ending(options.period_end)?;
    Ok(Period { start, end })
}

/// Where the run's people begin in the 999 range.
fn first_person(reference: &Reference, options: &SynthOptions, notes: &mut Vec<String>) -> Result<u64, SynthError> {
    let (rank, _) = reference.places.council(&options.organisation)?;
    let needed = persons_needed(options.people);
    let stretch = PERSONS_IN_RANGE / reference.places.council_count().max(1) as u64;
    let first = match options.first_person {
        Some(first) => first,
        None if needed <= stretch => rank as u64 * stretch,
        None => {
            notes.push(format!(
                "{} people do not fit in this council's own stretch of the 999 range ({} people): numbers begin at \
                 place 0, and another council's run needs a first person of {needed} or more to share none of them",
                options.people,
                stretch / 2
            ));
            0
        }
    };
    if first.checked_add(needed).is_none_or(|end| end > PERSONS_IN_RANGE) {
        return Err(SynthError::Exhausted { first, needed });
    }
    Ok(first)
}

/// The other council's people and how many of them are here.
fn shared_population<'r>(
    reference: &'r Reference,
    numbers: &'r Numbers,
    options: &SynthOptions,
    founding: &Founding,
) -> Result<Option<(u64, Population<'r>)>, SynthError> {
    let Some(shared) = &options.shared else { return Ok(None) };
    let wanted = (options.people as f64 * shared.share).round() as u64;
    let apart = |first: u64, people: u64, other: u64| first.saturating_add(persons_needed(people)) <= other;
    if wanted > shared.people {
        return Err(SynthError::Shared { wanted, reason: "the other council has fewer people" });
    }
    if !apart(founding.first, founding.people, shared.first_person)
        && !apart(shared.first_person, shared.people, founding.first)
    {
        return Err(SynthError::Shared { wanted, reason: "the two councils' places in the 999 range overlap" });
    }
    if shared.first_person.saturating_add(persons_needed(shared.people)) > PERSONS_IN_RANGE {
        return Err(SynthError::Exhausted { first: shared.first_person, needed: persons_needed(shared.people) });
    }
    let (_, council) = reference.places.council(&shared.organisation)?;
    let theirs = Founding { first: shared.first_person, people: shared.people, ..*founding };
    Ok(Some((wanted, Population::new(reference, numbers, council, &theirs))))
}

/// Everything that stays the same while people pass.
struct Run<'r> {
    reference: &'r Reference,
    own: Population<'r>,
    shared: Option<(u64, Population<'r>)>,
    streams: Streams,
    letterhead: Letterhead,
    layout: Layout,
    noise: Noise,
}

/// The files of a run.
struct Files {
    submission: Table,
    register: RegisterFiles,
    health: HealthFiles,
    truth: TruthFile,
    defects: Spoiling,
}

impl Files {
    fn create(dir: &Path, layout: &Layout, defects: f64, period: Period) -> Result<Self, SynthError> {
        fs::create_dir_all(dir).map_err(SynthError::io(dir))?;
        let headers: Vec<&str> = layout.headers.iter().map(String::as_str).collect();
        Ok(Self {
            submission: Table::with_ends(dir, "submission.csv", &headers, csv::Terminator::CRLF)?,
            register: RegisterFiles::create(dir)?,
            health: HealthFiles::create(dir)?,
            truth: TruthFile::create(dir)?,
            defects: Spoiling::create(dir, defects, period)?,
        })
    }
}

impl Run<'_> {
    fn write(&self, options: &SynthOptions, progress: &mut dyn FnMut(Progress)) -> Result<SynthReport, SynthError> {
        let period = self.letterhead.period;
        let mut files = Files::create(&options.out, &self.layout, options.defects, period)?;
        let mut tally = Tally::default();
        let mut row = Row::new(self.layout.edition);
        for place in 0..options.people {
            self.write_client(place, &mut files, &mut row, &mut tally)?;
            if (place + 1) % STEP == 0 || place + 1 == options.people {
                progress(Progress { people: place + 1, of: options.people, records: files.submission.rows });
            }
        }
        let defects = files.defects.records;
        files.defects.finish()?;
        files.truth.0.finish()?;
        Ok(SynthReport {
            people: options.people,
            records: files.submission.finish()?,
            events: tally.events,
            register: files.register.current.finish()?,
            history: files.register.history.finish()?,
            superseded: files.register.superseded.finish()?,
            health: files.health.finish()?,
            defects,
            flagged: tally.flagged,
            period_start: period.start,
            period_end: period.end,
            first_person: 0,
            next_person: 0,
            notes: Vec::new(),
        })
    }

    fn write_client(&self, place: u64, files: &mut Files, row: &mut Row, tally: &mut Tally) -> Result<(), SynthError> {
        let period = self.letterhead.period;
        let shared = self.shared.as_ref().filter(|(count, _)| place < *count);
        let population = shared.map_or(&self.own, |(_, theirs)| theirs);
        let person = population.client(place);
        let companion = population.companion(place, &person);
        let world = World { names: &self.reference.names, population: &self.own, period };
        let mut chance = self.streams.of(Purpose::Noise, place);
        let known = Known::new(&person, &companion, self.noise, &world, &mut chance);
        tally.flagged += u64::from(!known.flags.is_empty());
        if known.registered {
            files.register.add(&person)?;
        }
        files.register.add(&companion)?;
        let story = self.write_records(place, &known, shared.is_some(), files, row)?;
        story.iter().flat_map(|story| &story.events).for_each(|event| tally.count(&event.detail));
        tally.events[4] += u64::from(story.is_none());
        let discharged = story.and_then(|story| story.discharged);
        let mut chance = self.streams.of(Purpose::Health, place);
        files.health.add(&person, period, discharged, 330, &mut chance)?;
        files.health.add(&companion, period, None, 120, &mut chance)
    }

    /// Writes a client's records and gives their story; `None` for a carer known by association, who has none.
    fn write_records(
        &self,
        place: u64,
        known: &Known<'_>,
        shared: bool,
        files: &mut Files,
        row: &mut Row,
    ) -> Result<Option<Story>, SynthError> {
        let (role, story, facts) = self.tell(place, known.person);
        let mut chance = self.streams.of(Purpose::Defect, place);
        let cared_for = self.own.cast.cared_for(place);
        let practice_known = chance.happens(970);
        let case = Case { place, role, known, facts: &facts, cared_for: &cared_for, practice_known };
        let count = story.as_ref().map_or(1, |story| story.events.len());
        for number in 0..count {
            self.letterhead.fill_person(&case, row);
            if let Some(event) = story.as_ref().and_then(|story| story.events.get(number)) {
                self.letterhead.fill_event(&case, number, event, row);
            }
            let record = files.submission.rows + 1;
            files.defects.pass(record, row, &mut chance)?;
            files.submission.row(self.layout.cells.iter().map(|cell| cell.map_or("", |cell| row.get(cell))))?;
            files.truth.add(record, known, shared)?;
        }
        Ok(story)
    }

    fn tell(&self, place: u64, person: &Person<'_>) -> (Role, Option<Story>, Facts) {
        let period = self.letterhead.period;
        let mut chance = self.streams.of(Purpose::Life, place);
        let telling = self.streams.of(Purpose::Story, place);
        match self.own.cast.role(place) {
            Role::User => {
                let story = story::of_user(person, period, telling);
                let has_carer = self.own.cast.has_carer(place);
                let facts = Facts::of_user(person, period, story.home, has_carer, &mut chance);
                (Role::User, Some(story), facts)
            }
            // A death asks for the end of an event, so a carer who died has one.
            Role::Associated if person.death.is_none() => {
                (Role::Associated, None, Facts::of_carer(person, period, Role::Associated, &mut chance))
            }
            Role::Carer | Role::Associated => {
                let story = story::of_carer(person, period, telling);
                (Role::Carer, Some(story), Facts::of_carer(person, period, Role::Carer, &mut chance))
            }
        }
    }
}

#[derive(Default)]
struct Tally {
    events: [u64; 5],
    flagged: u64,
}

impl Tally {
    fn count(&mut self, detail: &Detail) {
        let kind = match detail {
            Detail::Request { .. } => 0,
            Detail::Assessment { .. } => 1,
            Detail::Service(_) => 2,
            Detail::Review { .. } => 3,
        };
        self.events[kind] += 1;
    }
}

/// First and last day of the twelve months that end on `end`.
///
/// # Errors
/// When `end` is not the last day of a month.
pub fn period_ending(end: Date) -> Result<(Date, Date), SynthError> {
    let next = plus(end, 1);
    if next.day() == 1 { Ok((birthday(next, -1), end)) } else { Err(SynthError::PeriodEnd(end)) }
}
