//! What a recording shows, as a file and as a viewer gets it.

use rerun::external::arrow::array::{Array, ArrayRef};
use rerun::external::re_log_encoding::DecoderApp;
use rerun::external::re_log_types::{LogMsg, StoreKind};
use rerun::log::Chunk;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a recording shows: each row of each component with its times, what does not change, and the layout's parts.
#[derive(Default)]
pub struct Rows {
    rows: BTreeMap<String, Vec<ArrayRef>>,
    fixed: BTreeMap<String, ArrayRef>,
    layout: BTreeSet<String>,
}

impl Rows {
    /// Of a file.
    pub fn of(path: &Path) -> Self {
        let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
        let mut rows = Self::default();
        DecoderApp::decode_lazy(file).for_each(|message| rows.take(message.unwrap()));
        rows
    }

    /// Takes what came.
    #[expect(clippy::iter_over_hash_type, reason = "each column goes to keys of its own")]
    pub fn take(&mut self, message: LogMsg) {
        let LogMsg::ArrowMsg(store, message) = message else { return };
        let chunk = Chunk::from_arrow_msg(&message).unwrap();
        let entity = chunk.entity_path().to_string();
        if store.kind() == StoreKind::Blueprint {
            self.layout.insert(entity);
            return;
        }
        // When a stream was opened, and what it is called.
        if entity.starts_with("/__properties") {
            return;
        }
        for (component, column) in chunk.components().iter() {
            for row in (0..chunk.num_rows()).filter(|&row| column.list_array.is_valid(row)) {
                let value = column.list_array.value(row);
                let times = chunk.timelines().iter();
                let times: BTreeMap<String, i64> =
                    times.map(|(name, times)| (name.to_string(), times.times_raw()[row])).collect();
                let key = format!("{entity} {component} {times:?}");
                if chunk.is_static() {
                    self.fixed.insert(key, value);
                } else {
                    self.rows.entry(key).or_default().push(value);
                }
            }
        }
    }

    /// Struck dots: each has a page.
    pub fn strikes(&self) -> usize {
        self.rows.keys().filter(|key| key.starts_with("/why/dot ")).count()
    }

    /// Rows in all.
    pub fn count(&self) -> usize {
        self.rows.values().map(Vec::len).sum()
    }

    /// What of this is not there, or something else there.
    pub fn not_as_in(&self, other: &Self) -> Vec<String> {
        let same = |a: &ArrayRef, b: &ArrayRef| a.to_data() == b.to_data();
        let all = |a: &[ArrayRef], b: &[ArrayRef]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        };
        let rows = self
            .rows
            .iter()
            .filter(|(key, value)| other.rows.get(*key).is_none_or(|there| !all(value, there)));
        let fixed = self
            .fixed
            .iter()
            .filter(|(key, value)| other.fixed.get(*key).is_none_or(|there| !same(value, there)));
        let keys = rows.map(|(key, _)| key).chain(fixed.map(|(key, _)| key));
        keys.chain(self.layout.difference(&other.layout)).cloned().collect()
    }
}
