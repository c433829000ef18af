//! The receive ring and the assembly of lines.
//!
//! The ring loses what does not fit without a word. The main loop takes characters out of it only
//! while it is free; one complete line at a time waits here for it.

use std::collections::VecDeque;

use super::dialect::Traits;

/// Longest frame of a session, without its line feed.
const FRAME_MAX: usize = 127;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rx {
    ring: VecDeque<u8>,
    line: Vec<u8>,
    /// Characters that count towards the greatest length.
    length: usize,
    comment: Comment,
    last_eol: Option<u8>,
    /// Lines are frames: nothing but a line feed ends them, nothing is taken out.
    frames: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comment {
    None,
    Brackets,
    ToEnd,
}

/// A line has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineEnd {
    Whole,
    TooLong,
}

impl Rx {
    pub fn new(traits: &Traits) -> Self {
        Self {
            ring: VecDeque::with_capacity(traits.rx_size),
            line: Vec::with_capacity(traits.line_max),
            length: 0,
            comment: Comment::None,
            last_eol: None,
            frames: false,
        }
    }

    /// From the interrupt. A full ring loses the byte.
    pub fn store(&mut self, byte: u8, traits: &Traits) {
        if self.ring.len() < traits.rx_size {
            self.ring.push_back(byte);
        }
    }

    /// Free bytes of the ring.
    pub fn free(&self, traits: &Traits) -> usize {
        traits.rx_size - self.ring.len()
    }

    /// Forgets the ring and the line begun.
    pub fn clear(&mut self) {
        self.ring.clear();
        self.last_eol = None;
        self.next_line();
    }

    /// Switches between lines and frames; the ring is kept.
    pub fn take_frames(&mut self, frames: bool) {
        self.frames = frames;
        self.last_eol = None;
        self.next_line();
    }

    /// Moves characters from the ring into the line until one is complete.
    pub fn assemble(&mut self, traits: &Traits) -> Option<LineEnd> {
        while let Some(byte) = self.ring.pop_front() {
            let ended = if self.frames { self.frame_byte(byte) } else { self.feed(byte, traits) };
            if ended.is_some() {
                return ended;
            }
        }
        None
    }

    /// The completed line.
    pub fn line(&self) -> &[u8] {
        &self.line
    }

    /// Done with the line: begins the next.
    pub fn next_line(&mut self) {
        self.line.clear();
        self.length = 0;
        self.comment = Comment::None;
    }

    fn frame_byte(&mut self, byte: u8) -> Option<LineEnd> {
        if byte == b'\n' {
            let whole = self.length <= FRAME_MAX;
            return Some(if whole { LineEnd::Whole } else { LineEnd::TooLong });
        }
        self.length += 1;
        if self.length <= FRAME_MAX {
            self.line.push(byte);
        }
        None
    }

    fn feed(&mut self, byte: u8, traits: &Traits) -> Option<LineEnd> {
        if matches!(byte, b'\r' | b'\n') {
            let second = self.last_eol.is_some_and(|first| first != byte);
            if traits.pairs_eol && second {
                self.last_eol = None;
                return None;
            }
            self.last_eol = Some(byte);
            let whole = self.length <= traits.line_max;
            return Some(if whole { LineEnd::Whole } else { LineEnd::TooLong });
        }
        self.last_eol = None;
        let kept = self.keeps(byte);
        if kept || traits.counts_blanks {
            self.length += 1;
        }
        if kept && self.length <= traits.line_max {
            self.line.push(byte.to_ascii_uppercase());
        }
        None
    }

    /// Whether the byte is neither blank nor comment.
    fn keeps(&mut self, byte: u8) -> bool {
        match (self.comment, byte) {
            (Comment::Brackets, b')') => self.comment = Comment::None,
            (Comment::None, b'(') => self.comment = Comment::Brackets,
            (Comment::None, b';') => self.comment = Comment::ToEnd,
            (Comment::None, b'/') | (Comment::None, 0..=b' ') => {}
            (Comment::None, _) => return true,
            (Comment::Brackets | Comment::ToEnd, _) => {}
        }
        false
    }
}
