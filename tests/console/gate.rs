//! Host, Origin and token: of all combinations only the right ones get in.

use smp::console::{Barred, Gate, Request, Role, Token, Wish};

const PORT: u16 = 7878;
const NAMES: [&str; 3] = ["127.0.0.1:7878", "[::1]:7878", "localhost:7878"];

const HOSTS: [Option<&str>; 17] = [
    Some("127.0.0.1:7878"),
    Some("[::1]:7878"),
    Some("localhost:7878"),
    None,
    Some(""),
    Some("127.0.0.1"),
    Some("127.0.0.1:80"),
    Some("127.0.0.1:78780"),
    Some("localhost"),
    Some("LOCALHOST:7878"),
    Some("localhost.:7878"),
    Some("::1:7878"),
    Some("[::ffff:127.0.0.1]:7878"),
    // Names that somebody else may let point here.
    Some("rebound.example:7878"),
    Some("127.0.0.1.example:7878"),
    Some("localhost.example:7878"),
    Some("0.0.0.0:7878"),
];

const ORIGINS: [Option<&str>; 18] = [
    Some("http://127.0.0.1:7878"),
    Some("http://[::1]:7878"),
    Some("http://localhost:7878"),
    None,
    Some(""),
    Some("null"),
    Some("https://127.0.0.1:7878"),
    Some("http://127.0.0.1"),
    Some("http://127.0.0.1:80"),
    Some("http://127.0.0.1:7878/"),
    Some("http://127.0.0.1:7878.example"),
    Some("HTTP://127.0.0.1:7878"),
    Some("http://LOCALHOST:7878"),
    Some("http://rebound.example:7878"),
    Some("http://evil.example"),
    Some("file://"),
    Some("http://127.0.0.1:7878@evil.example"),
    Some("127.0.0.1:7878"),
];

const WISHES: [Wish; 6] =
    [Wish::Health, Wish::Enter, Wish::Read, Wish::Listen, Wish::Act, Wish::Stop];

fn tokens() -> (Token, Token) {
    (Token::new([0xA5; 32]), Token::new([0x5A; 32]))
}

fn gate() -> Gate {
    let (operator, watcher) = tokens();
    Gate::new(PORT, operator, watcher)
}

/// What is sent as a token, and whose it is.
fn sent() -> Vec<(Option<String>, Option<Role>)> {
    let (operator, watcher) = tokens();
    let hex = operator.hex();
    let mut other = hex.clone();
    other.replace_range(63..64, "4");
    vec![
        (Some(hex.clone()), Some(Role::Operator)),
        (Some(watcher.hex()), Some(Role::Watcher)),
        (None, None),
        (Some(String::new()), None),
        (Some(other), None),
        (Some(hex.to_uppercase()), None),
        (Some(hex[..63].to_owned()), None),
        (Some(format!("{hex}0")), None),
        (Some(format!("{}é", &hex[..62])), None),
        (Some(Token::new([0; 32]).hex()), None),
    ]
}

#[test]
fn of_all_hosts_origins_and_tokens_only_the_right_ones_get_in() {
    let (gate, mut in_by_wish) = (gate(), [0; 6]);
    for (host, origin) in HOSTS.iter().flat_map(|host| ORIGINS.map(|origin| (*host, origin))) {
        let is_own_host = host.is_some_and(|host| NAMES.contains(&host));
        let is_own_page = is_own_host && origin == host.map(|h| format!("http://{h}")).as_deref();
        for (token, whose) in sent() {
            for (number, wish) in WISHES.into_iter().enumerate() {
                let token = token.as_deref();
                let found = gate.check(&Request { wish, host, origin, token });
                let may = match wish {
                    Wish::Health | Wish::Enter => is_own_host && (is_own_page || origin.is_none()),
                    Wish::Read => {
                        is_own_host && (is_own_page || origin.is_none()) && whose.is_some()
                    }
                    Wish::Listen => is_own_page && whose.is_some(),
                    Wish::Act => is_own_page && whose == Some(Role::Operator),
                    Wish::Stop => is_own_page,
                };
                assert_eq!(found.is_ok(), may, "{wish:?} {host:?} {origin:?} {token:?}: {found:?}");
                if let (Ok(role), Wish::Read | Wish::Listen | Wish::Act) = (found, wish) {
                    assert_eq!(Some(role), whose);
                }
                in_by_wish[number] += usize::from(found.is_ok());
            }
        }
    }
    // Of 3,060 combinations for each: three names; with a page of its own or none; two tokens.
    assert_eq!(in_by_wish, [60, 60, 12, 6, 3, 30]);
}

#[test]
fn each_refusal_names_what_was_wrong_first() {
    let gate = gate();
    let (operator, watcher) = tokens();
    let (operator, watcher) = (operator.hex(), watcher.hex());
    let asks = |host, origin, token| {
        gate.check(&Request { wish: Wish::Act, host, origin, token }).unwrap_err()
    };
    let (host, origin) = (Some(NAMES[0]), Some("http://127.0.0.1:7878"));
    assert_eq!(asks(Some("evil.example"), origin, Some(&operator)), Barred::Host);
    assert_eq!(asks(host, Some("http://localhost:7878"), Some(&operator)), Barred::Origin);
    assert_eq!(asks(host, None, Some(&operator)), Barred::Origin);
    assert_eq!(asks(host, origin, None), Barred::Token);
    assert_eq!(asks(host, origin, Some(&watcher)), Barred::Watching);
}

#[test]
fn a_token_is_not_told_by_accident() {
    let (operator, _) = tokens();
    assert_eq!(format!("{operator:?}"), "Token");
}
