use super::*;
use proptest::prelude::*;

fn dome(count: usize, seed: u64) -> Vec<Vector3<f64>> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..count)
        .map(|_| {
            let (u, v) = (next() * std::f64::consts::TAU, 0.4 + 0.6 * next());
            let r = (1.0 - v * v).sqrt();
            Vector3::new(85.0 * r * u.cos(), 95.0 * r * u.sin(), 85.0 * v)
        })
        .collect()
}

fn path(points: &[Vector3<f64>], kicks_per_dot: f64) -> Vec<u32> {
    best_path(points, &Length::new(points.to_vec()), Effort { kicks_per_dot })
}

fn length(points: &[Vector3<f64>], order: &[u32]) -> f64 {
    total(order, &Length::new(points.to_vec()))
}

#[test]
fn the_search_beats_the_space_filling_curve_by_a_fifth_and_kicks_beat_the_search() {
    let points = dome(5000, 7);
    let curve = length(&points, &curve::along(&points));
    let settled = length(&points, &path(&points, 0.0));
    let kicked = length(&points, &path(&points, 0.2));
    assert!(settled < 0.8 * curve, "curve {curve:.0} mm, settled {settled:.0} mm");
    assert!(kicked < 0.998 * settled, "settled {settled:.0} mm, kicked {kicked:.0} mm");
}

#[test]
fn the_order_is_the_same_on_any_number_of_threads() {
    let points = dome(13_000, 3);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| path(&points, 0.02))
    };
    assert_eq!(on(1), on(3));
}

/// The cheapest open path over a few points, by trying all.
fn least(points: &[Vector3<f64>]) -> f64 {
    fn extend(points: &[Vector3<f64>], path: &mut Vec<u32>, best: &mut f64) {
        if path.len() == points.len() {
            *best = best.min(length(points, path));
            return;
        }
        for i in 0..points.len() as u32 {
            if !path.contains(&i) {
                path.push(i);
                extend(points, path, best);
                path.pop();
            }
        }
    }
    let mut best = f64::MAX;
    extend(points, &mut Vec::new(), &mut best);
    best
}

proptest! {
    #[test]
    fn every_dot_is_visited_once(count in 0usize..200, seed in any::<u64>(), kicks in 0.0..1.0) {
        let points = dome(count, seed);
        let mut order = path(&points, kicks);
        order.sort_unstable();
        prop_assert_eq!(order, (0..count as u32).collect::<Vec<_>>());
    }

    #[test]
    fn dots_on_one_place_are_all_visited(count in 1usize..60, places in 1usize..4) {
        let points: Vec<_> = (0..count).map(|i| Vector3::new((i % places) as f64, 0.0, 0.0)).collect();
        let mut order = path(&points, 0.5);
        order.sort_unstable();
        prop_assert_eq!(order, (0..count as u32).collect::<Vec<_>>());
    }

    #[test]
    fn a_few_dots_are_within_a_tenth_of_the_best_path(count in 2usize..7, seed in any::<u64>()) {
        let points = dome(count, seed);
        let found = length(&points, &path(&points, 4.0));
        prop_assert!(found <= 1.1 * least(&points) + 1e-9);
    }

    #[test]
    fn pinned_ends_stay_and_the_path_grows_no_longer(count in 8usize..300, seed in any::<u64>()) {
        let points = dome(count, seed);
        let along = curve::along(&points);
        let points: Vec<_> = along.iter().map(|&i| points[i as usize]).collect();
        let found = nearest(&points, near::LOOKED_AT);
        let by_length = near::lists(&found, &Length::new(points.clone()));
        let cost = price::Priced::new(Length::new(points.clone()), &by_length);
        let first: Vec<u32> = (0..count as u32).collect();
        let near = near::lists(&found, &cost);
        let mut search = search::Search::new(&cost, near, first.clone(), true, count / 2);
        for place in (0..=count as u32).step_by(3) {
            search.kick(place, [2, 1, 2]);
        }
        let mut path = search.into_path();
        prop_assert_eq!([path[0], path[count - 1]], [0, count as u32 - 1]);
        prop_assert!(length(&points, &path) <= length(&points, &first) + 1e-6);
        path.sort_unstable();
        prop_assert_eq!(path, first);
    }
}
