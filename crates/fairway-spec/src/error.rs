use std::fmt;

/// Why a specification does not load: every problem found, each with its file and place. For the person who writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecError {
    /// What is wrong; never empty.
    pub problems: Vec<SpecProblem>,
}

/// One thing that is wrong in a specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecProblem {
    /// The file, relative to the specification's folder (`r2/rules.yaml`), or the folder or name that was asked for.
    pub file: String,
    /// Where in it: a line, a field, a rule; empty for the file as a whole.
    pub place: String,
    /// What is wrong, in words.
    pub problem: String,
}

impl SpecProblem {
    pub(crate) fn new(file: impl Into<String>, place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { file: file.into(), place: place.into(), problem: problem.into() }
    }
}

impl From<SpecProblem> for SpecError {
    fn from(problem: SpecProblem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for SpecProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => write!(f, "{}: {}", self.file, self.problem),
            place => write!(f, "{}, {place}: {}", self.file, self.problem),
        }
    }
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for SpecError {}
