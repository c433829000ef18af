//! Real processes: a client's record made by commands, and plans to run.

use crate::place::repository;
use crate::plans::{LIGHT, gantry6_with, plan_of};
use crate::process::{run, run_well, said};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;
use tempfile::TempDir;

/// A folder with a plan of 20 dots for client C-1, a plan on another head, and the record of C-1 in `C`.
pub struct Clinic(TempDir);

impl Clinic {
    /// Everything is in order: consent, questionnaire, patch test, one pigment and one cartridge.
    pub fn new() -> Self {
        let clinic = Self::of_plans();
        clinic.admit("C", "C-1");
        clinic
    }

    /// With plans alone.
    pub fn of_plans() -> Self {
        let clinic = Self(tempfile::tempdir().unwrap());
        std::fs::write(clinic.path("the.plan"), plan()).unwrap();
        std::fs::write(clinic.path("signed.pdf"), "signed").unwrap();
        clinic
    }

    pub fn dir(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, inside: &str) -> PathBuf {
        self.dir().join(inside)
    }

    /// Runs `smp` with these words, which must go well.
    pub fn well(&self, words: &str) -> String {
        run_well(self.dir(), &split(words))
    }

    /// Runs `smp` with these words.
    pub fn smp(&self, words: &str) -> Output {
        run(self.dir(), &split(words))
    }

    /// Runs `smp` with these words, which must be refused with this exit code; what it said.
    pub fn refused(&self, words: &str, code: i32) -> String {
        let output = self.smp(words);
        assert_eq!(output.status.code(), Some(code), "{words}: {}", said(&output));
        said(&output)
    }

    /// A client of whom everything is in order.
    pub fn admit(&self, dir: &str, id: &str) {
        let mesh = LIGHT.mesh();
        self.well(&format!("client new {dir} --id {id} --scan {}", mesh.display()));
        self.well(&format!("client consent {dir} --document signed.pdf"));
        self.well(&format!("client questionnaire {dir} --document signed.pdf --no others"));
        let days = "--made-on 2026-01-02 --read-on 2026-01-05";
        self.well(&format!("client patch-test {dir} {days} --brand B --shade 3 --result none"));
        let pigment = "--brand B --shade 3 --lot P1 --expires-on 2999-12-31";
        self.well(&format!("client pigment add {dir} {pigment}"));
        self.add_cartridge(dir, "N1", 1_000);
    }

    pub fn add_cartridge(&self, dir: &str, lot: &str, most: u32) {
        let life = format!("--expires-on 2999-12-31 --most-strikes {most}");
        self.well(&format!("client cartridge add {dir} --needle 3RL --lot {lot} {life}"));
    }

    /// The record as `smp client show --json` has it.
    pub fn shown(&self) -> serde_json::Value {
        serde_json::from_str(&self.well("client show C --json")).unwrap()
    }
}

/// Words between blanks.
fn split(words: &str) -> Vec<&str> {
    words.split(' ').collect()
}

/// Twenty dots on the light head, for a machine that is patient with a test machine.
fn plan() -> &'static [u8] {
    static PLAN: OnceLock<Vec<u8>> = OnceLock::new();
    PLAN.get_or_init(|| plan_of(20, LIGHT, gantry6_with(5000, 2000)).file.to_json().unwrap())
}

/// A record with one session that was run on the simulator.
pub fn treated() -> Clinic {
    let clinic = Clinic::new();
    let who = "--client C --operator Ada --pigment P1 --cartridge N1";
    clinic.well(&format!("run the.plan --port sim --scenario still --json {who}"));
    clinic
}

/// A head that is no client's.
pub fn other_head() -> PathBuf {
    repository("configs/scalps/pydeface_mean")
}
