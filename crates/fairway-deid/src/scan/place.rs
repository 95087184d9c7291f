use fairway_domain::Postcode;

use super::Kind;
use super::token::{Gap, Text};

/// The postcode areas of the United Kingdom and the Crown dependencies, and ZZ of the pseudo postcodes.
/// Source: ONS Postcode Directory; NHS Data Dictionary for ZZ99.
const AREAS: &str = "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX \
FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR \
NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD \
WF WN WR WS WV YO ZE ZZ";

/// Full postcodes, in one token or in two with a space between.
pub(super) fn postcode(text: &Text, index: usize, sink: &mut dyn FnMut(Kind, usize)) {
    let token = text.token(index);
    let found = match token.len() {
        5..=7 => token.split_last_chunk::<3>().is_some_and(|(outward, inward)| is_postcode(outward, inward)),
        2..=4 if text.gap(index) == Gap::Space => is_postcode(token, text.token(index + 1)),
        _ => false,
    };
    if found {
        sink(Kind::Postcode, text.start(index));
    }
}

fn is_postcode(outward: &[u8], inward: &[u8]) -> bool {
    // Most tokens fall here, before anything is allocated.
    let [digit, first, second] = inward else { return false };
    if !digit.is_ascii_digit() || !first.is_ascii_alphabetic() || !second.is_ascii_alphabetic() {
        return false;
    }
    let letters = outward.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let area = outward[..letters].to_ascii_uppercase();
    let known = AREAS.split(' ').any(|known| known.as_bytes() == area);
    // The Royal Mail uses none of CIKMOV in the inward part; pseudo postcodes do.
    let usual = area == b"ZZ" || ![first, second].into_iter().any(|b| b"CIKMOV".contains(&b.to_ascii_uppercase()));
    known && usual && std::str::from_utf8(&[outward, inward].concat()).is_ok_and(|code| Postcode::parse(code).is_ok())
}
