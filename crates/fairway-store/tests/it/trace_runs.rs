use fairway_domain::{TraceOutcome, TraceRunEvent as E, TraceRunState as S, TraceStep};
use fairway_store::{Job, JobKind, TraceFigures, TraceRunChange, TraceTally, TracedBy, WorkerLock};
use sqlx::Connection;

use crate::place::{Place, at, commit, id, org};

fn figures(people: u64, found: u64) -> TraceRunChange {
    TraceRunChange { figures: Some(TraceFigures { people, found }), ..TraceRunChange::default() }
}

/// A run of this submission that comes to these figures and is kept.
async fn complete(place: &Place, number: u8, change: TraceRunChange) {
    let mut tx = place.begin(200 + i64::from(number)).await;
    tx.begin_trace_run(id(number), TracedBy::Register, &format!("run-{number}")).await.unwrap();
    tx.advance_trace_run(id(number), E::ResponseCame, change).await.unwrap();
    tx.advance_trace_run(id(number), E::Kept, TraceRunChange::default()).await.unwrap();
    commit(tx).await;
}

#[tokio::test]
async fn a_run_keeps_what_came_with_each_event_and_takes_none_that_cannot_be() {
    let place = Place::new().await;
    let one = place.landed(1).await;
    let mut tx = place.begin(10).await;
    let run = tx.begin_trace_run(one, TracedBy::Elsewhere, "MPTREQ_20260401000010").await.unwrap();
    assert_eq!((run.number, run.state, run.figures), (1, S::Asked, None));
    assert!(tx.begin_trace_run(one, TracedBy::Elsewhere, "other").await.is_err(), "one run at a time");
    let sent = TraceRunChange { ticket: Some("message".into()), ..TraceRunChange::default() };
    tx.advance_trace_run(one, E::WasSent, sent).await.unwrap();
    let reason = TraceRunChange { reason: Some("few were found".into()), ..figures(10, 2) };
    tx.advance_trace_run(one, E::ResponseCame, figures(10, 2)).await.unwrap();
    let held = tx.advance_trace_run(one, E::LooksUnusual, reason).await.unwrap();
    assert_eq!((held.state, held.ticket.as_deref()), (S::Held, Some("message")));
    assert!(tx.advance_trace_run(one, E::Kept, TraceRunChange::default()).await.is_err());
    let approved = tx.advance_trace_run(one, E::Approved, TraceRunChange::default()).await.unwrap();
    assert_eq!((approved.reason, approved.figures), (None, Some(TraceFigures { people: 10, found: 2 })));
    tx.advance_trace_run(one, E::Kept, TraceRunChange::default()).await.unwrap();
    assert!(tx.is_trace_reference("MPTREQ_20260401000010").await.unwrap());
    assert!(!tx.is_trace_reference("MPTREQ_20260401000011").await.unwrap());
    commit(tx).await;
    assert_eq!(place.store.trace_run(one).await.unwrap().unwrap().state, S::Completed);
    assert_eq!(place.store.trace_runs().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_last_figures_are_those_of_the_same_organisation_and_of_a_run_that_was_kept() {
    let place = Place::new().await;
    for number in 1..=3 {
        place.landed(number).await;
    }
    let last = |but: u8| {
        let store = place.store.clone();
        async move { store.last_trace_figures(&org("816"), "asc-cld", id(but)).await.unwrap() }
    };
    assert_eq!(last(3).await, None);
    complete(&place, 1, figures(100, 90)).await;
    complete(&place, 2, figures(50, 40)).await;
    assert_eq!(last(3).await, Some(TraceFigures { people: 50, found: 40 }));
    assert_eq!(last(2).await, Some(TraceFigures { people: 100, found: 90 }), "a submission is not held against itself");
    assert_eq!(place.store.last_trace_figures(&org("202"), "asc-cld", id(3)).await.unwrap(), None);
    assert_eq!(place.store.last_trace_figures(&org("816"), "other", id(3)).await.unwrap(), None);
}

#[tokio::test]
async fn traces_of_before_there_were_runs_keep_what_they_came_to() {
    let place = Place::new().await;
    let one = place.landed(1).await;
    let tally = |outcome, count| TraceTally { outcome, step: TraceStep::CrossCheck, count };
    let mut tx = place.begin(10).await;
    let tallies = [tally(TraceOutcome::CrossChecked, 7), tally(TraceOutcome::NotFound, 3)];
    tx.record_trace_tallies(one, &tallies).await.unwrap();
    commit(tx).await;
    let mut raw = place.raw().await;
    sqlx::raw_sql("DROP TABLE trace_run").execute(&mut raw).await.unwrap();
    sqlx::raw_sql(include_str!("../../migrations/0002_trace_runs.sql")).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    let run = place.store.trace_run(one).await.unwrap().unwrap();
    assert_eq!((run.state, run.figures), (S::Completed, Some(TraceFigures { people: 10, found: 7 })));
}

#[tokio::test]
async fn a_job_that_is_put_off_is_due_later_and_one_that_ended_can_be_wanted_again() {
    let place = Place::new().await;
    let worker = WorkerLock::take(place.directory()).unwrap().unwrap();
    let one = place.landed(1).await;
    let job = Job { kind: JobKind::Trace, submission: one };
    place.enqueue(job.kind, one).await;
    for round in 0..10 {
        let leased = place.store.lease(&worker, at(round * 100), 60).await.unwrap().unwrap();
        assert_eq!(leased.attempt, 1, "waiting is no failed attempt");
        place.store.postpone(&leased, at(round * 100), 100).await.unwrap();
        assert!(place.store.lease(&worker, at(round * 100 + 99), 60).await.unwrap().is_none());
    }
    let leased = place.store.lease(&worker, at(1_000), 60).await.unwrap().unwrap();
    let mut tx = place.begin(1_001).await;
    assert!(!tx.retry(job).await.unwrap(), "it runs");
    tx.complete(&leased).await.unwrap();
    assert!(tx.retry(job).await.unwrap());
    assert!(!tx.retry(job).await.unwrap(), "it is due as if new");
    commit(tx).await;
    assert!(place.store.postpone(&leased, at(1_001), 1).await.is_err(), "its lease is over");
}
