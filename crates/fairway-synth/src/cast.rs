//! Who plays which part in a council's submission, and who cares for whom. Every answer follows from the seed and a
//! client's place alone, so that nobody need be remembered.

use crate::chance::Streams;

/// A client's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Has needs of their own.
    User,
    /// Cares for a service user, and has dealings with the council.
    Carer,
    /// Cares for a service user; the council knows it from them alone.
    Associated,
}

/// The parts of all clients of one council, by place from 0.
pub(crate) struct Cast {
    streams: Streams,
    people: u64,
}

impl Cast {
    pub(crate) fn new(streams: Streams, people: u64) -> Self {
        Self { streams, people }
    }

    pub(crate) fn role(&self, place: u64) -> Role {
        match self.streams.draw(place) % 1000 {
            _ if place == 0 => Role::User,
            0..130 => Role::Carer,
            130..170 => Role::Associated,
            _ => Role::User,
        }
    }

    /// The service users that a carer cares for: the one to three before them. Empty for service users.
    pub(crate) fn cared_for(&self, place: u64) -> Vec<u64> {
        let wanted = self.wanted(place);
        (0..place).rev().filter(|other| self.role(*other) == Role::User).take(wanted).collect()
    }

    /// Whether any client cares for this service user.
    pub(crate) fn has_carer(&self, place: u64) -> bool {
        let mut users_between = 0;
        for other in place + 1..self.people {
            match self.role(other) {
                Role::User => users_between += 1,
                _ if self.wanted(other) > users_between => return true,
                _ => {}
            }
            if users_between == 3 {
                break;
            }
        }
        false
    }

    fn wanted(&self, place: u64) -> usize {
        if self.role(place) == Role::User {
            return 0;
        }
        match (self.streams.draw(place) >> 32) % 100 {
            0..86 => 1,
            86..97 => 2,
            _ => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_user_has_a_carer_where_a_carer_says_so() {
        let cast = Cast::new(Streams::new(7), 2_000);
        let mut cared_for = vec![false; 2_000];
        for place in 0..2_000 {
            let linked = cast.cared_for(place);
            assert_eq!(linked.is_empty(), cast.role(place) == Role::User);
            for other in linked {
                cared_for[other as usize] = true;
            }
        }
        for place in 0..2_000 {
            let expected = cared_for[place as usize];
            assert_eq!(cast.role(place) == Role::User && cast.has_carer(place), expected);
        }
    }
}
