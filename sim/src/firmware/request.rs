//! The G and M words of one line, sorted by modal group.

use super::{
    dialect::Dialect,
    modal::{FeedMode, Mode},
    parse::{Code, Error},
};

/// What the axis words of a line are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AxisUse {
    #[default]
    None,
    Motion,
    Other,
    ToolLength,
}

/// Commands that are no modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonModal {
    Dwell,
    SetData,
    GoPredefined { second: bool },
    StorePredefined { second: bool },
    SetOffset,
    ClearOffset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Pause,
    End,
    ToolChange,
}

/// One line, sorted.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub axis_use: AxisUse,
    pub motion: Option<Mode>,
    pub non_modal: Option<NonModal>,
    pub machine: bool,
    pub system: Option<usize>,
    pub plane: Option<u16>,
    pub inches: Option<bool>,
    pub incremental: Option<bool>,
    pub feed_mode: Option<FeedMode>,
    pub tool_length: Option<bool>,
    pub retract: Option<u16>,
    pub spindle: Option<u16>,
    pub coolant: Vec<u16>,
    pub flow: Option<Flow>,
    /// M62 to M66: P is a port.
    pub port: bool,
    /// M66: it is read.
    pub reads: bool,
    seen: u32,
}

impl Request {
    /// Takes the next command word in.
    pub fn take(&mut self, code: Code, dialect: Dialect) -> Result<(), Error> {
        match code {
            Code::G(code) => self.g(code, dialect.is_hal()),
            Code::M(code) => self.m(code, dialect.is_hal()),
        }
    }

    fn g(&mut self, code: u16, hal: bool) -> Result<(), Error> {
        if let Some(mode) = Mode::of(code) {
            if mode != Mode::None {
                self.use_axes(AxisUse::Motion)?;
            }
            self.group(0)?;
            self.motion = Some(mode);
            return Ok(());
        }
        match code {
            40 | 100 | 280 | 281 | 300 | 301 | 530 | 920 | 921 => self.non_modal(code)?,
            170 | 180 | 190 => {
                self.group(2)?;
                self.plane = Some(code);
            }
            900 | 910 => {
                self.group(3)?;
                self.incremental = Some(code == 910);
            }
            911 => self.group(4)?,
            930 | 940 => {
                self.group(5)?;
                let inverse = code == 930;
                self.feed_mode =
                    Some(if inverse { FeedMode::Inverse } else { FeedMode::PerMinute });
            }
            200 | 210 => {
                self.group(6)?;
                self.inches = Some(code == 200);
            }
            400 => self.group(7)?,
            431 | 490 => {
                self.use_axes(AxisUse::ToolLength)?;
                self.group(8)?;
                self.tool_length = Some(code == 431);
            }
            540 | 550 | 560 | 570 | 580 | 590 => {
                self.group(12)?;
                self.system = Some(usize::from(code / 10 - 54));
            }
            591..=593 if hal => {
                self.group(12)?;
                self.system = Some(usize::from(code - 585));
            }
            610 => self.group(13)?,
            980 | 990 if hal => {
                self.group(10)?;
                self.retract = Some(code);
            }
            500 if hal => self.group(11)?,
            _ => return Err(Error::Unsupported),
        }
        Ok(())
    }

    fn non_modal(&mut self, code: u16) -> Result<(), Error> {
        if matches!(code, 100 | 280 | 300 | 920) {
            self.use_axes(AxisUse::Other)?;
        }
        self.group(1)?;
        self.non_modal = match code {
            40 => Some(NonModal::Dwell),
            100 => Some(NonModal::SetData),
            280 | 300 => Some(NonModal::GoPredefined { second: code == 300 }),
            281 | 301 => Some(NonModal::StorePredefined { second: code == 301 }),
            920 => Some(NonModal::SetOffset),
            921 => Some(NonModal::ClearOffset),
            _ => {
                self.machine = true;
                None
            }
        };
        Ok(())
    }

    fn m(&mut self, code: u16, hal: bool) -> Result<(), Error> {
        match code {
            0 | 1 | 2 | 30 => {
                self.group(16)?;
                self.flow = match code {
                    0 => Some(Flow::Pause),
                    1 => None,
                    _ => Some(Flow::End),
                };
            }
            3..=5 => {
                self.group(17)?;
                self.spindle = Some(code);
            }
            7 if !hal => return Err(Error::Unsupported),
            7..=9 => self.coolant.push(code),
            6 if hal => {
                self.group(18)?;
                self.flow = Some(Flow::ToolChange);
            }
            48 | 49 | 50 | 51 | 53 if hal => self.group(18)?,
            62..=66 if hal => {
                self.group(19)?;
                self.port = true;
                self.reads = code == 66;
            }
            _ => return Err(Error::Unsupported),
        }
        Ok(())
    }

    fn use_axes(&mut self, wanted: AxisUse) -> Result<(), Error> {
        if self.axis_use != AxisUse::None {
            return Err(Error::TwoAxisCommands);
        }
        self.axis_use = wanted;
        Ok(())
    }

    fn group(&mut self, group: u32) -> Result<(), Error> {
        if self.seen & (1 << group) != 0 {
            return Err(Error::ModalGroup);
        }
        self.seen |= 1 << group;
        Ok(())
    }
}
