//! The demo tells a true story, twice.

use crate::centre::{files, program};

#[test]
fn the_demo_ends_well_and_played_again_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let play = || {
        let output = program().args(["demo", "--once", "--people", "180", "--data"]).arg(&data).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{out}\n{err}");
        out.into_owned()
    };
    let first = play();
    for words in ["the first receipt again", "must be called", "Every row accounted for", "they share 0", "is noticed"]
    {
        assert!(first.contains(words), "{words} is not in:\n{first}");
    }
    let sealed = files(&data.join("landing")).len();
    let tables = |folder: &str| {
        files(&data.join("warehouse").join(folder))
            .iter()
            .filter(|f| f.extension().is_some_and(|e| e == "parquet"))
            .count()
    };
    let before = (tables("identifiable"), tables("deidentified"));
    play();
    assert_eq!(files(&data.join("landing")).len(), sealed);
    assert_eq!((tables("identifiable"), tables("deidentified")), before);
}
