//! Wire, firmware and plant on one clock.
