//! The report: HTML for people, JSON for machines.
