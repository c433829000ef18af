//! Reading input files: a path, or the name of something bundled.

use super::advice;
use super::bundled;
use super::output::Failure;
use smp::design::{Design, MOST_TOML_BYTES};
use smp::machine::Profile;
use smp::record::folder::RunFolder;
use smp::record::plan_file::{PlanFile, PlanFileError, ProvedPlan};
use smp::record::registered::Registered;
use smp::register::Touched;
use smp::scalp::{Cleaning, Landmarks, MeshFormat, ScalpSurface, read};
use smp::verify::Violation;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Largest file read, bytes: a plan over a scan of a million triangles.
const MOST_BYTES: u64 = 256 << 20;
/// Largest file that a design names, bytes: each format allows less.
const MOST_BESIDE_BYTES: u64 = 32 << 20;
const PLAN_ANEW: &str = "make the plan anew with smp plan";

/// A scalp with its name and what cleaning did.
pub struct LoadedScalp {
    pub name: String,
    pub surface: ScalpSurface,
    pub cleaning: Cleaning,
}

/// Reads a machine profile.
pub fn machine(name_or_path: &str) -> Result<Profile, Failure> {
    let inside = format!("machines/{name_or_path}.toml");
    let (bytes, file) = match bundled::file(&inside) {
        Some(bytes) => (bytes.to_vec(), inside),
        None => (file(Path::new(name_or_path), "a machine")?, name_or_path.to_owned()),
    };
    Profile::parse(&text(bytes, &file)?, &file).map_err(|e| {
        Failure::input(e).advise("compare with the commented profiles in configs/machines/")
    })
}

/// A scan on the command line.
pub struct Scan<'a> {
    pub name: &'a str,
    pub landmarks: Option<&'a Path>,
}

/// Reads a scalp: a folder with a mesh and landmarks.json, a mesh with landmarks beside it or named, or
/// a bundled name.
pub fn scalp(name_or_path: &str, landmarks: Option<&Path>) -> Result<LoadedScalp, Failure> {
    Ok(scan(&Scan { name: name_or_path, landmarks })?.0)
}

/// The same, with the landmarks it was built with.
pub fn scan(scan: &Scan<'_>) -> Result<(LoadedScalp, Landmarks), Failure> {
    let Scan { name: name_or_path, landmarks } = *scan;
    let inside = format!("scalps/{name_or_path}");
    let path = Path::new(name_or_path);
    let (mesh, mesh_name, marks, marks_name) = if bundled::has_folder(&inside) && !path.exists() {
        let get = |name: &str| {
            bundled::file(&format!("{inside}/{name}")).map(<[u8]>::to_vec).unwrap_or_default()
        };
        let marks = match landmarks {
            Some(path) => file(path, "landmarks")?,
            None => get("landmarks.json"),
        };
        (get("mesh.stl"), "mesh.stl".to_owned(), marks, "landmarks.json".to_owned())
    } else {
        let mesh_path = if path.is_dir() { mesh_in(path)? } else { path.to_owned() };
        let marks_path =
            landmarks.map_or_else(|| mesh_path.with_file_name("landmarks.json"), Path::to_owned);
        let mesh = file(&mesh_path, "a scalp")?;
        let marks = file(&marks_path, "landmarks").map_err(|f| {
            f.advise("name the four landmarks with --landmarks FILE (nasion, inion, lpa, rpa)")
        })?;
        (mesh, shown(&mesh_path), marks, shown(&marks_path))
    };
    let marks = Landmarks::parse(&text(marks, &marks_name)?, &marks_name)
        .map_err(|e| advice::scalp(&e, &marks_name))?;
    let format = MeshFormat::of(&mesh_name).map_err(|e| advice::scalp(&e, &mesh_name))?;
    let raw = read(&mesh, format).map_err(|e| advice::scalp(&e, &mesh_name))?;
    let (surface, cleaning) =
        ScalpSurface::build(raw, &marks).map_err(|e| advice::scalp(&e, &mesh_name))?;
    let name = path.file_name().map_or(name_or_path.into(), |n| n.to_string_lossy());
    Ok((LoadedScalp { name: name.into_owned(), surface, cleaning }, marks))
}

/// Reads a design and the pattern files it names, which lie beside it.
pub fn design(name_or_path: &str) -> Result<Design, Failure> {
    let inside = format!("designs/{name_or_path}/{name_or_path}.toml");
    if let Some(bytes) = bundled::file(&inside).filter(|_| !Path::new(name_or_path).exists()) {
        let mut beside = |name: &str| {
            bundled::file(&format!("designs/{name_or_path}/{name}"))
                .map(<[u8]>::to_vec)
                .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))
        };
        return parse_design(bytes.to_vec(), &inside, &mut beside);
    }
    let path = Path::new(name_or_path);
    let bytes = file_within(path, "a design", MOST_TOML_BYTES as u64)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut beside = |name: &str| beside(folder, name);
    parse_design(bytes, &shown(path), &mut beside)
}

/// Reads a plan and proves it as it was planned.
pub fn plan(path: &Path) -> Result<ProvedPlan, Failure> {
    prove(plan_file(path)?, path, None)
}

/// Reads a plan. Nothing in it may be believed before [`prove`].
pub fn plan_file(path: &Path) -> Result<PlanFile, Failure> {
    let bytes = file(path, "a plan")?;
    PlanFile::parse(&bytes)
        .map_err(|e| Failure::input(format!("{}: {e}", shown(path))).advise(PLAN_ANEW))
}

/// Proves the plan of a file where the head lies: every dot must be in reach, every way clear.
pub fn prove(
    file: PlanFile,
    path: &Path,
    registered: Option<&Registered>,
) -> Result<ProvedPlan, Failure> {
    let Some(head) = registered else {
        return file.prove().map_err(|e| violations(&e, path).advise(PLAN_ANEW));
    };
    let as_planned = file.clone();
    file.prove_at(head.machine_from_scalp()).map_err(|e| match as_planned.prove() {
        // Only where the plan itself is good is it the head that lies badly.
        Ok(_) => violations(&e, path)
            .advise("as the head lies, the machine cannot do it: lay it down anew"),
        Err(e) => violations(&e, path).advise(PLAN_ANEW),
    })
}

/// Reads a file of touches; its text with them.
pub fn touches(path: &Path) -> Result<(Touched, String), Failure> {
    let name = shown(path);
    let text = text(file(path, "the touches")?, &name)?;
    let touched = Touched::parse(&text, &name)
        .map_err(|e| Failure::input(e).advise("docs/formats.md shows a file of touches"))?;
    Ok((touched, text))
}

/// How the head lay in each session of a run.
pub fn registrations(folder: &RunFolder) -> Result<Vec<Option<Registered>>, Failure> {
    let all = 1..folder.next_session();
    all.map(|session| {
        Registered::of_session(folder, session).map_err(|e| {
            let file = shown(&folder.registration(session));
            Failure::input(format!("{file}: {e}"))
                .advise("take the file from a backup: nothing else says how the head lay, to the last bit")
                .advise(
                    "without one, put it and its touches elsewhere: the run can go on, registered \
                     anew, but this session cannot be told again",
                )
        })
    })
    .collect()
}

/// The plan of a run, proved where the head lay in its newest session.
pub fn plan_of_run(
    folder: &RunFolder,
    registered: &[Option<Registered>],
) -> Result<ProvedPlan, Failure> {
    let newest = registered.last().and_then(Option::as_ref);
    prove(plan_file(&folder.plan())?, &folder.plan(), newest)
}

/// The bytes of a file that a design names: in the design's own folder, wherever links lead.
fn beside(folder: &Path, name: &str) -> io::Result<Vec<u8>> {
    let own = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let path = own.join(name).canonicalize()?;
    if !path.starts_with(own.canonicalize()?) {
        let elsewhere = "a link leads out of the design's folder";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, elsewhere));
    }
    drawing(&path)
}

/// The bytes of a drawing.
pub fn drawing(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a pipe waits for somebody who writes.
    if !path.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file"));
    }
    bounded(path, MOST_BESIDE_BYTES)
}

/// The bytes of a file, of which there may be no end (`/dev/zero`).
fn bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let large = format!("more than {most} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, large));
    }
    Ok(bytes)
}

/// The bytes of a file.
pub fn file(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    file_within(path, what, MOST_BYTES)
}

fn file_within(path: &Path, what: &str, most: u64) -> Result<Vec<u8>, Failure> {
    bounded(path, most).map_err(|e| {
        let failure = Failure::input(format!("cannot read {what} from {}: {e}", shown(path)));
        let kind = match what {
            "a machine" => "machines",
            "a design" => "designs",
            "a scalp" => "scalps",
            "a plan" => return failure.advise("smp plan DESIGN --scalp ... --out FILE makes one"),
            _ => return failure,
        };
        failure
            .advise(format!("a path, or one of the bundled: {}", bundled::names(kind).join(", ")))
    })
}

/// A path for people.
pub fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn violations(error: &PlanFileError, path: &Path) -> Failure {
    let failure = Failure::refused(format!("{}: {error}", shown(path)));
    match error {
        PlanFileError::Violations(list) => naming(failure, list),
        _ => failure,
    }
}

/// A failure with the first things that the proof has found.
pub fn naming(failure: Failure, violations: &[Violation]) -> Failure {
    violations.iter().take(5).fold(failure, |failure, one| failure.advise(one.to_string()))
}

fn parse_design(
    bytes: Vec<u8>,
    file: &str,
    beside: &mut dyn FnMut(&str) -> std::io::Result<Vec<u8>>,
) -> Result<Design, Failure> {
    Design::parse(&text(bytes, file)?, file, beside).map_err(|e| advice::design(&e))
}

pub fn text(bytes: Vec<u8>, file: &str) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| {
        Failure::input(format!("{file}: this is no text file")).advise("save it as UTF-8 text")
    })
}

/// The mesh in a scalp's folder.
fn mesh_in(folder: &Path) -> Result<PathBuf, Failure> {
    ["mesh.stl", "mesh.ply", "mesh.obj"]
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.exists())
        .ok_or_else(|| {
            Failure::input(format!("{}: no mesh.stl, mesh.ply or mesh.obj in it", shown(folder)))
                .advise("put the scan there under one of these names, or name the mesh file")
        })
}
