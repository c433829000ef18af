//! What comes inside the binary, so that the demo needs nothing else.

/// A bundled file: its name in `configs/`, and its bytes.
type Bundled = (&'static str, &'static [u8]);

macro_rules! bundle {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../configs/", $name)))),*]
    };
}

const FILES: &[Bundled] = bundle![
    "machines/gantry6.toml",
    "machines/gantry5.toml",
    "machines/gantry3.toml",
    "designs/crown/crown.toml",
    "designs/hairline/hairline.toml",
    "designs/hairline/hairline.svg",
    "designs/norwood-3/norwood-3.toml",
    "designs/norwood-4/norwood-4.toml",
    "designs/norwood-5/norwood-5.toml",
    "designs/norwood-6/norwood-6.toml",
    "designs/norwood-7/norwood-7.toml",
    "designs/diffuse/diffuse.toml",
    "designs/buzz-cut/buzz-cut.toml",
    "designs/donor-scar/donor-scar.toml",
    "designs/round-scar/round-scar.toml",
    "designs/alopecia-patch/alopecia-patch.toml",
    "scalps/pydeface_mean/mesh.stl",
    "scalps/pydeface_mean/landmarks.json",
];

/// A bundled file by its path below `configs/`.
pub fn file(name: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(path, _)| *path == name).map(|(_, bytes)| *bytes)
}

/// All files of a folder below `configs/`, by their names in it.
pub fn folder(name: &str) -> Vec<(String, Vec<u8>)> {
    let own = |(path, bytes): &Bundled| {
        let name = path.strip_prefix(name)?.strip_prefix('/')?;
        Some((name.to_owned(), bytes.to_vec()))
    };
    FILES.iter().filter_map(own).collect()
}

/// Whether files of this folder below `configs/` are bundled.
pub fn has_folder(name: &str) -> bool {
    let prefix = format!("{name}/");
    FILES.iter().any(|(path, _)| path.starts_with(&prefix))
}

/// Names of bundled things of a kind (`machines`, `designs`, `scalps`).
pub fn names(kind: &str) -> Vec<&'static str> {
    let prefix = format!("{kind}/");
    let mut names: Vec<&str> = FILES
        .iter()
        .filter_map(|(path, _)| path.strip_prefix(&prefix))
        .filter_map(|rest| rest.split(['/', '.']).next())
        .collect();
    names.dedup();
    names
}
