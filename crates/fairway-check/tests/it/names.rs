//! What a sender may call a file, as the hand-made list has it: shown, and never a way to another place.

use std::path::{Component, Path};

use fairway_check::CheckOptions;
use fairway_check::report::{About, FolderOptions, ReportFolder, folder_name, shown_name, write_html};
use fairway_spec::Spec;
use jiff::civil::date;

use crate::support::{example, run};

fn hostile() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpora/handmade/names/filenames.json");
    let names: Vec<String> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(names.len(), 72);
    names
}

#[test]
fn a_folder_named_after_a_file_lies_where_it_was_asked_for() {
    let more = ["...csv", "..csv", ".csv", ".csv.gz", "...csv.gz", "a.csv/../../b", "..\u{a0}.csv"].map(str::to_owned);
    for name in hostile().into_iter().chain(more) {
        let folder = folder_name(&name);
        let parts: Vec<Component<'_>> = Path::new(&folder).components().collect();
        assert!(matches!(parts.as_slice(), [Component::Normal(_)]), "{name:?}: {folder:?}");
        assert!(folder.len() <= 200 && !folder.contains(['\\', ':', '\0', '\n', '\u{202e}']), "{name:?}: {folder:?}");
    }
    assert_eq!(folder_name("Wigan 2025-26.csv.gz"), "Wigan 2025-26");
    assert_eq!(folder_name("café.csv"), "café");
}

#[test]
fn a_name_is_shown_and_steers_nothing() {
    let (summary, _) = run(&example("r2").bytes());
    for name in hostile() {
        let shown = shown_name(&name);
        assert!(
            !shown.chars().any(|c| c.is_control() || matches!(c, '\u{200b}' | '\u{202e}' | '\u{feff}')),
            "{name:?}"
        );
        assert_eq!(shown.chars().count(), name.chars().count());
        let mut page = Vec::new();
        write_html(&mut page, &summary, &About { file: Some(name.clone()), ..About::default() }).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(!page.contains("<script>") && !page.contains("<img") && !page.contains('\u{202e}'), "{name:?}");
    }
}

#[test]
fn reports_of_a_file_of_any_name_lie_in_their_folder_under_their_own_names() {
    let parent = tempfile::tempdir().unwrap();
    let handmade = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpora/handmade");
    let spec = Spec::load(&handmade.join("spec")).unwrap();
    let bytes = std::fs::read(handmade.join("csv/good_crlf.csv")).unwrap();
    for (at, name) in hostile().into_iter().enumerate() {
        let folder = parent.path().join(at.to_string()).join(folder_name(&name));
        let how = FolderOptions { workbook: true, checked: true, ..FolderOptions::default() };
        let mut reports = ReportFolder::begin(&folder, how).unwrap();
        let options = CheckOptions::new(date(2026, 5, 1));
        let summary = fairway_check::check(bytes.as_slice(), &spec, &options, &mut reports, &mut |_| {}).unwrap();
        let about = About { file: Some(name.clone()), ..About::default() };
        let written = reports.finish(&summary, &about).unwrap();
        let found: Vec<_> = std::fs::read_dir(parent.path().join(at.to_string())).unwrap().collect();
        assert_eq!(found.len(), 1, "{name:?}");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), written.len(), "{name:?}");
        let told: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.join("summary.json")).unwrap()).unwrap();
        assert_eq!(told["file"], serde_json::Value::String(name));
    }
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 72);
}
