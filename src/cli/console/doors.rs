//! How a browser gets its token: by an address that opens once, as a cookie that no script and no other site can read.
//!
//! The token itself never stands in an address, where histories and logs would keep it.

use super::token;
use crate::cli::output::Failure;
use smp::console::{Role, Token};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

/// Addresses that have been handed out and not opened.
const OPEN_MAX: usize = 16;

/// The ways in.
pub struct Doors {
    own: SocketAddr,
    operator: Token,
    watcher: Token,
    codes: Mutex<Vec<(String, Role)>>,
}

impl Doors {
    pub fn new(own: SocketAddr, operator: Token, watcher: Token) -> Self {
        Self { own, operator, watcher, codes: Mutex::new(Vec::new()) }
    }

    /// An address that lets in once.
    pub fn link(&self, role: Role) -> Result<String, Failure> {
        let code = token()?.hex();
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let surplus = (codes.len() + 1).saturating_sub(OPEN_MAX);
        codes.drain(..surplus);
        let link = format!("http://{}/login/{code}", self.own);
        codes.push((code, role));
        Ok(link)
    }

    /// The cookie for who comes by such an address.
    pub fn open(&self, code: &str) -> Option<String> {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let at = codes.iter().position(|(known, _)| known == code)?;
        let (_, role) = codes.swap_remove(at);
        let token = if role == Role::Operator { &self.operator } else { &self.watcher };
        Some(format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie(), token.hex()))
    }

    /// The token in a header of cookies.
    pub fn token<'a>(&self, cookies: &'a str) -> Option<&'a str> {
        let name = self.cookie();
        let mut own = cookies
            .split(';')
            .filter_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name));
        let (_, token) = own.next()?;
        own.next().is_none().then_some(token)
    }

    /// Cookies do not know ports: each console has a name of its own.
    fn cookie(&self) -> String {
        format!("smp-{}", self.own.port())
    }
}
