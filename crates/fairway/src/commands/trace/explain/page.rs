//! The explanation as a page that needs nothing beside it: a chart as SVG, and the same figures as tables for whoever does
//! not see it.

use std::fmt::Write as _;

use fairway_trace::Candidate;

use super::{Told, cut, label, values};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#0b0c0c;\
    background:#fff}svg{width:100%;height:auto}table{border-collapse:collapse;margin:1rem 0}\
    th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #b1b4b6;vertical-align:top}\
    td.n{text-align:right;font-variant-numeric:tabular-nums}text{font:13px system-ui,sans-serif;fill:#0b0c0c}";

/// Where the line between against and for stands in a chart, and how wide a bit is.
const ZERO: f64 = 330.0;
const BIT: f64 = 9.0;
const ROW: usize = 24;

pub fn page(told: &Told<'_>) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Why request {0} has its answer</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Why request {0} has its answer</h1>\n<p>{1}</p>\n",
        escaped(told.id),
        escaped(&told.answer())
    );
    if told.shown.values {
        let _ = writeln!(page, "<p>Asked: {}</p>", escaped(&values::of_query(told.query)));
    }
    everybody(told, &mut page);
    for (number, one) in (1..).zip(told.first()) {
        candidate(number, one, told.shown.values, &mut page);
    }
    page.push_str(
        "<p>Numbers are bits of evidence: one to the right doubles the odds that it is the person, one to the left halves \
         them.</p>\n</main>\n</body>\n</html>\n",
    );
    page
}

fn everybody(told: &Told<'_>, page: &mut String) {
    page.push_str(
        "<h2>Everybody who was compared</h2>\n<table>\n<thead><tr><th scope=\"col\">Person</th>\
         <th scope=\"col\">Probability</th><th scope=\"col\">Bits</th></tr></thead>\n<tbody>\n",
    );
    for (number, one) in (1..).zip(told.candidates) {
        let (probability, bits) = (cut(one.probability), one.bits());
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\">{number}</th><td class=\"n\">{probability:.6}</td><td class=\"n\">{bits:+.1}</td></tr>"
        );
    }
    page.push_str("</tbody>\n</table>\n");
}

fn candidate(number: usize, one: &Candidate<'_>, with_values: bool, page: &mut String) {
    let _ = writeln!(page, "<section>\n<h2 id=\"person-{number}\">Person {number}</h2>");
    if with_values {
        let _ = writeln!(page, "<p>{}</p>", escaped(&values::of_person(one.person)));
    }
    chart(number, one, page);
    page.push_str(
        "<table>\n<thead><tr><th scope=\"col\">Field</th><th scope=\"col\">How it agrees</th>\
         <th scope=\"col\">Bits</th></tr></thead>\n<tbody>\n",
    );
    for reason in &one.reasons {
        let (field, how, bits) = (escaped(&label(reason.field)), escaped(reason.how), reason.bits);
        let _ = writeln!(page, "<tr><th scope=\"row\">{field}</th><td>{how}</td><td class=\"n\">{bits:+.1}</td></tr>");
    }
    page.push_str("</tbody>\n</table>\n</section>\n");
}

/// Bars for and against, a row for each field; told whole to whoever does not see it by the table below.
fn chart(number: usize, one: &Candidate<'_>, page: &mut String) {
    let height = ROW * (one.reasons.len() + 1);
    let _ = writeln!(
        page,
        "<svg viewBox=\"0 0 760 {height}\" role=\"img\" aria-labelledby=\"chart-{number}\">\n\
         <title id=\"chart-{number}\">Evidence that it is person {number}, by field: {:+.1} bits together. The table below \
         has the same figures.</title>\n\
         <line x1=\"{ZERO}\" y1=\"0\" x2=\"{ZERO}\" y2=\"{height}\" stroke=\"#505a5f\"/>",
        one.bits()
    );
    for (row, reason) in one.reasons.iter().enumerate() {
        let (top, base) = (row * ROW + 4, row * ROW + 17);
        let width = (reason.bits.abs() * BIT).clamp(1.0, if reason.bits < 0.0 { 150.0 } else { 360.0 });
        let (left, colour) = if reason.bits < 0.0 { (ZERO - width, "#d4351c") } else { (ZERO, "#00703c") };
        let end = if reason.bits < 0.0 { ZERO + 6.0 } else { left + width + 6.0 };
        let _ = writeln!(
            page,
            "<text x=\"0\" y=\"{base}\">{}</text>\n\
             <rect x=\"{left:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"16\" fill=\"{colour}\"/>\n\
             <text x=\"{end:.1}\" y=\"{base}\">{:+.1}</text>",
            escaped(&label(reason.field)),
            reason.bits
        );
    }
    page.push_str("</svg>\n");
}

/// Text as it stands in HTML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}
