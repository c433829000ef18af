//! A run's recording while it runs: the same sights on a stream that viewers fetch over the network.
//!
//! Whoever holds this may wait for ever in any of its functions, so nothing may wait for them.

use super::layout::{self, Content};
use super::sink::Sink;
use super::{APPLICATION, RecordingError, Telling, name};
use crate::frame::{Machine, Scalp, Transform};
use crate::record::journal::{JournalError, Record};
use crate::record::plan_file::ProvedPlan;
use crate::record::tap::Passed;
use rerun::external::re_grpc_server::{MemoryLimit, ServerOptions};
use rerun::{RecordingStream, RecordingStreamBuilder};
use std::net::SocketAddr;
use std::time::Duration;

/// So much of the run is kept for viewers that come late; beyond it they miss the beginning.
const KEPT: u64 = 256 << 20;
/// Viewers get the rest within this time.
const FLUSH: Duration = Duration::from_secs(2);
/// The plots follow at each so manieth look of the ten in a second.
const PLOTS: u32 = 10;

/// A served recording.
pub struct Live<'a> {
    run: Telling<'a>,
    stream: RecordingStream,
    looks: u32,
}

/// The recording of a run that is over: viewers find it for as long as this is held.
pub struct Served {
    _stream: RecordingStream,
}

impl<'a> Live<'a> {
    /// Serves the recording of a run that is about to begin. That the address is taken does not show here.
    pub fn serve(at: SocketAddr, plan: &'a ProvedPlan) -> Result<Self, RecordingError> {
        let memory_limit = MemoryLimit::from_bytes(KEPT);
        let options = ServerOptions { memory_limit, ..ServerOptions::default() };
        let builder = RecordingStreamBuilder::new(APPLICATION).recording_name(name(plan));
        let stream = builder.serve_grpc_opts(host(at), at.port(), options)?;
        let run = Telling::begin(Sink::new(stream.clone()), plan, None)?;
        layout::send(&stream, APPLICATION, Content::Run)?;
        Ok(Self { run, stream, looks: 0 })
    }

    /// Tells an earlier session of the run.
    pub fn session(
        &mut self,
        head: Transform<Machine, Scalp>,
        journal: impl IntoIterator<Item = Result<Record, JournalError>>,
    ) -> Result<(), RecordingError> {
        self.run.session(head, journal)
    }

    /// The session that begins now is shown as it comes.
    pub fn begin_session(&mut self, head: Transform<Machine, Scalp>) {
        self.run.follower.begin_session(head);
    }

    /// Takes a record.
    pub fn take(&mut self, passed: &Passed) -> Result<(), RecordingError> {
        if passed.left_out > 0 {
            self.run.follower.left_out(passed.left_out, &mut self.run.sights);
        }
        self.run.take(passed.at, passed.look())
    }

    /// Shows what has come; due ten times a second.
    pub fn look(&mut self) -> Result<(), RecordingError> {
        self.looks = self.looks.wrapping_add(1);
        if self.looks.is_multiple_of(PLOTS) {
            self.run.board.flush()
        } else {
            self.run.board.flush_motion()
        }
    }

    /// Shows the rest.
    pub fn finish(mut self) -> Result<Served, RecordingError> {
        self.run.follower.end_session(&mut self.run.sights);
        self.run.show()?;
        self.run.finish()?;
        self.stream.flush_with_timeout(FLUSH).map_err(|_| RecordingError::Flush)?;
        Ok(Served { _stream: self.stream })
    }
}

/// As the library wants it before a colon and the port.
fn host(at: SocketAddr) -> String {
    match at {
        SocketAddr::V4(at) => at.ip().to_string(),
        SocketAddr::V6(at) => format!("[{}]", at.ip()),
    }
}
