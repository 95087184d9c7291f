//! Names in one form, each once, with how often it is a given and a family name.

use hashbrown::HashTable;

use super::keys::hash_letters;
use super::layout::Sections;
use crate::{Gender, RegisterError, Soundex, name};

/// The number of a name. Number 0 is no name.
pub(crate) type NameId = u32;

/// Where the six words of a name have what.
pub(crate) mod word {
    /// Where its letters begin.
    pub(crate) const START: usize = 0;
    /// How many there are.
    pub(crate) const LENGTH: usize = 1;
    /// Sounds: of the whole in the low half, of the first part in the high half.
    pub(crate) const SOUNDS: usize = 2;
    /// People not female with this given name.
    pub(crate) const MALE: usize = 3;
    /// Women with this given name.
    pub(crate) const FEMALE: usize = 4;
    /// People with this family name, now or before.
    pub(crate) const FAMILY: usize = 5;
}

pub(super) struct NamesBuilder {
    names: Vec<[u32; 6]>,
    letters: Vec<u8>,
    ids: HashTable<NameId>,
    form: Vec<u8>,
}

impl NamesBuilder {
    pub(super) fn new() -> Self {
        Self { names: vec![[0; 6]], letters: Vec::new(), ids: HashTable::new(), form: Vec::new() }
    }

    pub(super) fn given(&mut self, name: &str, gender: Gender) -> Result<NameId, RegisterError> {
        self.counted(name, if gender == Gender::Female { word::FEMALE } else { word::MALE })
    }

    pub(super) fn family(&mut self, name: &str) -> Result<NameId, RegisterError> {
        self.counted(name, word::FAMILY)
    }

    pub(super) fn other(&mut self, name: &str) -> Result<NameId, RegisterError> {
        self.intern(name)
    }

    fn counted(&mut self, name: &str, count: usize) -> Result<NameId, RegisterError> {
        let id = self.intern(name)?;
        if id > 0 {
            self.names[id as usize][count] += 1;
        }
        Ok(id)
    }

    fn intern(&mut self, text: &str) -> Result<NameId, RegisterError> {
        let Self { names, letters, ids, form } = self;
        name::form(text, form);
        if form.is_empty() {
            return Ok(0);
        }
        let hash = hash_letters(form);
        if let Some(id) = ids.find(hash, |id| letters_of(names, letters, *id) == &form[..]) {
            return Ok(*id);
        }
        let too_large = |_| RegisterError::TooLarge { what: "names" };
        let id = NameId::try_from(names.len()).map_err(too_large)?;
        let start = u32::try_from(letters.len()).map_err(too_large)?;
        let text = std::str::from_utf8(form).unwrap_or_default();
        let first = text.split(' ').next().unwrap_or_default();
        let sounds = u32::from(sound(text)) | u32::from(sound(first)) << 16;
        names.push([start, form.len() as u32, sounds, 0, 0, 0]);
        letters.extend_from_slice(form);
        ids.insert_unique(hash, id, |id| hash_letters(letters_of(names, letters, *id)));
        Ok(id)
    }

    pub(super) fn finish(self, sections: &mut Sections) {
        let slots = (self.names.len() * 2).next_power_of_two();
        let mut table = vec![0u32; slots];
        for id in 1..self.names.len() {
            let hash = hash_letters(letters_of(&self.names, &self.letters, id as u32));
            let mut at = hash as usize & (slots - 1);
            while table[at] != 0 {
                at = (at + 1) & (slots - 1);
            }
            table[at] = id as u32;
        }
        (sections.names, sections.letters, sections.name_slots) = (self.names, self.letters, table);
    }
}

fn sound(text: &str) -> u16 {
    Soundex::of(text).map_or(0, Soundex::packed)
}

/// The letters of a name.
pub(crate) fn letters_of<'a>(names: &[[u32; 6]], letters: &'a [u8], id: NameId) -> &'a [u8] {
    let Some(name) = names.get(id as usize) else { return &[] };
    let start = name[word::START] as usize;
    letters.get(start..start + name[word::LENGTH] as usize).unwrap_or_default()
}

/// The sound of a name's first part.
pub(crate) fn sound_of_first(names: &[[u32; 6]], id: NameId) -> Option<u16> {
    names.get(id as usize).map(|name| (name[word::SOUNDS] >> 16) as u16).filter(|sound| *sound > 0)
}

/// The sound of a name's whole, from its words.
pub(crate) fn sound_of_whole(name: [u32; 6]) -> Option<u16> {
    Some((name[word::SOUNDS] & 0xFFFF) as u16).filter(|sound| *sound > 0)
}

/// The sounds of a name: of the whole, and of each part where there are several.
pub(crate) fn sounds_of(names: &[[u32; 6]], letters: &[u8], id: NameId, into: &mut Vec<u16>) {
    let Some(name) = names.get(id as usize) else { return };
    into.extend(Some((name[word::SOUNDS] & 0xFFFF) as u16).filter(|sound| *sound > 0));
    parts_sounds(letters_of(names, letters, id), into);
}

/// The sound of each part of a name in one form, where there are several.
pub(crate) fn parts_sounds(form: &[u8], into: &mut Vec<u16>) {
    if form.contains(&b' ') {
        let parts = form.split(|b| *b == b' ').filter(|part| part.len() > 1);
        into.extend(parts.filter_map(|part| std::str::from_utf8(part).ok()).map(sound).filter(|sound| *sound > 0));
    }
}
