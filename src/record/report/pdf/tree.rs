//! What things on the sheets are, in the order of reading.

use crate::record::report::document::shown;
use krilla::tagging::{
    Identifier, ListNumbering, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};
use std::num::NonZeroU16;

/// What something is.
#[derive(Clone, Debug)]
pub(super) enum Role {
    /// From 1; with its words.
    Heading(u16, String),
    Section,
    Paragraph,
    List,
    ListItem,
    ListName,
    ListBody,
    Table,
    Head,
    Body,
    Row,
    ColumnName,
    RowName,
    Cell,
    Caption,
    /// With its words.
    Figure(String),
}

/// Something, by its place in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node(usize);

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Grown>,
    roots: Vec<usize>,
}

#[derive(Debug)]
struct Grown {
    role: Role,
    inner: Vec<usize>,
    leaves: Vec<Identifier>,
}

impl Tree {
    /// Adds something within another, behind what is there.
    pub(super) fn add(&mut self, within: Option<Node>, role: Role) -> Node {
        let index = self.nodes.len();
        self.nodes.push(Grown { role, inner: Vec::new(), leaves: Vec::new() });
        match within {
            Some(Node(outer)) => self.nodes[outer].inner.push(index),
            None => self.roots.push(index),
        }
        Node(index)
    }

    /// Something stands there on a page.
    pub(super) fn leaf(&mut self, Node(index): Node, leaf: Identifier) {
        self.nodes[index].leaves.push(leaf);
    }

    /// For the file.
    pub(super) fn finish(mut self) -> TagTree {
        let mut tree = TagTree::new();
        for root in std::mem::take(&mut self.roots) {
            tree.push(self.group(root));
        }
        tree
    }

    fn group(&mut self, index: usize) -> TagGroup {
        let role = std::mem::replace(&mut self.nodes[index].role, Role::Section);
        let mut group = TagGroup::new(kind(role));
        for leaf in std::mem::take(&mut self.nodes[index].leaves) {
            group.push(leaf);
        }
        for inner in std::mem::take(&mut self.nodes[index].inner) {
            group.push(self.group(inner));
        }
        group
    }
}

fn kind(role: Role) -> TagKind {
    match role {
        Role::Heading(level, title) => {
            let title = title.chars().map(shown).collect();
            Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(title)).into()
        }
        Role::Section => Tag::Section.into(),
        Role::Paragraph => Tag::P.into(),
        Role::List => Tag::L(ListNumbering::None).into(),
        Role::ListItem => Tag::LI.into(),
        Role::ListName => Tag::Lbl.into(),
        Role::ListBody => Tag::LBody.into(),
        Role::Table => Tag::Table.into(),
        Role::Head => Tag::THead.into(),
        Role::Body => Tag::TBody.into(),
        Role::Row => Tag::TR.into(),
        Role::ColumnName => Tag::TH(TableHeaderScope::Column).into(),
        Role::RowName => Tag::TH(TableHeaderScope::Row).into(),
        Role::Cell => Tag::TD.into(),
        Role::Caption => Tag::Caption.into(),
        Role::Figure(alt) => Tag::Figure(Some(alt)).into(),
    }
}
