//! Which request is listened to at all.
//!
//! A page of somebody else's, open in the same browser, can send requests to this machine: by its name (`Origin` tells), or
//! by a name of its own that it lets point here (`Host` tells). A program of another user of this machine can send whatever
//! it likes, but has no token.

use crate::record::hex;
use serde::Serialize;
use thiserror::Error;

/// Bytes of a token: 256 bits, drawn anew at each start.
const TOKEN_BYTES: usize = 32;

/// A secret that lets in.
#[derive(Clone)]
pub struct Token([u8; TOKEN_BYTES]);

/// What a request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To know whether the console lives.
    Health,
    /// To come in by an address that opens once.
    Enter,
    /// To read a page or a figure.
    Read,
    /// To hear what goes on, and be heard.
    Listen,
    /// To change something.
    Act,
    /// To stop the machine.
    Stop,
}

/// A request, by what its browser says of it. A header that is there more than once counts as none.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What it wants.
    pub wish: Wish,
    /// Whom it thinks it is talking to.
    pub host: Option<&'a str>,
    /// Whose page sent it.
    pub origin: Option<&'a str>,
    /// The token, in hexadecimal digits.
    pub token: Option<&'a str>,
}

/// What a sender may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Nothing but what was asked: whoever it is.
    Anybody,
    /// Look on, pause and stop.
    Watcher,
    /// Everything.
    Operator,
}

/// Why nobody listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Barred {
    /// It was meant for another machine.
    #[error("the request is not for this console by its Host")]
    Host,
    /// A page of somebody else's sent it.
    #[error("the request comes from another page by its Origin")]
    Origin,
    /// The sender does not know the token.
    #[error("the request has no token of this start")]
    Token,
    /// The token is one for looking on.
    #[error("this token is for looking on")]
    Watching,
}

/// Knows the console's own names and tokens.
pub struct Gate {
    hosts: [String; 3],
    operator: Token,
    watcher: Token,
}

impl Gate {
    /// Of a console on this port of this machine.
    pub fn new(port: u16, operator: Token, watcher: Token) -> Self {
        let hosts = ["127.0.0.1", "[::1]", "localhost"].map(|name| format!("{name}:{port}"));
        Self { hosts, operator, watcher }
    }

    /// Lets a request in, or not.
    ///
    /// # Errors
    /// The first of its reasons; the server says no more than that it is forbidden.
    pub fn check(&self, request: &Request<'_>) -> Result<Role, Barred> {
        let host = request.host.filter(|host| self.hosts.iter().any(|own| own == host));
        let host = host.ok_or(Barred::Host)?;
        let is_own = |origin: &str| origin.strip_prefix("http://") == Some(host);
        match (request.wish, request.origin) {
            (_, Some(origin)) if !is_own(origin) => return Err(Barred::Origin),
            (Wish::Listen | Wish::Act | Wish::Stop, None) => return Err(Barred::Origin),
            _ => {}
        }
        match (request.wish, self.role(request.token)) {
            // Nobody shall have to look for a token to stop a machine.
            (Wish::Health | Wish::Enter | Wish::Stop, _) => Ok(Role::Anybody),
            (_, None) => Err(Barred::Token),
            (Wish::Act, Some(Role::Watcher)) => Err(Barred::Watching),
            (_, Some(role)) => Ok(role),
        }
    }

    fn role(&self, token: Option<&str>) -> Option<Role> {
        let token = Token::parse(token?)?;
        // Both are looked at, whichever it is.
        match (self.operator.is(&token), self.watcher.is(&token)) {
            (true, _) => Some(Role::Operator),
            (_, true) => Some(Role::Watcher),
            _ => None,
        }
    }
}

impl Token {
    /// Of random bytes.
    pub fn new(bytes: [u8; TOKEN_BYTES]) -> Self {
        Self(bytes)
    }

    /// As it stands in an address or a cookie.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.len() != 2 * TOKEN_BYTES {
            return None;
        }
        let digit = |c: u8| match c {
            b'0'..=b'9' => Some(c - b'0'),
            b'a'..=b'f' => Some(c - b'a' + 10),
            _ => None,
        };
        let mut bytes = [0; TOKEN_BYTES];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// Takes as long wherever they differ: how long it takes tells nothing.
    fn is(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }
}

/// Tokens do not get into logs.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}
