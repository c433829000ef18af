//! The threads `stream` and `stop` go before those of other programs, where the system allows it: what else this machine does,
//! a browser that draws heads for instance, then delays no command to the device.

use thread_priority::{
    RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id,
};

/// The highest that is asked for, of 1 to 99. The kernel's own threads for interrupts have 50: the port's must come before its
/// reader.
const PRIORITY_OF_STOP: u8 = 20;
/// Threads of one priority share no time: a stream thread that turns without end would keep the one out that stops the
/// device past it.
const PRIORITY: u8 = PRIORITY_OF_STOP - 1;

/// What to say where it does not.
pub const NOT_ALLOWED: &str = "no real-time priority: other programs may delay the run (allow `rtprio 20` in /etc/security/limits.d)";

/// This thread goes first from now on; whether the system allows it. Threads that it starts afterwards do so too.
pub fn go_first() -> bool {
    go(PRIORITY)
}

/// The same of the thread that stops the device: it goes before all others.
pub(super) fn stop_first() -> bool {
    go(PRIORITY_OF_STOP)
}

fn go(priority: u8) -> bool {
    let Ok(priority) = priority.try_into() else { return false };
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    let priority = ThreadPriority::Crossplatform(priority);
    set_thread_priority_and_policy(thread_native_id(), priority, policy).is_ok()
}

/// Whether the system allows it: root may, and so may who has `rtprio 20` in the system's limits.
pub fn is_allowed() -> bool {
    std::thread::scope(|scope| scope.spawn(stop_first).join().unwrap_or(false))
}
