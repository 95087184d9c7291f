/// What the exchange says is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MeshCode {
    /// 02.
    NoContent,
    /// 06.
    Headers,
    /// 07.
    From,
    /// 08.
    NoRecipient,
    /// 11.
    MessageType,
    /// 12.
    Recipient,
    /// 14.
    NotCollected,
    /// 15.
    Cpis,
    /// 16.
    NotAllowed,
    /// 17.
    Workflow,
    /// Any other, or none.
    Other,
}

impl MeshCode {
    /// Every code that the interface describes, with what it says.
    const ALL: [(Self, &str, &str); 10] = [
        (Self::NoContent, "02", "the message has no content that the exchange could read"),
        (Self::Headers, "06", "the message's headers are not well formed"),
        (Self::From, "07", "the mailbox that sends is not the one that the authorisation is for"),
        (Self::NoRecipient, "08", "the message names no recipient"),
        (Self::MessageType, "11", "the message is not of a type that may be sent"),
        (Self::Recipient, "12", "the exchange does not know the recipient's mailbox"),
        (Self::NotCollected, "14", "the recipient did not collect the message within five days"),
        (Self::Cpis, "15", "the file is not one that Child Protection Information Sharing takes"),
        (Self::NotAllowed, "16", "this mailbox may not send messages of this workflow"),
        (Self::Workflow, "17", "the workflow is not registered for the mailbox"),
    ];

    /// The meaning of a code.
    pub fn of(code: &str) -> Self {
        Self::ALL.iter().find(|(_, known, _)| *known == code).map_or(Self::Other, |(meaning, ..)| *meaning)
    }

    /// The two digits; blank for [`MeshCode::Other`].
    pub fn digits(self) -> &'static str {
        Self::ALL.iter().find(|(meaning, ..)| *meaning == self).map_or("", |(_, digits, _)| digits)
    }

    /// In words, lower case, without a full stop.
    pub fn says(self) -> &'static str {
        let other = "the exchange refused the message for a reason that its interface does not describe";
        Self::ALL.iter().find(|(meaning, ..)| *meaning == self).map_or(other, |(.., says)| says)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_interface_is_put_in_words() {
        let codes: Vec<&str> = MeshCode::ALL.iter().map(|(_, digits, _)| *digits).collect();
        assert_eq!(codes, ["02", "06", "07", "08", "11", "12", "14", "15", "16", "17"]);
        for (meaning, digits, says) in MeshCode::ALL {
            assert_eq!((MeshCode::of(digits), meaning.digits(), meaning.says()), (meaning, digits, says));
        }
        assert_eq!(MeshCode::of("EPL-151"), MeshCode::Other);
    }
}
