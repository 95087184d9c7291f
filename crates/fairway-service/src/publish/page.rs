//! The register as one page: no script, no other file, readable by ear, on paper and at 320 pixels.

use std::fmt::Write;

use fairway_domain::wording::{counted, grouped};

use super::{Participant, PublicRegister, ReleasedFile};

/// The look of Fairway's reports.
const STYLE: &str = include_str!("../../../fairway-check/templates/report.css");

/// Text with what HTML takes for its own put in other words.
struct Text<'a>(&'a str);

impl std::fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            c => f.write_char(c),
        })
    }
}

/// The whole page.
pub(super) fn render(register: &PublicRegister) -> String {
    let mut page = String::new();
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n<title>Register of participants and \
         releases</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta \
         name=\"color-scheme\" content=\"light dark\">\n<style>\n{STYLE}</style>\n</head>\n<body>\n<a class=\"skip-link\" \
         href=\"#main\">Skip to main content</a>\n<header class=\"header\">\n<div class=\"width header__row\"><span \
         class=\"header__name\">Fairway</span><span>Register of participants and releases</span></div>\n</header>\n<div \
         class=\"width\">\n<main class=\"main\" id=\"main\" tabindex=\"-1\">\n<h1>Register of participants and \
         releases</h1>\n<p>Which councils provide data about adult social care to this processing centre, and every file \
         that it released: to whom, for what, under which agreement. As of {}. Nothing here is about one person.</p>\n<nav \
         aria-label=\"Contents\"><ul class=\"contents\"><li><a href=\"#participants\">{}</a></li><li><a \
         href=\"#releases\">{}</a></li></ul></nav>\n",
        Text(&register.as_of),
        counted(register.participants.len() as u64, "council takes part", "councils take part"),
        counted(register.releases.len() as u64, "file was released", "files were released"),
    );
    participants(&mut page, &register.participants);
    releases(&mut page, &register.releases);
    page.push_str(
        "</main>\n</div>\n<footer class=\"footer\"><div class=\"width\"><p>The same register as tables: releases.csv and \
         participants.csv; for programs: register.json.</p></div></footer>\n</body>\n</html>\n",
    );
    page
}

fn participants(page: &mut String, all: &[Participant]) {
    page.push_str("<section aria-labelledby=\"participants\">\n<h2 id=\"participants\">Councils that take part</h2>\n");
    if all.is_empty() {
        page.push_str("<p>No council has acknowledged a notice that is in force.</p>\n</section>\n");
        return;
    }
    page.push_str(
        "<table class=\"table table--stacks\">\n<caption class=\"hidden\">Councils that take part</caption>\n<thead><tr>\
         <th scope=\"col\">Council</th><th scope=\"col\">Code</th><th scope=\"col\">Dataset</th><th scope=\"col\">Notice\
         </th><th scope=\"col\">Since</th></tr></thead>\n<tbody>\n",
    );
    for one in all {
        let name = if one.name.is_empty() { &one.code } else { &one.name };
        let _ = write!(page, "<tr><th scope=\"row\">{}</th>", Text(name));
        for (label, value) in
            [("Code", &one.code), ("Dataset", &one.dataset), ("Notice", &one.notice), ("Since", &one.since)]
        {
            cell(page, label, value);
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</section>\n");
}

fn cell(page: &mut String, label: &str, value: &str) {
    let _ = write!(page, "<td><span class=\"label\">{label}</span><span class=\"value\">{}</span></td>", Text(value));
}

/// Files under the agreement that they were released under, each agreement told once.
fn releases(page: &mut String, all: &[ReleasedFile]) {
    page.push_str("<section aria-labelledby=\"releases\">\n<h2 id=\"releases\">Files released</h2>\n");
    if all.is_empty() {
        page.push_str("<p>Nothing has been released.</p>\n");
    }
    let mut told: Vec<&str> = Vec::new();
    for first in all {
        if told.contains(&first.agreement.as_str()) {
            continue;
        }
        told.push(&first.agreement);
        agreement(page, first);
        files(page, all.iter().filter(|file| file.agreement == first.agreement), &first.agreement);
    }
    page.push_str("</section>\n");
}

fn agreement(page: &mut String, file: &ReleasedFile) {
    let _ = writeln!(page, "<h3>{}</h3>", Text(&file.agreement));
    if file.title.is_empty() {
        let _ = writeln!(
            page,
            "<p>Received by {}. The agreement was not registered with this processing centre when the register was made.</p>",
            Text(&file.recipient)
        );
        return;
    }
    let term = format!("{} to {}", file.agreement_start, file.agreement_end);
    let controllers = format!("{} ({})", file.controllers.join(", "), file.controllership);
    let datasets = file.datasets.join(", ");
    let commercial = if file.commercial { "yes" } else { "no" };
    let facts = [
        ("Title", file.title.as_str()),
        ("Recipient", &file.recipient),
        ("Data controllers", &controllers),
        ("Purpose", &file.purpose),
        ("Legal basis", &file.legal_basis),
        ("Datasets", &datasets),
        ("Type of data", &file.data),
        ("Opt-outs", &file.opt_outs),
        ("Onward sharing", &file.onward_sharing),
        ("Commercial", commercial),
        ("Agreement", &term),
    ];
    page.push_str("<dl class=\"facts\">\n");
    for (name, value) in facts {
        let value = if value.is_empty() { "not stated in the agreement" } else { value };
        let _ = writeln!(page, "<div><dt>{name}</dt><dd>{}</dd></div>", Text(value));
    }
    page.push_str("</dl>\n");
}

fn files<'a>(page: &mut String, files: impl Iterator<Item = &'a ReleasedFile>, reference: &str) {
    let _ = write!(
        page,
        "<table class=\"table table--stacks\">\n<caption>Files released under {}</caption>\n<thead><tr><th \
         scope=\"col\">File</th><th scope=\"col\">Released</th><th scope=\"col\">State</th><th scope=\"col\">Fetched</th><th \
         scope=\"col\">Bytes</th><th scope=\"col\">SHA-256</th></tr></thead>\n<tbody>\n",
        Text(reference)
    );
    for file in files {
        let _ = write!(page, "<tr><th scope=\"row\">{}</th>", Text(&file.file));
        let bytes = grouped(file.bytes);
        let fetched = if file.fetched_on.is_empty() { "not yet" } else { &file.fetched_on };
        let cells = [
            ("Released", file.released_on.as_str()),
            ("State", &file.state),
            ("Fetched", fetched),
            ("Bytes", &bytes),
            ("SHA-256", &file.sha256),
        ];
        for (label, value) in cells {
            cell(page, label, value);
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n");
}
