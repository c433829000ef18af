//! An order in which neighbours rest: after a dot was struck, no dot near it is struck for a while.
//!
//! ```text
//! classes     the dots of a layer divided, no two neighbours in one class   (greedy, along the curve)
//! paths       each class on its quickest path, one class after another
//! timetable   dots that would come too early are taken out,
//!             and put in where they cost least and all rests hold; without a place they are left out
//! ```
//!
//! Quickest paths do not know of each other: one may end where the next begins. Where that leaves dots out, all classes
//! follow the curve instead, which comes by every place about once in the time of a class.

use super::cost::Cost;
use super::timetable::{Dots, Timetable};
use super::{Effort, best_path};
use crate::plan::curve;
use nalgebra::Vector3;
use std::ops::Range;

/// Rounds in which early dots are put in.
const ROUNDS: usize = 20;

/// A dot that has no place in the order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Left {
    pub dot: u32,
    /// Its neighbours' rest before it, were it the last of its layer.
    pub rest_s: f64,
}

/// Dots in strike order, and those left out. `layers` has each dot's layer, in rising order.
pub(super) fn by_layer<C: Cost>(
    dots: &Dots<'_, C>,
    layers: &[u16],
    effort: Effort,
) -> (Vec<u32>, Vec<Left>) {
    let mut table = Timetable::new(dots);
    let mut left = Vec::new();
    let mut class_of = vec![None; layers.len()];
    let mut begins = 0;
    for layer in layers.chunk_by(|a, b| a == b) {
        let numbers = begins..begins + layer.len() as u32;
        begins = numbers.end;
        let classes = classes(dots, numbers, &mut class_of);
        let without = best_struck(&mut table, dots, classes, effort);
        left.extend(without.into_iter().map(|dot| Left { dot, rest_s: table.rest_s(dot) }));
    }
    (table.order().to_vec(), left)
}

/// The dots of a layer, no two neighbours in one class, each class along the curve.
fn classes<C: Cost>(
    dots: &Dots<'_, C>,
    layer: Range<u32>,
    class_of: &mut [Option<usize>],
) -> Vec<Vec<u32>> {
    let points = &dots.points[layer.start as usize..layer.end as usize];
    let mut classes: Vec<Vec<u32>> = Vec::new();
    // By class: the dot for which it was last found taken.
    let mut taken: Vec<Option<u32>> = Vec::new();
    for dot in curve::along(points).into_iter().map(|i| layer.start + i) {
        dots.neighbours(dot, |other| {
            if let Some(class) = class_of[other as usize].filter(|_| layer.contains(&other)) {
                taken[class] = Some(dot);
            }
        });
        let free = taken.iter().position(|by| *by != Some(dot)).unwrap_or(classes.len());
        if free == classes.len() {
            classes.push(Vec::new());
            taken.push(None);
        }
        classes[free].push(dot);
        class_of[dot as usize] = Some(free);
    }
    classes
}

/// Strikes a layer on the quickest paths, or along the curve if that leaves fewer dots out; the dots left out.
fn best_struck<C: Cost>(
    table: &mut Timetable<'_, C>,
    dots: &Dots<'_, C>,
    classes: Vec<Vec<u32>>,
    effort: Effort,
) -> Vec<u32> {
    let quickest = |class: &Vec<u32>| -> Vec<u32> {
        let points: Vec<Vector3<f64>> = class.iter().map(|&i| dots.points[i as usize]).collect();
        let path = best_path(&points, &dots.cost.of_these(class), effort);
        path.into_iter().map(|i| class[i as usize]).collect()
    };
    let first = table.order().len();
    let left = struck(table, classes.iter().map(quickest).collect());
    if left.is_empty() {
        return left;
    }
    let (ends_s, quick) = (table.ends_s(), table.cut(first));
    let left_along = struck(table, classes);
    if (left_along.len(), table.ends_s()) < (left.len(), ends_s) {
        return left_along;
    }
    table.cut(first);
    quick.into_iter().for_each(|dot| table.push(dot));
    left
}

/// Strikes a layer, path by path; the dots for which there is no place.
fn struck<C: Cost>(table: &mut Timetable<'_, C>, paths: Vec<Vec<u32>>) -> Vec<u32> {
    let first = table.order().len();
    let mut early = Vec::new();
    for path in paths {
        for dot in turned(table, path) {
            if table.is_rested(dot) {
                table.push(dot);
            } else {
                early.push(dot);
            }
        }
    }
    // Each dot that is put in makes time for others.
    for _ in 0..ROUNDS {
        let before = early.len();
        early.retain(|&dot| !table.put(dot, first));
        if early.len() == before {
            break;
        }
    }
    early
}

/// In the direction in which fewer dots come too early; of two as good ones, the one that begins nearer.
fn turned<C: Cost>(table: &Timetable<'_, C>, mut path: Vec<u32>) -> Vec<u32> {
    let onward = table.too_early(path.iter().copied());
    let back = table.too_early(path.iter().rev().copied());
    let later = |end: Option<&u32>| end.map(|&dot| table.arrives_s(dot));
    if (back, later(path.last())) < (onward, later(path.first())) {
        path.reverse();
    }
    path
}

#[cfg(test)]
mod tests {
    use super::super::cost::Length;
    use super::*;
    use crate::design::Rest;
    use proptest::prelude::*;

    const STROKE_S: f64 = 0.5;
    const QUICK: Effort = Effort { kicks_per_dot: 0.0 };

    /// Dots on a square, with a gantry that goes 1 mm in a second.
    fn by_layer_of(points: &[Vector3<f64>], layers: &[u16], rest: Rest) -> (Vec<u32>, Vec<Left>) {
        let cost = Length::new(points.to_vec());
        let dots = Dots::new(points, &cost, vec![STROKE_S; points.len()], rest);
        by_layer(&dots, layers, QUICK)
    }

    /// The least time from the end of one stroke to the beginning of a neighbour's.
    fn least_s(points: &[Vector3<f64>], order: &[u32], within_mm: f64) -> f64 {
        let place = |dot: u32| points[dot as usize];
        let mut begins_s = vec![0.0];
        for hop in order.windows(2) {
            let way_mm = (place(hop[0]) - place(hop[1])).norm();
            begins_s.push(begins_s[begins_s.len() - 1] + STROKE_S + way_mm);
        }
        let mut least_s = f64::INFINITY;
        for (i, &dot) in order.iter().enumerate() {
            let near = |k: &usize| (place(order[*k]) - place(dot)).norm() <= within_mm;
            if let Some(before) = (0..i).rev().find(near) {
                least_s = least_s.min(begins_s[i] - begins_s[before] - STROKE_S);
            }
        }
        least_s
    }

    fn square(side_mm: f64) -> impl Strategy<Value = Vec<Vector3<f64>>> {
        let dot = (0.0..side_mm, 0.0..side_mm).prop_map(|(x, y)| Vector3::new(x, y, 0.0));
        proptest::collection::vec(dot, 1..150)
    }

    proptest! {
        #[test]
        fn all_rests_hold_and_each_dot_is_struck_once_or_left_out(
            points in square(20.0),
            layers in 1..4u16,
            seconds in 0.2..200.0,
            within_mm in 0.1..6.0,
        ) {
            let of = |i: usize| (i * usize::from(layers) / points.len()) as u16;
            let layers: Vec<u16> = (0..points.len()).map(of).collect();
            let (order, left) = by_layer_of(&points, &layers, Rest { seconds, within_mm });
            prop_assert!(least_s(&points, &order, within_mm) >= seconds);
            prop_assert!(order.iter().map(|&dot| layers[dot as usize]).is_sorted());
            prop_assert!(left.iter().all(|left| left.rest_s < 1.02 * seconds));
            let mut all: Vec<u32> = order.into_iter().chain(left.iter().map(|l| l.dot)).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..points.len() as u32).collect::<Vec<_>>());
        }

        #[test]
        fn no_two_of_a_class_are_neighbours(points in square(20.0), within_mm in 0.1..6.0) {
            let cost = Length::new(points.clone());
            let rest = Rest { seconds: 1.0, within_mm };
            let dots = Dots::new(&points, &cost, vec![STROKE_S; points.len()], rest);
            let classes = classes(&dots, 0..points.len() as u32, &mut vec![None; points.len()]);
            prop_assert_eq!(classes.iter().map(Vec::len).sum::<usize>(), points.len());
            for class in classes {
                for (i, &a) in class.iter().enumerate() {
                    let apart = |&b: &u32| (points[a as usize] - points[b as usize]).norm();
                    prop_assert!(class[..i].iter().map(apart).all(|mm| mm > within_mm));
                }
            }
        }
    }

    /// A row of 60 dots, 1 mm apart.
    fn row() -> Vec<Vector3<f64>> {
        (0..60).map(|x| Vector3::new(f64::from(x), 0.0, 0.0)).collect()
    }

    #[test]
    fn a_row_is_gone_over_twice_and_none_is_left_out() {
        let rest = Rest { seconds: 25.0, within_mm: 1.5 };
        let (order, left) = by_layer_of(&row(), &[0; 60], rest);
        assert_eq!((order.len(), left), (60, Vec::new()));
        let cost = Length::new(row());
        let way_mm = super::super::total(&order, &cost);
        assert!(way_mm < 4.0 * 60.0, "{way_mm} mm");
    }

    #[test]
    fn a_rest_that_is_longer_than_all_else_leaves_neighbours_out_and_says_how_short_it_is() {
        let rest = Rest { seconds: 1000.0, within_mm: 1.5 };
        let (order, left) = by_layer_of(&row(), &[0; 60], rest);
        assert_eq!((order.len(), left.len()), (30, 30));
        assert!(left.iter().all(|left| left.rest_s < 1000.0), "{left:?}");
    }

    #[test]
    fn dots_of_the_layer_before_are_neighbours_too() {
        let points = [0.0, 50.0, 1.0, 51.0].map(|x| Vector3::new(x, 0.0, 0.0));
        let rest = Rest { seconds: 48.0, within_mm: 2.0 };
        let (order, left) = by_layer_of(&points, &[0, 0, 1, 1], rest);
        assert_eq!((order.len(), left), (4, Vec::new()));
        assert_eq!(order[2] - 2, order[0], "{order:?}");
    }
}
