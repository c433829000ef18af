//! The engineer's rerun recording.
