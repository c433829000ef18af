//! Which command a step is, and what has to be done before it.

use super::wish::{Client, Design, GoOn, Name, Plan, Registration, RunPath, Scalp, Wish};
use super::{Session, Step};
use serde_json::{Value, json};

/// The session's own folder, below that of the console.
const OWN: &str = "console/session";
/// Touches of landmarks by hand, and all that the machine has touched.
pub const LANDMARKS: &str = "console/session/landmarks.toml";
pub const TOUCHES: &str = "console/session/touches.toml";
const PLAN: &str = "console/session/program.plan";

/// A command, to be given in the console's folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its number.
    pub id: u64,
    /// For which step.
    pub step: Step,
    /// Its arguments.
    pub args: Vec<String>,
    /// Files to be written before it: path and text.
    pub files: Vec<(String, String)>,
    /// A design to be laid out in the session's own folder before it.
    pub design: Option<Design>,
    /// A file of an earlier one that gives way.
    pub removes: Option<String>,
}

/// What came of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Which.
    pub job: u64,
    /// Its exit code; `None`: it was killed.
    pub code: Option<i32>,
    /// What it printed.
    pub out: String,
    /// What it said beside that.
    pub err: String,
}

/// What a step needs to be done.
pub(super) enum Needed {
    /// Nothing: this is the result.
    Nothing(Value),
    /// A command with its arguments, files and design.
    Command(Vec<String>, Vec<(String, String)>, Option<Design>),
    /// Something before it, or somebody who begins it.
    Later,
}

/// Where the design of this session lies once it is laid out.
pub fn design_file(design: &Design) -> String {
    format!("{OWN}/designs/{}", design.file())
}

/// What a step needs.
pub(super) fn of(session: &Session, step: Step) -> Needed {
    let before = Step::ALL.into_iter().filter(|earlier| *earlier < step);
    if !{ before }.all(|earlier| session.is_done(earlier)) {
        return Needed::Later;
    }
    let Some(wish) = &session.of(step).wish else { return Needed::Later };
    let command = |args| Needed::Command(args, Vec::new(), None);
    match wish {
        Wish::Client(Client::Phantom) => Needed::Nothing(json!({ "phantom": true })),
        Wish::Client(Client::Record { name, pigment, cartridge, .. }) => command(words([
            "client",
            "check",
            &format!("clients/{}", name.0),
            &format!("--pigment={}", pigment.0),
            &format!("--cartridge={}", cartridge.0),
            "--json",
        ])),
        Wish::Scalp(scalp) => command(words(["scalp", "check", &scalp.path(), "--json"])),
        Wish::Design(design) => {
            let Some(scalp) = scalp(session) else { return Needed::Later };
            let args = ["design", "check", &design_file(design), "--scalp", &scalp, "--json"];
            Needed::Command(words(args), Vec::new(), Some(design.clone()))
        }
        Wish::Plan(plan) => make_plan(session, plan).map_or(Needed::Later, command),
        Wish::Machine(machine) => {
            let mut args = words(["device", "probe", "--json"]);
            args.push(format!("--port={}", machine.port.0));
            args.extend(machine.end_session.then(|| "--end-session".to_owned()));
            // Of a run that goes on the plan has the profile, and the run compares.
            args.extend(profile(session).map(|profile| format!("--machine={profile}")));
            command(args)
        }
        Wish::Registration(Registration::Fixed) => Needed::Nothing(json!({ "fixed": true })),
        Wish::Registration(Registration::Kept) if session.go_on.is_some() => {
            Needed::Nothing(json!({ "kept": true }))
        }
        Wish::Registration(Registration::Touches { text }) => {
            let files = vec![(TOUCHES.to_owned(), text.0.clone())];
            register(session).map_or(Needed::Later, |args| Needed::Command(args, files, None))
        }
        Wish::Registration(Registration::Survey { .. } | Registration::Kept)
        | Wish::Confirm { .. }
        | Wish::Anew
        | Wish::GoOn(_) => Needed::Later,
    }
}

fn make_plan(session: &Session, plan: &Plan) -> Option<Vec<String>> {
    let Some(Wish::Design(design)) = &session.of(Step::Design).wish else { return None };
    let (scalp, file) = (scalp(session)?, design_file(design));
    let machine = &plan.machine.0;
    let mut args =
        words(["plan", &file, "--scalp", &scalp, "--machine", machine, "--out", PLAN, "--json"]);
    if let Some(number) = plan.session {
        args.push(format!("--session={number}"));
    }
    if let Some(Wish::Client(Client::Record { name, .. })) = &session.of(Step::Client).wish {
        args.push(format!("--client=clients/{}", name.0));
    }
    Some(args)
}

pub(super) fn register(session: &Session) -> Option<Vec<String>> {
    let scalp = scalp(session)?;
    Some(words(["register", TOUCHES, "--plan", &plan(session), "--scalp", &scalp, "--json"]))
}

/// The run itself.
pub(super) fn run(session: &Session, socket: &str) -> Option<Vec<String>> {
    let mut args = match &session.go_on {
        Some(go_on) => vec!["run".to_owned(), format!("--resume={}", go_on.run.0)],
        None => words(["run", PLAN]),
    };
    args.extend([port(session)?, format!("--console={socket}"), "--json".to_owned()]);
    match (&session.of(Step::Registration).wish, &session.go_on) {
        (Some(Wish::Registration(Registration::Fixed)), None) => {}
        (Some(Wish::Registration(Registration::Fixed)), Some(_)) => {
            args.push("--lies-as-registered".to_owned());
        }
        (Some(Wish::Registration(Registration::Kept)), Some(_)) => {}
        (Some(Wish::Registration(_)), _) => {
            let scalp = format!("--scalp={}", scalp(session)?);
            args.extend([format!("--registration={TOUCHES}"), scalp]);
        }
        _ => return None,
    }
    args.extend(match &session.go_on {
        Some(GoOn { run, operator, .. }) => going_on(run, operator.as_ref()),
        None => for_client(session),
    });
    Some(args)
}

/// Whose run is gone on with, and by whom.
fn going_on(run: &RunPath, operator: Option<&Name>) -> Vec<String> {
    let client = run.client().map(|name| format!("--client=clients/{name}"));
    let operator = operator.filter(|_| client.is_some());
    client.into_iter().chain(operator.map(|name| format!("--operator={}", name.0))).collect()
}

/// Whom it is for, by whom and with what.
fn for_client(session: &Session) -> Vec<String> {
    let Some(Wish::Client(Client::Record { name, operator, pigment, cartridge, answers })) =
        &session.of(Step::Client).wish
    else {
        return Vec::new();
    };
    let mut args = vec![
        format!("--client=clients/{}", name.0),
        format!("--operator={}", operator.0),
        format!("--pigment={}", pigment.0),
        format!("--cartridge={}", cartridge.0),
    ];
    args.extend(answers.iter().map(|(what, why)| format!("--answer={}={}", what.0, why.0)));
    if let Some(Wish::Plan(Plan { session: Some(number), .. })) = &session.of(Step::Plan).wish {
        args.push(format!("--session={number}"));
    }
    args
}

/// Where the plan is.
fn plan(session: &Session) -> String {
    session.go_on.as_ref().map_or(PLAN.to_owned(), |go_on| format!("{}/program.plan", go_on.run.0))
}

/// A survey of the head by the machine itself.
pub(super) fn survey(session: &Session, socket: &str) -> Option<Vec<String>> {
    let (scalp, machine, port) = (scalp(session)?, profile(session)?, port(session)?);
    let socket = format!("--console={socket}");
    let head = ["survey", LANDMARKS, "--scalp", &scalp, "--machine", &machine];
    Some(words(head.into_iter().chain([port.as_str(), "--out", TOUCHES, &socket])))
}

fn scalp(session: &Session) -> Option<String> {
    if let Some(go_on) = &session.go_on {
        return go_on.scalp.as_ref().map(Scalp::path);
    }
    match &session.of(Step::Scalp).wish {
        Some(Wish::Scalp(scalp)) => Some(scalp.path()),
        _ => None,
    }
}

fn profile(session: &Session) -> Option<String> {
    match &session.of(Step::Plan).wish {
        Some(Wish::Plan(plan)) => Some(plan.machine.0.clone()),
        _ => None,
    }
}

fn port(session: &Session) -> Option<String> {
    match &session.of(Step::Machine).wish {
        Some(Wish::Machine(machine)) => Some(format!("--port={}", machine.port.0)),
        _ => None,
    }
}

fn words<'a>(args: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    args.into_iter().map(str::to_owned).collect()
}

/// As one would type it.
pub(super) fn told(args: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,".contains(c);
    let word = |arg: &String| match arg.chars().all(plain) && !arg.is_empty() {
        true => arg.clone(),
        false => format!("'{}'", arg.replace('\'', "'\\''")),
    };
    let words: Vec<String> = args.iter().map(word).collect();
    format!("smp {}", words.join(" "))
}
