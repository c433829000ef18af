//! A thousand programs that are a little wrong: each is found out, and the right one is not.

use crate::bench::gantry6;
use crate::plans::{LIGHT, plan_of};
use nalgebra::{Rotation3, Unit, Vector3};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use rayon::prelude::*;
use smp::design::Design;
use smp::device::{Step, nominal_steps};
use smp::frame::{Direction, Point, Scalp};
use smp::machine::{Axis, Joints, Profile, ToolPose};
use smp::plan::{Draft, plan, site};
use smp::record::plan_file::{PlanFile, PlanFileError};
use smp::verify::{Skin, ViolationKind, examine, prove};
use std::collections::BTreeMap;

const CORRUPTIONS: u64 = 1_000;
/// Corrupted plan files; each is proved whole.
const PLANS: u64 = 300;
/// A dot is moved by so much, and a needle turned.
const MOVED_MM: f64 = 0.2;
const TURNED_DEG: f64 = 5.0;

/// Two patches, far enough apart that the way between leads over the head.
const DESIGN: &str = r#"
schema = 1
name = "two"
[[zone]]
name = "crown"
density_per_cm2 = 10
outline = [[0.48, -0.08], [0.48, 0.08], [0.56, 0.08], [0.56, -0.08]]
[[zone]]
name = "front"
density_per_cm2 = 10
outline = [[0.28, 0.10], [0.28, 0.20], [0.33, 0.20], [0.33, 0.10]]
"#;

struct Bench {
    draft: Draft,
    skin: Skin,
    machine: Profile,
    steps: Vec<Step>,
}

impl Bench {
    fn new() -> Self {
        let surface = LIGHT.surface();
        let design = Design::parse(DESIGN, "two.toml", &mut |_| unreachable!()).unwrap();
        let machine = gantry6();
        let placed = site::place(&design, &surface);
        let draft =
            plan(placed, &surface, &machine, smp::plan::Effort::default(), &mut |_| {}).draft;
        let skin = Skin::new(surface.vertices(), surface.triangles());
        let steps = nominal_steps(&draft, &machine);
        Self { draft, skin, machine, steps }
    }

    fn violations(&self, steps: &[Step]) -> Vec<String> {
        let encode = |step: &Step| {
            let mut body = String::new();
            step.encode(&self.machine, &mut body);
            body
        };
        let lines: Vec<String> = steps.iter().map(encode).collect();
        let (_, found) = examine(&lines, &self.draft, &self.skin, &self.machine);
        found.iter().map(ToString::to_string).collect()
    }

    /// The steps with the pose over one dot changed, in its move and in its strike.
    fn with_pose(
        &self,
        random: &mut Pcg64,
        change: impl Fn(&mut Pcg64, &Joints) -> Joints,
    ) -> Vec<Step> {
        let mut steps = self.steps.clone();
        let strikes: Vec<usize> =
            (0..steps.len()).filter(|&i| matches!(steps[i], Step::Strike(_))).collect();
        let at = strikes[random.random_range(0..strikes.len())];
        let Step::Strike(mut strike) = steps[at] else { unreachable!() };
        strike.pose = change(random, &strike.pose);
        steps[at - 1] = Step::Move(strike.pose);
        steps[at] = Step::Strike(strike);
        steps
    }
}

/// Across a direction.
fn aside(random: &mut Pcg64, of: Vector3<f64>) -> Unit<Vector3<f64>> {
    let any = Vector3::from_fn(|_, _| random.random_range(-1.0..1.0));
    Unit::new_normalize(any - of * of.dot(&any))
}

fn corrupted(bench: &Bench, seed: u64) -> (&'static str, Vec<Step>) {
    let mut random = Pcg64::seed_from_u64(seed);
    let kinematics = bench.machine.kinematics();
    let mut steps = bench.steps.clone();
    let any = random.random_range(0..steps.len());
    match seed % 6 {
        0 => {
            let moved = bench.with_pose(&mut random, |random, pose| {
                let by = aside(random, kinematics.needle(pose).vector()).into_inner() * MOVED_MM;
                let axes = [Axis::X, Axis::Y, Axis::Z];
                axes.into_iter().fold(*pose, |p, a| p.with(a, p.get(a) + by[a.index()]))
            });
            ("a dot moved", moved)
        }
        1 => {
            let turned = bench.with_pose(&mut random, |random, pose| {
                let needle = kinematics.needle(pose).vector();
                let axis = aside(random, needle);
                let turn = Rotation3::from_axis_angle(&axis, TURNED_DEG.to_radians());
                let needle = Direction::from_vector(turn * needle);
                kinematics.joints(&ToolPose { tip: kinematics.tip(pose, 0.0), needle })
            });
            ("a needle turned", turned)
        }
        2 => {
            steps.remove(any);
            ("a line dropped", steps)
        }
        3 => {
            steps.insert(any, steps[any]);
            ("a line doubled", steps)
        }
        4 => {
            // The last line is the first one's own: both lead to the park pose.
            let others = (any + 1..any + 6).map(|k| k % steps.len());
            let other = others.into_iter().find(|&k| steps[k] != steps[any]).unwrap();
            steps.swap(any, other);
            ("two lines swapped", steps)
        }
        _ => {
            let lowered = lower(bench, &mut random);
            ("a clearance broken", lowered)
        }
    }
}

/// One dot's stand lowered along the needle.
fn lower(bench: &Bench, random: &mut Pcg64) -> Vec<Step> {
    let kinematics = bench.machine.kinematics();
    bench.with_pose(random, |random, pose| {
        let by = kinematics.needle(pose).vector() * random.random_range(0.1..1.5);
        let axes = [Axis::X, Axis::Y, Axis::Z];
        axes.into_iter().fold(*pose, |p, a| p.with(a, p.get(a) + by[a.index()]))
    })
}

#[test]
fn every_one_of_a_thousand_corruptions_is_found_and_the_program_itself_is_clean() {
    let bench = Bench::new();
    assert!(bench.draft.dots.len() > 100, "{} dots", bench.draft.dots.len());
    assert!(bench.draft.dots.iter().skip(1).any(|dot| !dot.via.is_empty()), "no way over the head");
    assert_eq!(bench.violations(&bench.steps), Vec::<String>::new());
    let mut tried: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in 0..CORRUPTIONS {
        let (what, steps) = corrupted(&bench, seed);
        assert!(steps != bench.steps, "seed {seed}: {what} changes nothing");
        let found = bench.violations(&steps);
        assert!(!found.is_empty(), "seed {seed}: {what} is not found");
        *tried.entry(what).or_default() += 1;
    }
    println!("all found of {tried:?}");
}

/// A dot moved along the skin, or a normal turned, in the plan itself: the lines that follow are safe, and not those that
/// were planned.
#[test]
fn every_corrupted_plan_file_is_refused() {
    let sound = plan_of(60, LIGHT, gantry6()).file.to_json().unwrap();
    let sound = PlanFile::parse(&sound).unwrap();
    sound.clone().prove().unwrap();
    let surface = LIGHT.surface();
    let by_the_seal_alone = |seed: u64| {
        let mut random = Pcg64::seed_from_u64(seed);
        let mut plan = sound.clone();
        let dots = &mut plan.draft.dots;
        let any = random.random_range(1..dots.len());
        let normal = dots[any].normal.vector();
        match seed % 4 {
            0 => {
                let by = aside(&mut random, normal).into_inner() * MOVED_MM;
                let moved = dots[any].position + Direction::from_vector(by);
                dots[any].position = surface.closest(moved).point;
            }
            1 => {
                let axis = aside(&mut random, normal);
                let turn = Rotation3::from_axis_angle(&axis, TURNED_DEG.to_radians());
                dots[any].normal = Direction::from_vector(turn * normal);
                dots[any].needle = -dots[any].normal;
            }
            2 => {
                dots.remove(any);
            }
            _ => dots.swap(any, any - 1),
        }
        match plan.prove() {
            Ok(_) => panic!("seed {seed}: not found"),
            Err(error) => matches!(error, PlanFileError::Seal),
        }
    };
    let sealed = (0..PLANS).into_par_iter().filter(|&seed| by_the_seal_alone(seed)).count();
    println!("{sealed} of {PLANS} were as safe as before and found by the seal alone");
}

/// A fold of a rough scan: the needle would touch it before it comes to its dot.
#[test]
fn skin_over_a_dot_is_found() {
    let surface = LIGHT.surface();
    let bench = Bench::new();
    let mut draft = bench.draft.clone();
    let number = draft.dots.len() / 2;
    // Higher than its neighbours, so that nothing but the stroke comes near to the fold.
    draft.dots[number].hover_mm += 0.4;
    let dot = draft.dots[number].clone();
    let prove_on = |vertices: &[Point<Scalp>], triangles: &[[u32; 3]]| {
        prove(draft.clone(), &Skin::new(vertices, triangles), &bench.machine)
    };
    let (mut vertices, mut triangles) = (surface.vertices().to_vec(), surface.triangles().to_vec());
    prove_on(&vertices, &triangles).unwrap();
    let first = vertices.len() as u32;
    let over = dot.above(0.2);
    vertices.extend([(0.3, 0.0), (-0.2, 0.3), (-0.2, -0.3)].map(|(u, v)| {
        let normal = dot.normal.vector();
        let along = normal.cross(&Vector3::x()).normalize();
        over + Direction::from_vector(along * u + normal.cross(&along) * v)
    }));
    triangles.push([first, first + 1, first + 2]);
    let found = prove_on(&vertices, &triangles).unwrap_err();
    assert!(found.iter().all(|one| one.kind.dot() == Some(dot.dot.0)), "{found:?}");
    let off = found.iter().find_map(|one| match one.kind {
        ViolationKind::Place { off_mm, .. } => Some(off_mm),
        _ => None,
    });
    assert!((off.unwrap() - 0.2).abs() < 0.01, "{found:?}");
}
