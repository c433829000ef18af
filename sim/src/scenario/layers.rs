//! A file and the files it is built on: `base = "nominal"` at the top of a file takes over all that
//! the base says and the file does not.
//!
//! ```text
//!  file --base--> file --base--> shipped file
//!  tables are merged, deep; values and arrays are replaced; `name` and `about` are a file's own
//! ```
//!
//! All layers are parsed as parts of one long text, one behind the other. So the span of anything in
//! the merged table says which file it came from, and an error can name the file and show the line.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::check::check;
use super::error::{ScenarioError, read};

/// Files that come with the simulator: name and text.
pub type Shelf = [(&'static str, &'static str)];

/// A file, its base, the base of that, and so on.
pub struct Layers {
    layers: Vec<Layer>,
}

struct Layer {
    /// Names the text in errors.
    origin: String,
    text: String,
    /// Where files that it names are looked for. `None`: only on the shelf.
    folder: Option<PathBuf>,
    /// Where its text begins in the text of all layers.
    begins: usize,
}

/// Keys that say what a file is; a file does not inherit them.
const OWN: [&str; 3] = ["base", "name", "about"];

/// Keys of which the last one set counts, by table.
const RIVALS: [(&str, [&str; 2]); 1] = [("skin", ["file", "inline"])];

impl Layers {
    /// Reads a file's bases until one has none.
    pub fn read(
        shelf: &Shelf,
        origin: &str,
        text: &str,
        folder: Option<&Path>,
    ) -> Result<Self, ScenarioError> {
        let mut layers = Self { layers: Vec::new() };
        layers.push(origin, text, folder)?;
        while let Some((base, by)) = layers.open_base()? {
            let origin = by.origin.clone();
            let beside = by.folder.clone();
            match on_shelf(shelf, &base) {
                Some((name, text)) => layers.push(name, text, None)?,
                None => {
                    let folder = beside.filter(|_| has_toml(&base));
                    let folder =
                        folder.ok_or(ScenarioError::Base { origin, base: base.clone() })?;
                    let path = folder.join(&base);
                    let text = read(&path)?;
                    layers.push(&path.display().to_string(), &text, path.parent())?;
                }
            }
        }
        Ok(layers)
    }

    /// All layers as one value.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ScenarioError> {
        let padded: Vec<String> =
            self.layers.iter().map(|l| " ".repeat(l.begins) + &l.text).collect();
        let mut merged: Option<Spanned<DeTable>> = None;
        for (layer, text) in self.layers.iter().zip(&padded) {
            let mut table = DeTable::parse(text).map_err(|e| layer.refuse(e))?;
            match &mut merged {
                None => {
                    table.get_mut().remove("base");
                    merged = Some(table);
                }
                Some(over) => inherit(over.get_mut(), table.into_inner()),
            }
        }
        let table = merged.unwrap_or_else(|| Spanned::new(0..0, DeTable::new()));
        T::deserialize(Deserializer::from(table)).map_err(|e| self.place(&e))
    }

    /// Where the file that says what is at `place` looks for files.
    pub fn folder_at(&self, place: usize) -> Option<&Path> {
        self.layer_at(place).and_then(|layer| layer.folder.as_deref())
    }

    /// Names the file that says what is at `place`.
    pub fn origin_at(&self, place: usize) -> &str {
        self.layer_at(place).map_or("", |layer| &layer.origin)
    }

    fn layer_at(&self, place: usize) -> Option<&Layer> {
        self.layers.iter().rev().find(|layer| layer.begins <= place).or(self.layers.first())
    }

    fn push(
        &mut self,
        origin: &str,
        text: &str,
        folder: Option<&Path>,
    ) -> Result<(), ScenarioError> {
        check(origin, text)?;
        // The same text under another way of writing its path is the same file.
        if self.layers.iter().any(|layer| layer.text == text) {
            return Err(ScenarioError::Cycle { origin: origin.to_owned() });
        }
        // One apart, so that an error at the very end of a file is still that file's.
        let begins = self.layers.last().map_or(0, |last| last.begins + last.text.len() + 1);
        self.layers.push(Layer {
            origin: origin.to_owned(),
            text: text.to_owned(),
            folder: folder.map(Path::to_owned),
            begins,
        });
        Ok(())
    }

    /// The base that the last layer names, and that layer.
    fn open_base(&self) -> Result<Option<(String, &Layer)>, ScenarioError> {
        let Some(layer) = self.layers.last() else {
            return Ok(None);
        };
        let table = DeTable::parse(&layer.text).map_err(|e| layer.refuse(e))?;
        let Some(base) = table.get_ref().get("base") else {
            return Ok(None);
        };
        match base.get_ref() {
            DeValue::String(base) => Ok(Some((base.to_string(), layer))),
            _ => Err(ScenarioError::Base { origin: layer.origin.clone(), base: String::new() }),
        }
    }

    /// The error with the file, line and column where it is.
    fn place(&self, error: &toml::de::Error) -> ScenarioError {
        let at = error.span().map_or(0, |span| span.start);
        let Some(layer) = self.layer_at(at) else {
            return ScenarioError::Content {
                origin: String::new(),
                line: 1,
                column: 1,
                message: error.message().to_owned(),
                shown: String::new(),
            };
        };
        let at = at.saturating_sub(layer.begins).min(layer.text.len());
        let before = &layer.text.as_bytes()[..at];
        let begins = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |i| i + 1);
        let shown = layer.text.get(begins..).and_then(|rest| rest.lines().next());
        ScenarioError::Content {
            origin: layer.origin.clone(),
            line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
            column: 1 + at - begins,
            message: error.message().to_owned(),
            shown: shown.unwrap_or_default().to_owned(),
        }
    }
}

impl Layer {
    fn refuse(&self, source: toml::de::Error) -> ScenarioError {
        ScenarioError::Parse { origin: self.origin.clone(), source: Box::new(source) }
    }
}

/// Puts what `base` says under what `over` says.
fn inherit<'i>(over: &mut DeTable<'i>, mut base: DeTable<'i>) {
    for key in OWN {
        base.remove(key);
    }
    for (table, rivals) in RIVALS {
        let set = over.get(table).and_then(|value| value.get_ref().as_table());
        let decided = set.is_some_and(|set| rivals.iter().any(|key| set.contains_key(*key)));
        if let Some(DeValue::Table(under)) = base.get_mut(table).map(Spanned::get_mut)
            && decided
        {
            for key in rivals {
                under.remove(key);
            }
        }
    }
    merge(over, base);
}

fn merge<'i>(over: &mut DeTable<'i>, base: DeTable<'i>) {
    for (key, value) in base {
        match over.get_mut(&key).map(Spanned::get_mut) {
            None => {
                over.insert(key, value);
            }
            Some(DeValue::Table(inner)) => {
                if let DeValue::Table(under) = value.into_inner() {
                    merge(inner, under);
                }
            }
            Some(_) => {}
        }
    }
}

/// A shelf's file by its name, with or without the ending.
pub fn on_shelf<'a>(shelf: &'a Shelf, name: &str) -> Option<&'a (&'static str, &'static str)> {
    shelf.iter().find(|(shipped, _)| {
        *shipped == name || shipped.strip_suffix(".toml").is_some_and(|stem| stem == name)
    })
}

fn has_toml(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "toml")
}
