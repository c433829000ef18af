//! Files that are whole or not there.

use super::load;
use super::output::Failure;
use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes a file so that whoever reads it finds all of it, or what was there before.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace(path, bytes)
        .map_err(|e| Failure::refused(format!("cannot write {}: {e}", load::shown(path))))
}

fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let special = path.symlink_metadata().is_ok_and(|is| !is.is_file());
    if special {
        return std::fs::write(path, bytes);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // As any other file: the umask says who may read it.
    let mut beside = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder.unwrap_or(Path::new(".")))?;
    beside.write_all(bytes)?;
    beside.persist(path)?;
    Ok(())
}
