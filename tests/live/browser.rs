//! What a browser does of a console's page, as far as the console can tell: requests with their headers, a cookie, a socket.

use crate::process::smp;
use serde_json::{Value, json};
use smp::console::live::{Change, Picture};
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, Instant};
use tungstenite::client::IntoClientRequest;
use tungstenite::{Message, WebSocket};

/// A loaded machine takes this long for something that takes a moment.
const PATIENCE: Duration = Duration::from_secs(120);

/// A page says no oftener that it shows what it hears.
const SAW: Duration = Duration::from_millis(400);

/// For how long something took, which is printed and not judged, and for giving up.
#[allow(clippy::disallowed_methods, reason = "real time is what these tests are about")]
pub fn clock() -> Instant {
    Instant::now()
}

/// A console as a process. Dropped, it is killed.
pub struct Served {
    child: Child,
    /// What it says at its terminal.
    says: Lines<BufReader<ChildStdout>>,
    pub port: u16,
    operator: String,
    watcher: String,
}

impl Served {
    /// Starts one and waits until it listens.
    pub fn start(dir: &Path) -> Self {
        Self::start_with(dir, &[])
    }

    /// The same, with more arguments.
    pub fn start_with(dir: &Path, more: &[&str]) -> Self {
        let arguments = [&["console", ".", "--listen", "127.0.0.1:0"], more].concat();
        let mut command = smp(dir, &arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut says = BufReader::new(child.stdout.take().unwrap()).lines();
        let (operator, watcher) = (link(&mut says, "console: "), link(&mut says, "to look on: "));
        let port = operator.split(['/', ':']).nth(4).unwrap().parse().unwrap();
        Self { child, says, port, operator, watcher }
    }

    /// Enter is pressed at its terminal: it prints another address for an operator.
    pub fn press_enter(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
        self.operator = link(&mut self.says, "console: ");
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its own address, as a browser names it.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Path of the address that lets an operator in once.
    pub fn way_in(&self) -> String {
        path_of(&self.operator)
    }

    /// Opens the operator's address; the cookie.
    pub fn enter(&self) -> String {
        self.cookie(&self.operator)
    }

    /// The same for who looks on.
    pub fn look_on(&self) -> String {
        self.cookie(&self.watcher)
    }

    fn cookie(&self, link: &str) -> String {
        let answer = self.get(&path_of(link), &[]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        cookie.split(';').next().unwrap().to_owned()
    }

    /// A request as its own page makes it, with more headers.
    pub fn get(&self, path: &str, more: &[(&str, &str)]) -> Response {
        let host = self.host();
        self.request("GET", path, &[&[("Host", host.as_str())], more].concat(), "")
    }

    /// A request with these headers and no others.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // A console that refuses early need not read it all.
        let _ = stream.write_all(text.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Response::of(&bytes)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn link(says: &mut Lines<BufReader<ChildStdout>>, name: &str) -> String {
    says.next().unwrap().unwrap().strip_prefix(name).unwrap().to_owned()
}

fn path_of(link: &str) -> String {
    format!("/{}", link.splitn(4, '/').nth(3).unwrap())
}

/// An answer.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Response {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|l| l.split(' ').nth(1)).and_then(|s| s.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Self { status: status.unwrap_or(0), headers: headers.collect(), body: body.to_owned() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A page that is open: it keeps the picture as the console's own page does.
pub struct Page {
    socket: WebSocket<TcpStream>,
    pub tab: u64,
    pub frame: u64,
    pub control: Value,
    pub alarms: Value,
    pub session: Value,
    pub picture: Option<Picture>,
    pub speaks: bool,
    pub refused: Vec<Value>,
    /// It says that it shows what it hears.
    pub looks_on: bool,
    saw: Instant,
    number: u64,
}

impl Page {
    /// Opens one, and waits until it has been told all there is.
    pub fn open(served: &Served, cookie: &str) -> Self {
        Self::try_open(served, cookie).expect("a page")
    }

    /// The same; `None`: the console has no room for it.
    pub fn try_open(served: &Served, cookie: &str) -> Option<Self> {
        let host = served.host();
        let mut request = format!("ws://{host}/live").into_client_request().unwrap();
        request.headers_mut().insert("Origin", format!("http://{host}").parse().unwrap());
        request.headers_mut().insert("Cookie", cookie.parse().unwrap());
        let stream = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = tungstenite::client(request, stream).unwrap();
        let mut page = Self {
            socket,
            tab: 0,
            frame: 0,
            control: Value::Null,
            alarms: Value::Null,
            session: Value::Null,
            picture: None,
            speaks: false,
            refused: Vec::new(),
            looks_on: true,
            saw: clock(),
            number: 0,
        };
        while page.session.is_null() {
            if !page.hear() {
                return None;
            }
        }
        Some(page)
    }

    /// Says something; a socket that the console has closed is found out by who hears.
    pub fn send(&mut self, what: &Value) {
        let _ = self.socket.send(Message::text(what.to_string()));
    }

    /// Hears one message, and says that it was shown; `false`: the console has closed the socket.
    pub fn hear(&mut self) -> bool {
        let text = match self.socket.read() {
            Ok(Message::Text(text)) => text,
            Ok(Message::Close(_)) | Err(_) => return false,
            Ok(_) => return true,
        };
        let message: Value = serde_json::from_str(&text).unwrap();
        let (kind, told) = message.as_object().unwrap().iter().next().unwrap();
        match kind.as_str() {
            "hello" => self.tab = told["tab"].as_u64().unwrap(),
            "whole" => self.whole(told),
            "frame" => self.change(told),
            "refused" => self.refused.push(told.clone()),
            _ => {}
        }
        true
    }

    fn whole(&mut self, told: &Value) {
        self.frame = told["number"].as_u64().unwrap();
        self.picture = serde_json::from_value(told["run"].clone()).unwrap();
        self.speaks = told["speaks"] == true;
        (self.control, self.alarms) = (told["control"].clone(), told["alarms"].clone());
        self.session = told["session"].clone();
    }

    fn change(&mut self, told: &Value) {
        let number = told["number"].as_u64().unwrap();
        if number != self.frame + 1 {
            self.send(&json!("whole"));
            return;
        }
        (self.frame, self.control) = (number, told["control"].clone());
        self.speaks = told["speaks"] == true;
        if !told["alarms"].is_null() {
            self.alarms = told["alarms"].clone();
        }
        if !told["session"].is_null() {
            self.session = told["session"].clone();
        }
        let change: Option<Change> = serde_json::from_value(told["change"].clone()).unwrap();
        if let (Some(change), Some(picture)) = (change, &mut self.picture) {
            assert!(picture.apply(&change), "frames follow on each other, changes do not");
        }
        if told["runs"] == false {
            self.picture = None;
        }
        if self.looks_on && self.saw.elapsed() > SAW {
            self.saw = clock();
            self.send(&json!({ "saw": number }));
        }
    }

    /// Listens until something is so.
    pub fn until(&mut self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let began = clock();
        while !is_so(self) {
            assert!(began.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}; {}", self.told());
            assert!(self.hear(), "closed before: {what}; {}", self.told());
        }
    }

    /// What it was told of session and alarms, for messages.
    fn told(&self) -> String {
        let stage = self.picture.as_ref().map(|picture| picture.look.stage);
        format!("run {stage:?}, speaks {}, {}, {}", self.speaks, self.session, self.alarms)
    }

    pub fn take(&mut self) {
        let from = self.control["tab"].clone();
        self.send(&json!({ "take": from }));
        let own = self.tab;
        self.until("in control", |page| page.control["tab"] == own);
    }

    /// Its operator wants something; it is on its way, or refused.
    pub fn ask(&mut self, what: Value) {
        self.number += 1;
        let (epoch, saw, number) = (self.control["epoch"].clone(), self.frame, self.number);
        self.send(
            &json!({ "ask": { "what": what, "epoch": epoch, "number": number, "saw": saw } }),
        );
    }

    /// The same of a step of the session, until it is done.
    pub fn prepare(&mut self, step: &str, wish: Value) {
        self.ask(json!({ "session": { step: wish } }));
        self.until(step, |page| !page.step(step)["done"].is_null());
    }

    /// How a step stands.
    pub fn step(&self, name: &str) -> Value {
        let steps = self.session["steps"].as_array().unwrap();
        steps.iter().find(|stand| stand["step"] == name).unwrap()["state"].clone()
    }

    pub fn stage(&self) -> String {
        let stage =
            self.picture.as_ref().map(|picture| serde_json::to_value(picture.look.stage).unwrap());
        stage.map_or("none".to_owned(), |stage| stage.to_string().replace('"', ""))
    }

    pub fn done(&self) -> usize {
        self.picture.as_ref().map_or(0, |picture| picture.look.done)
    }

    /// Whether there is an alarm of this condition.
    pub fn has_alarm(&self, condition: &str) -> bool {
        let all = self.alarms.as_array();
        all.is_some_and(|all| all.iter().any(|alarm| alarm["condition"] == condition))
    }
}
