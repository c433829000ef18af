//! The console as a process, asked by whoever it may be: of all requests only the right ones get in.

use crate::browser::{Response, Served};
use crate::place::repository;
use crate::process::{run, said};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;

fn served() -> (tempfile::TempDir, Served) {
    let dir = tempfile::tempdir().unwrap();
    let served = Served::start(dir.path());
    (dir, served)
}

/// How a request is meant, and what of it must be right.
struct Door {
    method: &'static str,
    path: &'static str,
    body: &'static str,
    /// Its page's own Origin must be there.
    needs_origin: bool,
    /// A token must be there; that of an operator.
    needs_token: bool,
    needs_operator: bool,
    opened: u16,
}

const DOORS: [Door; 4] = [
    Door {
        method: "GET",
        path: "/",
        body: "",
        needs_origin: false,
        needs_token: true,
        needs_operator: false,
        opened: 200,
    },
    Door {
        method: "GET",
        path: "/live",
        body: "",
        needs_origin: true,
        needs_token: true,
        needs_operator: false,
        opened: 426,
    },
    Door {
        method: "POST",
        path: "/api/link",
        body: "",
        needs_origin: true,
        needs_token: true,
        needs_operator: true,
        opened: 200,
    },
    Door {
        method: "POST",
        path: "/stop",
        body: "",
        needs_origin: true,
        needs_token: false,
        needs_operator: false,
        opened: 204,
    },
];

#[test]
fn of_all_hosts_origins_and_tokens_only_the_right_ones_reach_anything() {
    let (_dir, served) = served();
    let (operator, watcher) = (served.enter(), served.look_on());
    let host = served.host();
    let (own, port) = (format!("http://{host}"), served.port);
    let local = format!("localhost:{port}");
    let hosts = [
        Some(host.clone()),
        None,
        Some(local),
        Some(format!("rebound.example:{port}")),
        Some("127.0.0.1".to_owned()),
        Some(host.to_uppercase() + "."),
    ];
    let origins = [
        Some(own.clone()),
        None,
        Some("null".to_owned()),
        Some("http://evil.example".to_owned()),
        Some(format!("https://{host}")),
        Some(format!("http://127.0.0.1:{}", port ^ 1)),
    ];
    let mut wrong = operator.clone();
    wrong.replace_range(wrong.len() - 1.., if operator.ends_with('0') { "1" } else { "0" });
    let tokens = [
        Some(operator.clone()),
        Some(watcher.clone()),
        None,
        Some(wrong),
        Some(format!("{operator}; {operator}")),
    ];
    let mut cases = 0;
    for (h, o, k) in (0..6).flat_map(|h| (0..6).flat_map(move |o| (0..5).map(move |k| (h, o, k)))) {
        for door in &DOORS {
            let mut headers = Vec::new();
            headers.extend(hosts[h].as_deref().map(|host| ("Host", host)));
            headers.extend(origins[o].as_deref().map(|origin| ("Origin", origin)));
            headers.extend(tokens[k].as_deref().map(|token| ("Cookie", token)));
            let answer = served.request(door.method, door.path, &headers, door.body);
            // By its other name the console's own Origin is another one.
            let is_own_host = h == 0 || h == 2;
            let is_own_page = h == 0 && o == 0;
            let origin_fits = is_own_page || (o == 1 && !door.needs_origin);
            let token_fits = match k {
                0 => true,
                1 => !door.needs_operator,
                _ => !door.needs_token,
            };
            let may = is_own_host && origin_fits && token_fits;
            // A request without any Host is none at all.
            let barred = if h == 1 { [400, 403] } else { [403, 403] };
            let fits =
                if may { answer.status == door.opened } else { barred.contains(&answer.status) };
            assert!(fits, "{} {} {headers:?}: {}", door.method, door.path, answer.status);
            guarded(&answer, h == 1);
            cases += 1;
        }
    }
    println!("{cases} requests");
    assert_eq!(cases, 720);
}

/// What every answer must say.
fn guarded(answer: &Response, is_no_request: bool) {
    if is_no_request && answer.status == 400 {
        return;
    }
    let policy = answer.header("content-security-policy").unwrap();
    for word in
        ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]
    {
        assert!(policy.contains(word), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
}

#[test]
fn an_address_opens_once_and_no_token_stands_in_addresses_or_logs() {
    let (dir, served) = served();
    let way_in = served.way_in();
    let cookie = served.enter();
    assert_eq!(served.get(&way_in, &[]).status, 403, "it opens once");
    assert_eq!(served.get(&format!("/login/{}", "0".repeat(64)), &[]).status, 403);
    let token = cookie.split_once('=').unwrap().1;
    assert_eq!(token.len(), 64);
    assert!(!way_in.contains(token));
    assert_eq!(served.get("/", &[("Cookie", &cookie)]).status, 200);
    for entry in std::fs::read_dir(dir.path().join("console")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read(&path).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&text).contains(token), "{}", path.display());
    }
}

#[test]
fn enter_prints_another_address_that_opens_once_too() {
    let (_dir, mut served) = served();
    let (first, cookie) = (served.way_in(), served.enter());
    served.press_enter();
    assert_ne!(served.way_in(), first);
    assert_eq!(served.enter(), cookie, "the same operator in another browser");
    assert_eq!(served.get(&served.way_in(), &[]).status, 403, "it opens once");
}

#[test]
fn no_page_has_a_script_of_its_own_and_nothing_else_than_the_page_is_served() {
    let (_dir, served) = served();
    let cookie = served.enter();
    let page = served.get("/", &[("Cookie", &cookie)]);
    let scripts: Vec<&str> = page.body.split("<script").skip(1).collect();
    assert!(
        !scripts.is_empty() && scripts.iter().all(|s| s.contains("src=\"/page/")),
        "{scripts:?}"
    );
    assert!(!page.body.contains("style=") && !page.body.contains("onclick"));
    for path in [
        "/page/../Cargo.toml",
        "/page/..%2f..%2fetc%2fpasswd",
        "/page//etc/passwd",
        "/etc/passwd",
        "/report/../ledger.smp",
        "/api/dots/..%2f",
    ] {
        let status = served.get(path, &[("Cookie", &cookie)]).status;
        assert!([404, 405].contains(&status), "{path}: {status}");
    }
}

#[test]
fn it_listens_to_this_machine_alone() {
    let (dir, served) = served();
    let port = format!(":{:04X} ", served.port);
    let mut found = 0;
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let text = std::fs::read_to_string(table).unwrap_or_default();
        // Local address, and `0A`: it listens.
        let own = |line: &&str| {
            line.split_whitespace().nth(1).is_some_and(|a| format!("{a} ").contains(&port))
                && line.contains(" 0A ")
        };
        for line in text.lines().filter(own) {
            assert!(line.contains("0100007F:"), "{line}");
            found += 1;
        }
    }
    assert_eq!(found, 1);
    let other = run(dir.path(), &["console", "elsewhere", "--listen", "0.0.0.0:0"]);
    assert_eq!(other.status.code(), Some(2), "{}", said(&other));
    assert!(!dir.path().join("elsewhere").exists(), "nothing is made for what is refused");
    let second = run(dir.path(), &["console", ".", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1), "{}", said(&second));
    assert!(said(&second).contains("another console"), "{}", said(&second));
}

#[test]
fn what_is_too_long_or_never_ends_is_cut_off() {
    let (_dir, served) = served();
    let cookie = served.enter();
    let (host, origin) = (served.host(), format!("http://{}", served.host()));
    let headers = [("Host", host.as_str()), ("Origin", &origin), ("Cookie", &cookie)];
    let long = json!({ "scalp": { "name": "x".repeat(100_000), "own": true } }).to_string();
    assert_eq!(served.request("POST", "/api/preview", &headers, &long).status, 413);
    assert_eq!(served.request("POST", "/api/preview", &headers, "{").status, 400);
    // A head that is never finished: its connection is closed, and others are served meanwhile.
    let mut slow = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    assert_eq!(served.get("/health", &[]).status, 200);
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest);
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}

#[test]
fn more_pages_than_there_is_room_for_are_turned_away_and_hurt_nobody() {
    let (_dir, served) = served();
    let cookie = served.enter();
    let mut pages: Vec<_> = (0..8).map(|_| crate::browser::Page::open(&served, &cookie)).collect();
    assert!(crate::browser::Page::try_open(&served, &cookie).is_none(), "a ninth page");
    pages[0].take();
    drop(pages.pop());
    // The room of one that has gone is free again, as soon as its end was heard.
    pages[0].until("seven pages", |page| page.control["pages"] == 7);
    crate::browser::Page::open(&served, &cookie);
}

#[test]
fn who_looks_on_does_not_keep_out_who_operates() {
    let (_dir, served) = served();
    let (operator, watcher) = (served.enter(), served.look_on());
    let watching: Vec<_> = (0..6).map(|_| crate::browser::Page::open(&served, &watcher)).collect();
    assert!(crate::browser::Page::try_open(&served, &watcher).is_none(), "a seventh who looks on");
    crate::browser::Page::open(&served, &operator).take();
    drop(watching);
}

#[test]
fn a_page_that_says_what_no_page_says_is_closed() {
    let (_dir, served) = served();
    let cookie = served.enter();
    for said in [
        json!({ "gcode": "G1 Z-9" }),
        json!({ "ask": { "what": { "run": "home" } } }),
        json!([]),
        json!({ "take": 1, "saw": 2 }),
    ] {
        let mut page = crate::browser::Page::open(&served, &cookie);
        page.send(&said);
        // Ends when the console closes it, or never.
        while page.hear() {}
    }
    // Names that would mean something else on a command line or in a path.
    for name in ["../../etc", "-rf", "--out=/etc", ".hidden", "a/b", "", "a\nb"] {
        let mut page = crate::browser::Page::open(&served, &cookie);
        page.send(&json!({ "ask": { "what": { "session": { "scalp": { "name": name, "own": true } } }, "epoch": 0, "number": 1, "saw": 0 } }));
        while page.hear() {}
    }
}

#[test]
fn every_file_of_the_page_is_served_as_it_stands_in_the_sources() {
    let (_dir, served) = served();
    let cookie = served.enter();
    let page = repository("src/console/page");
    let mut open = vec![page.clone()];
    let mut found = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&page).unwrap().display().to_string();
            // What the vendored files are made from is not served.
            if path.is_dir() && !["vendor/entry", "vendor/licences"].contains(&name.as_str()) {
                open.push(path);
                continue;
            }
            let is_page = ["js", "css", "json", "svg", "html"]
                .iter()
                .any(|e| name.ends_with(&format!(".{e}")));
            if !is_page || path.is_dir() || name.starts_with("vendor/package") {
                continue;
            }
            let answer = served.get(&format!("/page/{name}"), &[("Cookie", &cookie)]);
            assert_eq!(answer.status, 200, "{name}");
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(answer.body == text, "{name} is served otherwise than it stands");
            found += 1;
        }
    }
    println!("{found} files");
    assert!(found > 40);
}

#[test]
fn what_an_operator_brings_along_is_taken_once_whole_and_nowhere_else() {
    let (dir, served) = served();
    let (operator, watcher) = (served.enter(), served.look_on());
    let (host, origin) = (served.host(), format!("http://{}", served.host()));
    let send = |cookie: &str, path: &str, body: &str| {
        let headers = [("Host", host.as_str()), ("Origin", &origin), ("Cookie", cookie)];
        served.request("POST", &format!("/api/upload/{path}"), &headers, body).status
    };
    assert_eq!(send(&watcher, "designs/mine/mine.toml", "x"), 403);
    assert_eq!(send(&operator, "designs/mine/mine.toml", "schema = 1"), 201);
    assert_eq!(send(&operator, "designs/mine/mine.toml", "schema = 2"), 409);
    let written = std::fs::read_to_string(dir.path().join("designs/mine/mine.toml")).unwrap();
    assert_eq!(written, "schema = 1");
    for path in [
        "runs/x/y",
        "designs/..%2f..%2fx/y",
        "designs/x/..%2fy",
        "designs/.x/y",
        "designs/x/-y",
        "scalps/%2e%2e/y",
    ] {
        assert_eq!(send(&operator, path, "x"), 404, "{path}");
    }
    let cookie = [("Host", host.as_str()), ("Cookie", operator.as_str())];
    let choices = served.request("GET", "/api/choices", &cookie, "");
    assert!(choices.body.contains("{\"name\":\"mine\",\"own\":true}"), "{}", choices.body);
}

#[test]
fn own_machine_profiles_are_to_choose_from_and_other_files_are_none() {
    let (dir, served) = served();
    let profile = std::fs::read(repository("configs/machines/gantry6.toml")).unwrap();
    for name in ["own.toml", ".hidden.toml", "-option.toml"] {
        std::fs::write(dir.path().join(name), &profile).unwrap();
    }
    std::fs::write(dir.path().join("touches.toml"), "schema = 1").unwrap();
    let cookie = served.enter();
    let answer = served.get("/api/choices", &[("Cookie", &cookie)]);
    let choices: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let machines = choices["machines"].as_array().unwrap();
    assert!(machines.contains(&json!("gantry6")), "{machines:?}");
    let own = machines.iter().filter(|name| name.as_str().unwrap().ends_with(".toml"));
    assert!(own.eq([&json!("own.toml")]), "{machines:?}");
    // The page can name it: one that says what no page says is closed.
    let mut page = crate::browser::Page::open(&served, &cookie);
    page.take();
    page.ask(json!({ "session": { "plan": { "machine": "own.toml", "session": null } } }));
    let frame = page.frame;
    page.until("open still", |page| page.frame > frame + 2);
}

#[test]
fn figures_are_told_to_who_has_a_token_in_the_format_that_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let token = dir.path().join("token");
    let served = Served::start_with(dir.path(), &["--watch-token", "token"]);
    let token = std::fs::read_to_string(token).unwrap();
    assert_eq!(served.get("/metrics", &[]).status, 403);
    let answer = served.get("/metrics", &[("Authorization", &format!("Bearer {token}"))]);
    assert_eq!(answer.status, 200);
    // Every row has a name, whose kind was told before, and a number.
    let mut kinds = Vec::new();
    for line in answer.body.lines() {
        if let Some(about) = line.strip_prefix("# TYPE ") {
            kinds.push(about.split(' ').next().unwrap().to_owned());
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let name = name.split('{').next().unwrap();
            assert!(kinds.iter().any(|kind| name.starts_with(kind)), "{line}");
            value.parse::<f64>().unwrap();
        }
    }
    assert!(kinds.contains(&"smp_alarms".to_owned()) && kinds.len() >= 6, "{kinds:?}");
    // It lets nobody act.
    let (host, origin) = (served.host(), format!("http://{}", served.host()));
    let bearer = format!("Bearer {token}");
    let headers = [("Host", host.as_str()), ("Origin", &origin), ("Authorization", &bearer)];
    assert_eq!(served.request("POST", "/api/link", &headers, "").status, 403);
}
