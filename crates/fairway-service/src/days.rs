//! Days as senders write them.

use fairway_spec::{DayForm, Field, FieldKind, Form, Reading};
use jiff::civil::Date;

/// The form of a field's days; nothing where it has none.
pub(crate) fn form(field: &Field) -> Option<Form> {
    let is_day = field.kind == FieldKind::Date || matches!(field.form, Some(Form::Moment(_)));
    is_day.then(|| field.form.clone().unwrap_or(Form::Date(DayForm::British)))
}

/// The day that a text of the form says; `None` for anything else.
pub(crate) fn read(form: &Form, text: &str) -> Option<Date> {
    match form.read(text) {
        Ok(Reading::Day(day)) => Some(day),
        Ok(Reading::Moment(moment)) => Some(moment.date()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_and_what_is_no_day_is_not() {
        let british = Form::Date(DayForm::British);
        assert_eq!(read(&british, "29/02/2024"), Some(jiff::civil::date(2024, 2, 29)));
        for text in ["29/02/2023", "2024-02-29", "1/2/2024", "", "aa/bb/cccc", "12/12/20244", "+1/01/2024"] {
            assert_eq!(read(&british, text), None, "{text}");
        }
    }
}
