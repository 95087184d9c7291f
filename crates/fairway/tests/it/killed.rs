//! A process killed at any moment: run again, nothing lost, nothing doubled.

use std::time::Duration;

use crate::centre::Centre;

/// How many moments: a handful, or as many as `FAIRWAY_KILLS` says (`make soak`: 200).
fn moments() -> u64 {
    std::env::var("FAIRWAY_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(30)
}

#[test]
fn work_killed_at_many_moments_comes_to_the_same_end() {
    let mut kills = 0;
    let mut moment = 0;
    while moment < moments() {
        kills += one_life(&mut moment);
    }
    assert!(kills > 0, "no run was killed");
}

/// One submission from landing to its end, its worker killed until it gets there. Says how often.
fn one_life(moment: &mut u64) -> u32 {
    let centre = Centre::with_people(60, &[]);
    let receipt = centre.land(&centre.path("313/submission.csv"), "313");
    let mut kills = 0;
    while *moment < moments() {
        *moment += 1;
        let mut worker = centre.command(&["work", "--until-idle", "--quiet"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(40 + *moment * 37 % 400));
        if worker.try_wait().unwrap().is_none() {
            worker.kill().unwrap();
            kills += 1;
        }
        worker.wait().unwrap();
        if centre.status(&receipt)["state"] == "deidentified" {
            break;
        }
    }
    centre.work();
    let status = centre.status(&receipt);
    assert_eq!(status["state"], "deidentified");
    let rows = status["rows_loaded"].as_i64().unwrap();
    assert_eq!(centre.number("SELECT count(*) FROM asc_cld"), rows);
    assert_eq!(centre.number("SELECT count(DISTINCT \"Der_Unique_Record_ID\") FROM asc_cld"), rows);
    centre.run(&["audit", "verify"]).ended(0);
    let said = centre.work().out;
    assert!(said.contains("Nothing was waiting"), "{said}");
    kills
}

#[test]
fn a_release_killed_at_many_moments_leaves_no_folder_that_nobody_granted() {
    let centre = Centre::with_people(60, &[]);
    centre.land(&centre.path("313/submission.csv"), "313");
    centre.work();
    let columns = ["LA_Code", "Der_NHS_LA_Combined_Person_ID", "Event_Type"];
    let agreement = centre.agreement("DARS-NIC-000001-A1B2C-v1.0", &columns, |text| text);
    for moment in 0..12_u64 {
        let mut release = centre.command(&["release", "--agreement", &agreement, "--quiet"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(100 + moment * 60));
        let _ended_before = release.kill();
        release.wait().unwrap();
    }
    centre.run(&["release", "--agreement", &agreement]).ended(0);
    let status = centre.run(&["status", "--json"]).ended(0).json();
    let granted: Vec<&str> = status["releases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|release| release["state"] == "granted")
        .map(|release| release["folder"].as_str().unwrap())
        .collect();
    assert!(!granted.is_empty());
    for entry in std::fs::read_dir(centre.data().join("outbox/QOP")).unwrap() {
        let path = entry.unwrap().path();
        let folder = path.strip_prefix(centre.data()).unwrap().to_str().unwrap();
        assert!(granted.contains(&folder), "{folder} was never granted");
        assert!(path.join("manifest.json").is_file());
    }
    centre.run(&["audit", "verify"]).ended(0);
}

#[test]
fn two_workers_do_not_meet() {
    let centre = Centre::new();
    let mut first = centre.command(&["work", "--quiet"]).spawn().unwrap();
    let mut refused = None;
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(50));
        let second = centre.run(&["work", "--until-idle"]);
        if second.code == 12 {
            refused = Some(second);
            break;
        }
    }
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(refused.unwrap().err.contains("Another worker"));
    centre.work();
}
