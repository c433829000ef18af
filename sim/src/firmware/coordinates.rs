//! Lines that change coordinates, and the dwell.

use super::{
    interpret::{Line, Step, Steps},
    parse::Error,
    planner::Feed,
    request::NonModal,
};

/// Three numbers of four bytes and their checksum, in Grbl's EEPROM.
const COORDINATES: u32 = 13;

impl Line<'_> {
    /// Everything that changes coordinates, and the dwell.
    pub(super) fn offsets(
        &mut self,
        axis_words: bool,
        values: &[Option<f64>; 6],
        steps: &mut Steps,
    ) -> Result<(), Error> {
        if let Some(on) = self.request.tool_length {
            self.tool_length(on, values)?;
        }
        if let Some(system) = self.request.system {
            self.draft.modes.system = system;
        }
        self.draft.offset_set |= matches!(
            self.request.non_modal,
            Some(NonModal::SetData | NonModal::SetOffset | NonModal::ClearOffset)
        );
        match self.request.non_modal {
            None => {}
            Some(NonModal::Dwell) => {
                let seconds = self.words.take(b'P').ok_or(Error::MissingValue)?;
                steps.extend([Step::Sync, Step::Dwell(seconds)]);
            }
            Some(NonModal::SetData) => {
                self.set_data(axis_words, values)?;
                if !self.draft.dialect.is_hal() {
                    steps.extend([Step::Sync, Step::Store { bytes: COORDINATES }]);
                }
            }
            Some(NonModal::GoPredefined { second }) => {
                let place = if second { self.draft.g30 } else { self.draft.g28 };
                let via = self.target(values);
                let named = |i: usize| values[i].is_some() || !axis_words;
                let end = std::array::from_fn(|i| if named(i) { place[i] } else { via[i] });
                if axis_words {
                    steps.push_back(Step::Move { target: via, feed: Feed::Rapid });
                }
                steps.push_back(Step::Move { target: end, feed: Feed::Rapid });
            }
            Some(NonModal::StorePredefined { second }) => {
                let place = if second { &mut self.draft.g30 } else { &mut self.draft.g28 };
                *place = self.planned;
                if !self.draft.dialect.is_hal() {
                    steps.extend([Step::Sync, Step::Store { bytes: COORDINATES }]);
                }
            }
            Some(NonModal::SetOffset) => {
                if !axis_words {
                    return Err(Error::NoAxisWords);
                }
                let base = self.draft.systems[self.draft.modes.system];
                for (axis, value) in values.iter().enumerate() {
                    if let Some(value) = value {
                        let tool = self.draft.tool_offset[axis];
                        self.draft.g92[axis] = self.planned[axis] - base[axis] - tool - value;
                    }
                }
            }
            Some(NonModal::ClearOffset) => self.draft.g92 = [0.0; 6],
        }
        Ok(())
    }

    fn tool_length(&mut self, on: bool, values: &[Option<f64>; 6]) -> Result<(), Error> {
        let stray = |(axis, value): (usize, &Option<f64>)| axis != 2 && value.is_some();
        if on && !self.draft.dialect.is_hal() && values.iter().enumerate().any(stray) {
            return Err(Error::ToolOffsetAxis);
        }
        if on {
            for (offset, value) in self.draft.tool_offset.iter_mut().zip(values) {
                *offset = value.unwrap_or(*offset);
            }
        } else {
            self.draft.tool_offset = [0.0; 6];
        }
        self.draft.modes.tool_length = on;
        Ok(())
    }

    /// G10 L2 and L20.
    fn set_data(&mut self, axis_words: bool, values: &[Option<f64>; 6]) -> Result<(), Error> {
        if !axis_words {
            return Err(Error::NoAxisWords);
        }
        let (Some(l), Some(p)) = (self.words.take(b'L'), self.words.take(b'P')) else {
            return Err(Error::MissingValue);
        };
        if p > self.draft.system_count() as f64 {
            return Err(Error::CoordinateSystem);
        }
        let system = match p.trunc() as usize {
            0 => self.draft.modes.system,
            number => number - 1,
        };
        let relative = match l.round() as i64 {
            2 => false,
            20 => true,
            _ => return Err(Error::Unsupported),
        };
        for (axis, value) in values.iter().enumerate() {
            if let Some(value) = value {
                let other = self.draft.g92[axis] + self.draft.tool_offset[axis];
                let here = self.planned[axis] - other - value;
                self.draft.systems[system][axis] = if relative { here } else { *value };
            }
        }
        Ok(())
    }
}
