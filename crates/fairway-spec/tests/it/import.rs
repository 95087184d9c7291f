//! Published specifications in the shapes that they come in: workbooks with title rows, merged cells and notes, and CSV.

use std::path::Path;
use std::sync::Arc;

use fairway_spec::{
    Confidence, ListNews, News, Published, Sheet, Spec, SpecFiles, read_published, read_workbook, resolve,
};
use rust_xlsxwriter::{Format, Workbook};

fn r2() -> Arc<Spec> {
    resolve("asc-cld/r2").unwrap()
}

/// Headers with the names of their lists, made to look as a publication writes them.
fn fields() -> Vec<(String, String)> {
    let list = |field: &fairway_spec::Field| {
        field.codes.as_ref().map_or_else(String::new, |codes| codes.name.replace('_', " "))
    };
    r2().fields.iter().map(|field| (field.header.clone(), list(field))).collect()
}

fn values(list: &str) -> Vec<String> {
    r2().code_lists[list].codes.iter().map(|code| code.value.clone()).collect()
}

/// The values of a list, the first written in capitals, the last gone, and one more.
fn changed(list: &str) -> Vec<String> {
    let mut values = values(list);
    values[0] = values[0].to_uppercase();
    values.pop();
    values.push("A value of today".into());
    values
}

fn saved(workbook: &mut Workbook) -> Vec<Sheet> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("official.xlsx");
    workbook.save(&path).unwrap();
    read_workbook(&path).unwrap()
}

/// A title, a note, a table of fields, and one sheet with the lists side by side.
fn side_by_side() -> Vec<Sheet> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Read me").unwrap().write(0, 0, "How to use this workbook").unwrap();
    let sheet = book.add_worksheet().set_name("Specification").unwrap();
    sheet.merge_range(0, 0, 0, 5, "Client Level Data: Release 2", &Format::new()).unwrap();
    sheet.write(1, 0, "Version 9.9. Mandatory fields are marked M.").unwrap();
    for (at, heading) in
        ["No.", "Field Name", "Data Type", "Max Length", "Mandatory", "Defined List"].iter().enumerate()
    {
        sheet.write(3, at as u16, *heading).unwrap();
    }
    let mut row = 4;
    for (at, (header, list)) in fields().iter().enumerate() {
        if at == 5 {
            sheet.merge_range(row, 0, row, 5, "Person details", &Format::new()).unwrap();
            row += 1;
        }
        sheet.write(row, 0, at as u32 + 1).unwrap();
        sheet.write(row, 1, header.as_str()).unwrap();
        sheet.write(row, 2, "Text").unwrap();
        sheet.write(row, 3, 99).unwrap();
        sheet.write(row, 4, "M").unwrap();
        sheet.write(row, 5, list.as_str()).unwrap();
        row += 1;
    }
    let lists = book.add_worksheet().set_name("Defined Lists").unwrap();
    for (at, name) in ["gender", "service_type"].iter().enumerate() {
        lists.write(2, at as u16 * 2, name.replace('_', " ")).unwrap();
        for (down, value) in changed(name).iter().enumerate() {
            lists.write(3 + down as u32, at as u16 * 2, value.as_str()).unwrap();
        }
    }
    saved(&mut book)
}

/// Lists below one another, the name in a merged cell beside the values.
fn below_one_another() -> Vec<Sheet> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("CLD fields").unwrap();
    for (at, heading) in ["Data item", "Format", "Mandatory/Optional"].iter().enumerate() {
        sheet.write(0, at as u16, *heading).unwrap();
    }
    for (at, (header, _)) in fields().iter().enumerate() {
        let row = at as u32 + 1;
        sheet.write(row, 0, header.replace(' ', "_")).unwrap();
        sheet.write(row, 1, "max an30").unwrap();
        sheet.write(row, 2, "Mandatory where known").unwrap();
    }
    let lists = book.add_worksheet().set_name("Values").unwrap();
    lists.write(0, 0, "Field Name").unwrap();
    lists.write(0, 1, "Value").unwrap();
    let mut row = 1;
    for (field, list) in [("Gender", "gender"), ("Service Type", "service_type")] {
        let values = changed(list);
        let last = row + values.len() as u32 - 1;
        lists.merge_range(row, 0, last, 0, field, &Format::new()).unwrap();
        for value in values {
            lists.write(row, 1, value.as_str()).unwrap();
            row += 1;
        }
    }
    saved(&mut book)
}

/// Values in the cells of the table, and a sheet for a list.
fn in_cells() -> Vec<Sheet> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Landing schema").unwrap();
    for (at, heading) in ["Column Name", "Type", "Nullable", "Allowed values"].iter().enumerate() {
        sheet.write(2, at as u16 + 1, *heading).unwrap();
    }
    for (at, (header, _)) in fields().iter().enumerate() {
        let row = at as u32 + 3;
        sheet.write(row, 1, header.as_str()).unwrap();
        sheet.write(row, 2, "VARCHAR(40)").unwrap();
        sheet.write(row, 3, "Yes").unwrap();
        if header == "Gender" {
            sheet.write(row, 4, changed("gender").join("\n")).unwrap();
        }
    }
    let list = book.add_worksheet().set_name("Service Type").unwrap();
    list.write(0, 0, "The services that there are").unwrap();
    list.write(1, 0, "Value").unwrap();
    for (down, value) in changed("service_type").iter().enumerate() {
        list.write(2 + down as u32, 0, value.as_str()).unwrap();
    }
    saved(&mut book)
}

fn news_of(sheets: &[Sheet]) -> (Published, News) {
    let published = read_published(sheets);
    let news = published.against(&r2());
    (published, news)
}

fn has_both_lists(layout: &str, news: &News) {
    assert_eq!((news.added.as_slice(), news.removed.as_slice()), ([].as_slice(), [].as_slice()), "{layout}");
    for name in ["gender", "service_type"] {
        let list = news.lists.iter().find(|list| list.name == name).unwrap_or_else(|| panic!("{layout}: no {name}"));
        let (ours, theirs) = (values(name), changed(name));
        assert_eq!(list.values, theirs, "{layout}");
        assert_eq!(list.changed, [(ours[0].clone(), theirs[0].clone())], "{layout}");
        assert_eq!(list.removed, [ours.last().unwrap().clone()], "{layout}");
        assert_eq!(list.added, ["A value of today"], "{layout}");
    }
    assert_eq!(news.lists.len(), 2, "{layout}");
}

#[test]
fn three_layouts_say_the_same() {
    for (layout, sheets) in [("side by side", side_by_side()), ("below", below_one_another()), ("in cells", in_cells())]
    {
        let (published, news) = news_of(&sheets);
        assert_eq!(published.fields.len(), 50, "{layout}: {:#?}", published.explained);
        has_both_lists(layout, &news);
        assert!(!published.explained.is_empty());
    }
}

#[test]
fn what_was_taken_from_where_is_explained() {
    let (published, news) = news_of(&side_by_side());
    let said = published.explained.join("\n");
    for part in [
        "fields from the sheet Specification, row 5 down",
        "lists from the sheet Defined Lists, one a column, named in row 3",
        "nothing was taken from the sheet Read me",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert_eq!(published.fields[0].place, "Specification!B5");
    assert!(news.to_string().contains("list service_type: "), "{news}");
    assert!(news.lengths.iter().all(|(_, _, length)| *length == 99) && !news.lengths.is_empty());
}

#[test]
fn lengths_and_duties_are_read_in_whatever_words() {
    let (published, news) = news_of(&below_one_another());
    assert!(published.fields.iter().all(|field| field.length == Some(30) && field.mandatory.is_none()));
    assert!(!news.renamed.is_empty(), "names are matched by their letters");
    let (published, _) = news_of(&in_cells());
    assert!(published.fields.iter().all(|field| field.length == Some(40) && field.mandatory == Some(false)));
}

fn written(files: &SpecFiles) -> (tempfile::TempDir, Arc<Spec>) {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in &files.files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let spec = Spec::load(dir.path()).unwrap_or_else(|error| panic!("{error}"));
    (dir, spec)
}

#[test]
fn the_folder_puts_the_official_lists_in_the_place_of_ours() {
    let ours = r2();
    let (_, news) = news_of(&side_by_side());
    let files = news.overlay(&ours, "official.xlsx, SHA-256 0000");
    let (_dir, spec) = written(&files);
    let list = &spec.code_lists["service_type"];
    let values: Vec<&str> = list.codes.iter().map(|code| code.value.as_str()).collect();
    assert_eq!(values, changed("service_type"));
    assert!(list.codes.iter().all(|code| code.confidence == Confidence::Verified && code.source == "OFFICIAL"));
    assert_eq!(spec.sources["OFFICIAL"], "official.xlsx, SHA-256 0000");
    assert_eq!(list.codes[0].group, ours.code_lists["service_type"].codes[0].group, "what else is known stays");
    assert_eq!(
        (spec.fields.len(), spec.rules.len(), spec.derived.len()),
        (ours.fields.len(), ours.rules.len(), ours.derived.len())
    );
    assert_eq!(spec.code_lists["ethnicity"].codes.len(), ours.code_lists["ethnicity"].codes.len());
    assert!(
        list.earlier.values().flatten().all(|now| values.contains(&now.as_str())),
        "maps lead to values that are there"
    );
}

#[test]
fn a_list_that_is_the_same_is_confirmed() {
    let ours = r2();
    let rows = std::iter::once(vec!["Field".to_owned(), "Value".to_owned()])
        .chain(values("gender").into_iter().map(|value| vec!["Gender".to_owned(), value]));
    let lists = Sheet { name: "lists".into(), rows: rows.collect() };
    let fields =
        Sheet::from_csv("schema", b"\xef\xbb\xbfField name,Data type,Length\nGender,string,20\nNHS Number,string,10\n")
            .unwrap();
    let news = read_published(&[fields, lists]).against(&ours);
    assert!(news.lists[0].is_same());
    assert_eq!(news.removed.len(), 48);
    let (_dir, spec) = written(&news.overlay(&ours, "schema.csv"));
    assert!(spec.code_lists["gender"].codes.iter().all(|code| code.confidence == Confidence::Verified));
    assert_eq!(spec.unchecked, [] as [String; 0]);
}

#[test]
fn a_sheet_that_is_no_specification_says_so() {
    let published = read_published(&[Sheet::from_csv("x", b"a,b\n1,2\n").unwrap()]);
    assert!(published.fields.is_empty() && published.lists.is_empty());
    assert!(published.explained[0].contains("no sheet has a column of field names"));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("no.xlsx");
    std::fs::write(&path, "not a workbook").unwrap();
    assert!(read_workbook(&path).is_err());
}

#[test]
fn an_overlay_of_nothing_known_is_refused() {
    for (text, says) in [
        ("extends: asc-cld/r9", "no specification `asc-cld/r9` to extend"),
        ("extends: asc-cld/r2\nmaxLengths: {Nothing: 3}", "no field of this name"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("overlay.yaml"), text).unwrap();
        let said = Spec::load(dir.path()).map(|_| ()).unwrap_err().to_string();
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn a_value_that_a_rule_names_and_the_official_list_has_not_is_said() {
    let ours = r2();
    let values: Vec<String> = values("event_type").into_iter().filter(|value| value != "Request").collect();
    let list = ListNews { name: "event_type".into(), removed: vec!["Request".into()], values, ..ListNews::default() };
    let (_dir, spec) = written(&News { lists: vec![list], ..News::default() }.overlay(&ours, "official.xlsx"));
    assert!(spec.unchecked.iter().any(|said| said.contains("`Request` does not occur in the code list `event_type`")));
}
