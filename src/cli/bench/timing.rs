//! CPU time of our own work.

use rustix::time::{ClockId, clock_gettime};

/// What the work yields, and the CPU seconds of all its threads.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let cpu_s = || {
        let now = clock_gettime(ClockId::ProcessCPUTime);
        now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
    };
    let before = cpu_s();
    let done = work();
    (done, cpu_s() - before)
}
