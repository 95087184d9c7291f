//! Small registers of made-up people, written as files and read back.

use std::path::Path;

use fairway_domain::NhsNumber;
use fairway_trace::{Gender, PartialDate, Query, Register, RegisterError};

pub const HEADER: &str = "nhs_number,given_name,other_given_names,family_name,gender,date_of_birth,date_of_death,\
                          address_line1,address_line2,address_line3,postcode,gp_practice,sensitive";

/// The n-th number of the test range 999.
pub fn number(n: u32) -> NhsNumber {
    let digits = |n: u32| format!("999{n:06}");
    let checked = (0..).filter_map(|k| {
        let nine = digits(k);
        let values: [u8; 9] = std::array::from_fn(|i| nine.as_bytes()[i] - b'0');
        NhsNumber::check_digit(values).map(|check| format!("{nine}{check}"))
    });
    NhsNumber::parse(&checked.take(n as usize + 1).last().unwrap()).unwrap()
}

pub fn date(text: &str) -> Option<PartialDate> {
    Some(PartialDate::parse(text).unwrap())
}

/// The three files of a register, as text.
pub struct Files {
    pub register: String,
    pub history: String,
    pub superseded: String,
}

impl Files {
    pub fn new() -> Self {
        Self {
            register: format!("{HEADER}\n"),
            history: "nhs_number,field,value\n".into(),
            superseded: "old_nhs_number,nhs_number\n".into(),
        }
    }

    /// Adds the person with the n-th number; `rest` are the cells after the number.
    pub fn person(mut self, n: u32, rest: &str) -> Self {
        self.register.push_str(&format!("{},{rest}\n", number(n).as_str()));
        self
    }

    pub fn earlier(mut self, n: u32, field: &str, value: &str) -> Self {
        self.history.push_str(&format!("{},{field},{value}\n", number(n).as_str()));
        self
    }

    pub fn replaced(mut self, old: u32, new: u32) -> Self {
        self.superseded.push_str(&format!("{},{}\n", number(old).as_str(), number(new).as_str()));
        self
    }

    pub fn write(&self, dir: &Path) {
        std::fs::write(dir.join("register.csv"), &self.register).unwrap();
        std::fs::write(dir.join("history.csv"), &self.history).unwrap();
        std::fs::write(dir.join("superseded.csv"), &self.superseded).unwrap();
    }

    pub fn read(&self) -> Result<Register, RegisterError> {
        let dir = tempfile::tempdir().unwrap();
        self.write(dir.path());
        Register::read(dir.path())
    }
}

/// Five people: a woman who married and moved, twin brothers, a man who died, and one whose whereabouts are restricted.
pub fn village() -> Files {
    Files::new()
        .person(1, "SIAN,MAIR,JONES,2,19450312,,FLAT 2 5 HIGH STREET,OAKHAM,LE AREA,LE15 6AA,C82001,")
        .person(2, "MARK,,O'BRIEN,1,19620817,,7 MILL LANE,UPTON,,NG23 5SX,C84001,")
        .person(3, "MARC,,O'BRIEN,1,19620817,,7 MILL LANE,UPTON,,NG23 5SX,C84001,")
        .person(4, "ARTHUR,JAMES,WEBB,1,19301105,20200401,1 GREEN LANE,,,LE15 7BB,C82001,")
        .person(5, "ROSE,,HIDDEN,2,19790601,,9 SECRET ROAD,FARAWAY,,TR19 7AA,L82001,S")
        .earlier(1, "family_name", "PRICE")
        .earlier(1, "postcode", "CF10 1EP")
        .earlier(5, "postcode", "TR18 2AB")
        .replaced(11, 1)
        .replaced(12, 11)
}

/// The woman of the village, asked for by what she goes by today.
pub fn sian() -> Query<'static> {
    Query {
        family_name: "Jones",
        given_name: "Siân",
        gender: Gender::Female,
        date_of_birth: date("19450312"),
        postcode: "LE15 6AA",
        ..Query::default()
    }
}
