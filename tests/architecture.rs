//! The rules of the house, checked by reading the sources: floors, bans, sizes.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the sources has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::Visit;

/// Modules by floor; imports point down only, none inside a floor.
const FLOORS: [(&str, u32); 20] = [
    ("units", 0),
    ("time", 0),
    ("union", 0),
    ("frame", 1),
    ("scalp", 2),
    ("design", 2),
    ("machine", 2),
    ("plan", 3),
    ("register", 3),
    ("device", 4),
    ("depth", 4),
    ("preview", 4),
    ("verify", 5),
    ("picture", 5),
    ("stream", 6),
    ("drive", 7),
    ("record", 7),
    ("campaign", 8),
    ("client", 8),
    ("console", 8),
];
/// Longest file and longest function, lines.
const FILE_MAX: usize = 500;
const FUNCTION_MAX: usize = 70;

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no sources in {folder}");
    found
}

fn everything() -> Vec<PathBuf> {
    ["src", "sim/src", "tests", "sim/tests", "benches", "sim/benches"]
        .into_iter()
        .flat_map(sources)
        .collect()
}

/// Module of a file in `src/`: its first folder, or its own name.
fn module_of(path: &Path) -> String {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let first = path.strip_prefix(src).unwrap().components().next().unwrap();
    first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// Every path in a file that begins with `crate`, as its second segment.
#[derive(Default)]
struct CratePaths(Vec<String>);

impl<'a> Visit<'a> for CratePaths {
    fn visit_path(&mut self, path: &'a syn::Path) {
        let mut segments = path.segments.iter().map(|s| s.ident.to_string());
        if segments.next().as_deref() == Some("crate") {
            self.0.extend(segments.next());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        if let syn::UseTree::Path(root) = &item.tree
            && root.ident == "crate"
        {
            match root.tree.as_ref() {
                syn::UseTree::Path(next) => self.0.push(next.ident.to_string()),
                syn::UseTree::Name(next) => self.0.push(next.ident.to_string()),
                syn::UseTree::Group(group) => {
                    for tree in &group.items {
                        if let syn::UseTree::Path(next) = tree {
                            self.0.push(next.ident.to_string());
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

fn floor_violations(path: &Path, text: &str) -> Vec<String> {
    let floors: BTreeMap<&str, u32> = FLOORS.into_iter().collect();
    let own = module_of(path);
    let Some(&floor) = floors.get(own.as_str()) else {
        return Vec::new();
    };
    let mut paths = CratePaths::default();
    paths.visit_file(&syn::parse_file(text).unwrap());
    paths
        .0
        .into_iter()
        .filter(|to| *to != own)
        .filter(|to| floors.get(to.as_str()).is_none_or(|&other| other >= floor))
        .map(|to| format!("{}: {own} (floor {floor}) imports {to}", path.display()))
        .collect()
}

#[test]
fn imports_point_down_only() {
    let mut bad = Vec::new();
    for path in sources("src") {
        if matches!(module_of(&path).as_str(), "main" | "cli" | "lib") {
            continue;
        }
        bad.extend(floor_violations(&path, &fs::read_to_string(&path).unwrap()));
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn the_floor_check_sees_an_import_that_points_up() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/plan/order.rs");
    for text in [
        "use crate::stream::Run;",
        "fn f() { crate::verify::prove(); }",
        "use crate::{frame::Point, device::Report};",
    ] {
        assert_eq!(floor_violations(&path, text).len(), 1, "{text}");
    }
}

#[test]
fn every_module_of_the_library_stands_on_a_floor() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for line in lib.lines().filter_map(|l| l.strip_prefix("pub mod ")) {
        let name = line.trim_end_matches(';');
        assert!(FLOORS.iter().any(|(module, _)| *module == name), "{name} has no floor");
    }
}

#[test]
fn the_simulator_depends_on_nothing_of_the_controller() {
    let manifest =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("sim/Cargo.toml")).unwrap();
    assert!(!manifest.lines().any(|l| l.trim_start().starts_with("smp ") || l.contains("path =")));
    for path in sources("sim/src") {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("smp::"), "{} names the controller", path.display());
    }
}

#[test]
fn only_the_rehearsal_names_the_simulator_in_the_library() {
    for path in sources("src") {
        if module_of(&path) == "cli" || path.display().to_string().contains("drive/rehearsal") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("smp_sim"), "{} names the simulator", path.display());
    }
}

#[test]
fn only_record_names_rerun() {
    for path in sources("src") {
        let text = fs::read_to_string(&path).unwrap();
        let names = text.contains("rerun::") || text.contains("use rerun");
        assert!(!names || module_of(&path) == "record", "{} names rerun", path.display());
    }
}

/// Sleeps, threads and clocks outside `drive`, the simulator's server, tests and benches.
#[test]
fn clocks_and_threads_live_at_the_edge() {
    let banned = ["Instant::now", "SystemTime::now", "thread::sleep", "thread::spawn"];
    for path in sources("src").into_iter().chain(sources("sim/src")) {
        let shown = path.display().to_string();
        let edge = ["src/drive/", "src/cli/", "sim/src/serve", "sim/src/main.rs"]
            .iter()
            .any(|edge| shown.contains(edge));
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in (1..).zip(text.lines()) {
            let found = banned.iter().any(|b| line.contains(b)) && !line.trim().starts_with("//");
            assert!(edge || !found, "{shown}:{number}: {line}");
        }
    }
}

#[test]
fn nothing_is_unfinished_or_silenced() {
    let words =
        ["todo!", "unimplemented!", "#[ignore", "allow(dead_code", "allow(clippy::too_many"];
    for path in everything() {
        if path.ends_with("tests/architecture.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for word in words {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn no_file_is_longer_than_500_lines() {
    for path in everything() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= FILE_MAX, "{}: {lines} lines", path.display());
    }
}

/// Longest functions of a file.
#[derive(Default)]
struct Functions(Vec<(String, usize)>);

impl Functions {
    fn note(&mut self, name: &syn::Ident, block: &syn::Block) {
        let brace = block.brace_token.span;
        let lines = brace.close().start().line - brace.open().start().line + 1;
        self.0.push((name.to_string(), lines));
    }
}

impl<'a> Visit<'a> for Functions {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.note(&item.sig.ident, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.note(&item.sig.ident, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }
}

#[test]
fn no_function_is_longer_than_70_lines() {
    let mut bad = Vec::new();
    for path in everything() {
        let mut functions = Functions::default();
        functions.visit_file(&syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
        for (name, lines) in functions.0 {
            if lines > FUNCTION_MAX {
                bad.push(format!("{}: {name} has {lines} lines", path.display()));
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}
