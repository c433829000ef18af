//! `smp run --view`: the run's recording while it runs, from a thread that nothing waits for.
//!
//! It gets its records from the record thread, so that the stream thread knows nothing of it; it runs behind all other
//! threads; and if it hangs or dies, records that do not fit are left out.

use super::Done;
use super::output::Failure;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Who may look on.
#[derive(clap::Args, Debug)]
pub struct ViewArgs {
    /// Serve the recording to rerun viewers while the run goes on: smp view rerun+http://127.0.0.1:9876/proxy opens it.
    /// A port alone is one of this machine
    #[arg(long, value_name = "[ADDRESS:]PORT", value_parser = address)]
    view: Option<SocketAddr>,
    /// With --view: serve it beyond this machine too. It shows the client's head to anybody who can reach the port
    #[arg(long, requires = "view")]
    anybody_may_look: bool,
}

impl ViewArgs {
    /// Whether a run on such a device can be shown.
    pub fn check(&self, simulated: bool) -> Done {
        let Some(at) = self.view else { return Ok(()) };
        if simulated {
            return Err(Failure::input("--port sim takes seconds: nobody could look on")
                .advise("leave --view out, and then: smp view DIR")
                .advise("smp-sim serve gives a simulated device in real time"));
        }
        if !at.ip().is_loopback() && !self.anybody_may_look {
            return Err(Failure::input(format!("{at} is open beyond this machine"))
                .advise(format!("--view {}", at.port()))
                .advise("or say that you mean it: --anybody-may-look"));
        }
        thread::free(at).map(|_| ())
    }
}

/// An address and a port, or a port of this machine.
fn address(text: &str) -> Result<SocketAddr, String> {
    let port = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let named = text.replacen("localhost:", "127.0.0.1:", 1);
    let parsed = text.parse().map(port).ok().or_else(|| named.parse().ok());
    parsed.ok_or_else(|| "a port, or an address and a port: 127.0.0.1:9876".to_owned())
}

#[cfg(not(feature = "view"))]
mod thread {
    use super::{Failure, ViewArgs};
    use smp::record::folder::RunFolder;
    use smp::record::plan_file::ProvedPlan;
    use smp::record::tap::Tap;
    use std::net::SocketAddr;

    /// Nothing can be served.
    pub fn free(_: SocketAddr) -> Result<SocketAddr, Failure> {
        Err(Failure::refused("this smp was built without a live view")
            .advise("build it with --features view"))
    }

    /// Nobody looks on.
    pub struct View;

    impl View {
        pub fn begin(
            args: &ViewArgs,
            _: &RunFolder,
            _: &ProvedPlan,
        ) -> Result<Option<(Self, Tap)>, Failure> {
            args.view.map_or(Ok(None), |at| free(at).map(|_| None))
        }

        pub fn end(self) {}
    }
}

#[cfg(feature = "view")]
mod thread;

pub use thread::View;
