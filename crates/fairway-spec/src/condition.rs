/// A condition on one record, as rules and requirements are written in. Fields are named by their header.
/// A comparison with a blank or unreadable field is neither true nor false: see [`Condition`] evaluation in `fairway-check`.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// True of every record.
    Always,
    /// True of none.
    Never,
    /// All are true.
    All(Vec<Condition>),
    /// At least one is true.
    Any(Vec<Condition>),
    /// It is not true.
    Not(Box<Condition>),
    /// The field is blank.
    Blank(String),
    /// The field has exactly one of these values.
    In(String, Vec<String>),
    /// The field begins with this text.
    Starts(String, String),
    /// The field contains this text.
    Contains(String, String),
    /// The first field's day or number is less than or equal to the second's.
    AtMost(String, String),
    /// The two fields have the same text.
    Same(String, String),
    /// The number in the field lies between these, both included.
    Between(String, f64, f64),
    /// Full years from the first field's day to the second's lie between these, both included.
    Years(String, String, f64, f64),
}
