//! A client's record, as read: what its pages say.

use super::page::{
    Cartridge, Client, Consent, Page, PatchTest, Pigment, Questionnaire, Scan, Statement,
};
use super::sitting::day;
use super::words::Sha256Hex;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

pub(super) const RECORDS: &str = "records";
pub(super) const SESSIONS: &str = "sessions";

/// A client's record, as read.
#[derive(Clone, Debug)]
pub struct ClientRecord {
    pub(super) folder: PathBuf,
    /// What the first page says.
    pub(super) client: Client,
    pub(super) pages: Vec<Page>,
    /// Of each page.
    pub(super) hashes: Vec<Sha256Hex>,
}

/// What a statement holds, if it is of this kind.
macro_rules! held {
    ($kind:ident) => {
        |statement| match statement {
            Statement::$kind(held) => Some(held),
            _ => None,
        }
    };
}

impl ClientRecord {
    /// The client's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All pages, the oldest first.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// The path of a page.
    pub fn path_of(&self, page: &Page) -> PathBuf {
        self.folder.join(RECORDS).join(page.file_name())
    }

    /// The folder of a session's run.
    pub fn run_folder(&self, session: u32) -> PathBuf {
        self.sessions_folder().join(format!("{session:03}"))
    }

    /// Where the folders of runs are.
    pub fn sessions_folder(&self) -> PathBuf {
        self.folder.join(SESSIONS)
    }

    /// Who it is, and the rules.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The newest scan.
    pub fn scan(&self) -> Option<&Scan> {
        self.all(held!(Scan)).next_back()
    }

    /// The newest questionnaire, by the day on which it was answered: an older one that is stated later changes nothing.
    pub fn questionnaire(&self) -> Option<&Questionnaire> {
        // Of one day, the last stated.
        self.all(held!(Questionnaire)).max_by_key(|questionnaire| questionnaire.answered_on)
    }

    /// The patch tests, the oldest first.
    pub fn patch_tests(&self) -> impl DoubleEndedIterator<Item = &PatchTest> {
        self.all(held!(PatchTest))
    }

    /// The consent in force, with the hash of its page: stated after every withdrawal, and given no earlier than any.
    pub fn consent(&self) -> Option<(&Consent, &Sha256Hex)> {
        let pages = self.pages.iter().zip(&self.hashes).rev();
        let mut either = pages.filter_map(|(page, sha256)| match &page.statement {
            Statement::Consent(consent) => Some(Some((consent, sha256))),
            Statement::Withdrawal(_) => Some(None),
            _ => None,
        });
        let withdrawn = self.last_withdrawal();
        either
            .next()
            .flatten()
            .filter(|(consent, _)| withdrawn.is_none_or(|on| consent.given_on >= on))
    }

    /// The day on which consent was withdrawn, if that was the last word.
    pub fn withdrawn_on(&self) -> Option<Date> {
        self.last_withdrawal().filter(|_| self.consent().is_none())
    }

    fn last_withdrawal(&self) -> Option<Date> {
        self.all(held!(Withdrawal)).map(|withdrawal| withdrawal.on).max()
    }

    /// The latest day of any page, UTC.
    pub fn newest_day(&self) -> Option<Date> {
        self.pages.iter().map(|page| day(page.at)).max()
    }

    /// The pigments, the oldest first.
    pub fn pigments(&self) -> impl DoubleEndedIterator<Item = &Pigment> {
        self.all(held!(Pigment))
    }

    /// The cartridges, the oldest first.
    pub fn cartridges(&self) -> impl DoubleEndedIterator<Item = &Cartridge> {
        self.all(held!(Cartridge))
    }

    /// A pigment by its name.
    pub fn pigment(&self, name: &str) -> Option<&Pigment> {
        self.pigments().find(|pigment| pigment.name.as_str() == name)
    }

    /// A cartridge by its name.
    pub fn cartridge(&self, name: &str) -> Option<&Cartridge> {
        self.cartridges().find(|cartridge| cartridge.name.as_str() == name)
    }

    fn all<'a, T: 'a>(
        &'a self,
        of: impl Fn(&'a Statement) -> Option<&'a T> + 'a,
    ) -> impl DoubleEndedIterator<Item = &'a T> {
        self.pages.iter().filter_map(move |page| of(&page.statement))
    }
}
