//! Files that an operator brings along: a scan with its landmarks, a design with its drawings.
//!
//! They come one by one, as they are, into a folder of their own below `scalps` or `designs`. What is there already is never
//! written over; what is in them is looked at by the commands that read them.

use super::server::Served;
use axum::body::{Body, HttpBody};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use smp::console::session::Name;
use std::io::Write;
use std::sync::Arc;

/// A file has no more bytes.
const FILE_MAX: u64 = 64 << 20;
/// A folder has no more files.
const FILES_MAX: usize = 50;

/// Takes one file; its hash.
pub async fn take(
    State(served): State<Arc<Served>>,
    Path((kind, name, file)): Path<(String, String, String)>,
    body: Body,
) -> Response {
    let (Ok(name), Ok(file)) = (Name::try_from(name), Name::try_from(file)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !["scalps", "designs"].contains(&kind.as_str()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let folder = served.place.of(&kind).join(name.0);
    let path = folder.join(file.0);
    if path.exists() {
        return (StatusCode::CONFLICT, "it is there already\n").into_response();
    }
    if std::fs::read_dir(&folder).is_ok_and(|all| all.count() >= FILES_MAX) {
        return (StatusCode::CONFLICT, "too many files\n").into_response();
    }
    if body.size_hint().exact().is_some_and(|bytes| bytes > FILE_MAX) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    match receive(&folder, &path, body).await {
        Ok(Some(hash)) => (StatusCode::CREATED, hash).into_response(),
        Ok(None) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(e) => (StatusCode::INSUFFICIENT_STORAGE, format!("{e}\n")).into_response(),
    }
}

/// Whole or not at all; `None`: it is too long.
async fn receive(
    folder: &std::path::Path,
    path: &std::path::Path,
    body: Body,
) -> std::io::Result<Option<String>> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let (mut hash, mut bytes) = (Sha256::new(), 0u64);
    let mut stream = body.into_data_stream();
    while let Some(piece) = stream.try_next().await.map_err(std::io::Error::other)? {
        bytes += piece.len() as u64;
        if bytes > FILE_MAX {
            return Ok(None);
        }
        hash.update(&piece);
        tokio::task::block_in_place(|| file.write_all(&piece))?;
    }
    tokio::task::block_in_place(|| {
        file.as_file().sync_all()?;
        file.persist_noclobber(path).map_err(|e| e.error)
    })?;
    Ok(Some(smp::record::hex(&hash.finalize())))
}
