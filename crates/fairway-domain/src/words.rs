//! Closed lists of words.

/// A closed list of words: the same on the command line, in JSON and in the ledger.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $wrong:literal, { $($(#[$word_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $variant),+
        }

        impl $name {
            /// Every one, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word used on the command line, in JSON and in the ledger.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::IdError;

            fn from_str(text: &str) -> Result<Self, $crate::IdError> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::IdError($wrong)),
                }
            }
        }
    };
}
