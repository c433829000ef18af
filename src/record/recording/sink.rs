//! Where sights go: a rerun stream, and the entity below which they stand in it.

use rerun::{
    AsComponents, RecordingStream, RecordingStreamResult, SerializedComponentColumn, TimeColumn,
};

/// A stream, with a run's place in it.
#[derive(Clone)]
pub(super) struct Sink {
    stream: RecordingStream,
    root: String,
}

impl Sink {
    /// A run alone in its recording.
    pub fn new(stream: RecordingStream) -> Self {
        Self { stream, root: String::new() }
    }

    /// One of the runs of a recording, below an entity of this name.
    pub fn below(stream: RecordingStream, name: &str) -> Self {
        Self { stream, root: format!("/{name}") }
    }

    /// Sends what does not change.
    pub fn log_static(
        &self,
        path: impl AsRef<str>,
        what: &impl AsComponents,
    ) -> RecordingStreamResult<()> {
        self.stream.log_static(self.at(path.as_ref()), what)
    }

    /// Sends rows.
    pub fn send_columns(
        &self,
        path: &str,
        times: impl IntoIterator<Item = TimeColumn>,
        columns: impl IntoIterator<Item = SerializedComponentColumn>,
    ) -> RecordingStreamResult<()> {
        self.stream.send_columns(self.at(path), times, columns)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }
}
