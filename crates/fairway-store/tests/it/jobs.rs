use fairway_store::{Job, JobCounts, JobKind, JobState, LeasedJob, WorkerLock};

use crate::place::{Place, at, commit};

async fn lease(place: &Place, worker: &WorkerLock, seconds: i64) -> Option<LeasedJob> {
    place.store.lease(worker, at(seconds), 60).await.unwrap()
}

async fn complete(place: &Place, job: &LeasedJob) -> bool {
    let mut tx = place.begin(60).await;
    let done = tx.complete(job).await.is_ok();
    if done {
        commit(tx).await;
    }
    done
}

#[tokio::test]
async fn a_step_is_queued_once_whatever_becomes_of_it() {
    let place = Place::new().await;
    let worker = WorkerLock::take(place.directory()).unwrap().unwrap();
    let id = place.landed(1).await;
    assert!(place.enqueue(JobKind::Check, id).await);
    assert!(!place.enqueue(JobKind::Check, id).await);
    let job = lease(&place, &worker, 0).await.unwrap();
    assert!(complete(&place, &job).await);
    assert!(!place.enqueue(JobKind::Check, id).await);
    assert!(lease(&place, &worker, 0).await.is_none());
    assert_eq!(place.store.job_counts().await.unwrap(), JobCounts { done: 1, ..JobCounts::default() });
}

#[tokio::test]
async fn the_oldest_job_comes_first_and_each_is_given_once() {
    let place = Place::new().await;
    let worker = WorkerLock::take(place.directory()).unwrap().unwrap();
    for number in 1..=3 {
        let id = place.landed(number).await;
        place.enqueue(JobKind::Check, id).await;
    }
    let mut given = Vec::new();
    while let Some(job) = lease(&place, &worker, 0).await {
        assert_eq!((job.attempt, job.until, job.job.kind), (1, at(60), JobKind::Check));
        given.push(job.job.submission);
    }
    assert_eq!(given, [crate::place::id(1), crate::place::id(2), crate::place::id(3)]);
}

#[tokio::test]
async fn a_lease_that_ran_out_is_given_again_and_its_first_holder_ends_nothing() {
    let place = Place::new().await;
    let worker = WorkerLock::take(place.directory()).unwrap().unwrap();
    let id = place.landed(1).await;
    place.enqueue(JobKind::Load, id).await;
    let mut slow = lease(&place, &worker, 0).await.unwrap();
    assert!(lease(&place, &worker, 59).await.is_none());
    place.store.extend(&mut slow, at(30), 60).await.unwrap();
    assert!(lease(&place, &worker, 89).await.is_none());
    let quick = lease(&place, &worker, 90).await.unwrap();
    assert_eq!((quick.attempt, slow.until), (2, at(90)));

    assert!(place.store.extend(&mut slow, at(91), 60).await.is_err());
    assert!(!complete(&place, &slow).await);
    let fault = place.store.fail(slow, "too late", at(91), 1).await.unwrap_err();
    assert_eq!(fault.to_string(), format!("lease of job load for submission {id} was lost: another run has it"));
    assert!(complete(&place, &quick).await);
}

#[tokio::test]
async fn a_job_that_fails_waits_and_is_given_up_after_its_fifth_run() {
    let place = Place::new().await;
    let worker = WorkerLock::take(place.directory()).unwrap().unwrap();
    let id = place.landed(1).await;
    place.enqueue(JobKind::Trace, id).await;
    for run in 0..5 {
        let now = run * 100;
        let job = lease(&place, &worker, now).await.unwrap();
        let state = place.store.fail(job, "register is not there", at(now), 100).await.unwrap();
        assert_eq!(state, if run < 4 { JobState::Queued } else { JobState::Failed });
        assert!(lease(&place, &worker, now + 99).await.is_none(), "it waits");
        let next = place.store.next_retry().await.unwrap();
        assert_eq!(next, (run < 4).then(|| at(now + 100)));
    }
    let record = &place.store.jobs(id).await.unwrap()[0];
    assert_eq!((record.state, record.attempts), (JobState::Failed, 5));
    assert_eq!(record.last_error.as_deref(), Some("register is not there"));
    assert_eq!(place.store.open_jobs().await.unwrap().len(), 1);

    let mut tx = place.begin(600).await;
    let job = Job { kind: JobKind::Trace, submission: id };
    assert!(tx.retry(job).await.unwrap());
    assert!(!tx.retry(job).await.unwrap());
    commit(tx).await;
    assert_eq!(lease(&place, &worker, 600).await.unwrap().attempt, 1);
}

#[tokio::test]
async fn a_job_that_never_ends_in_time_is_given_up() {
    let place = Place::new().await;
    let worker = WorkerLock::take(place.directory()).unwrap().unwrap();
    let id = place.landed(1).await;
    place.enqueue(JobKind::Load, id).await;
    for run in 0..5 {
        assert!(lease(&place, &worker, run * 60).await.is_some());
    }
    assert!(lease(&place, &worker, 300).await.is_none());
    assert_eq!(place.store.jobs(id).await.unwrap()[0].state, JobState::Failed);
}

#[tokio::test]
async fn a_worker_that_starts_takes_over_at_once_and_a_killed_run_does_not_count() {
    let place = Place::new().await;
    let id = place.landed(1).await;
    place.enqueue(JobKind::Load, id).await;
    for _killed in 0..10 {
        let worker = WorkerLock::take(place.directory()).unwrap().unwrap();
        let job = lease(&place, &worker, 0).await.unwrap();
        assert_eq!(job.attempt, 1);
        drop(worker);
        let next = WorkerLock::take(place.directory()).unwrap().unwrap();
        assert_eq!(place.store.release_leases(&next).await.unwrap(), 1);
        assert!(!complete(&place, &job).await, "the run of the dead worker ends nothing");
    }
}

#[tokio::test]
async fn a_job_that_keeps_killing_its_worker_is_given_up_in_the_end() {
    let place = Place::new().await;
    let worker = WorkerLock::take(place.directory()).unwrap().unwrap();
    let id = place.landed(1).await;
    place.enqueue(JobKind::Load, id).await;
    let mut runs = 0;
    while lease(&place, &worker, 0).await.is_some() {
        place.store.release_leases(&worker).await.unwrap();
        runs += 1;
    }
    assert_eq!(runs, 100);
    let record = &place.store.jobs(id).await.unwrap()[0];
    assert_eq!(record.state, JobState::Failed);
    assert!(record.last_error.as_deref().unwrap().contains("killed"));
}
