//! What a host, and a device, may be made to do: ours, and what senders of G-code are known to do.

/// One way to behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// As `docs/device.md` and `stream` have it.
    Ours,
    /// What was not heard of in time is sent again as something new.
    SendAnew,
    /// A line accepted is a dot done.
    OkMeansDone,
    /// The needle goes in first, the intent is written down then.
    IntentAfter,
    /// Frames carry no epoch: one of an earlier session is as good as any.
    NoEpoch,
    /// After a crash the dot under way is simply struck again.
    RepeatLast,
}

impl Policy {
    /// Each must be caught.
    pub const BAD: [Self; 5] =
        [Self::SendAnew, Self::OkMeansDone, Self::IntentAfter, Self::NoEpoch, Self::RepeatLast];
}
