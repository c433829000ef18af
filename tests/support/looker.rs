//! A viewer without a window: it fetches a recording over the network as the viewer does.

use re_async::AsyncRuntimeHandle;
use re_log_channel::{DataSourceMessage, LogReceiver, SmartMessage};
use rerun::external::re_grpc_client::read;
use rerun::external::re_log_types::LogMsg;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// A run says nothing for so long only if it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A viewer that is connected.
pub struct Looker {
    messages: LogReceiver,
    /// Fetches them.
    _runtime: Runtime,
}

impl Looker {
    /// Connects to where `smp run --view` says.
    pub fn connect(to: &str) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let handle = AsyncRuntimeHandle::new_native(runtime.handle().clone());
        let messages = read::stream(&handle, to.parse().unwrap());
        Self { messages, _runtime: runtime }
    }
}

/// What comes, to the end of the stream.
impl Iterator for Looker {
    type Item = LogMsg;

    fn next(&mut self) -> Option<LogMsg> {
        match self.messages.recv_timeout(PATIENCE).map(SmartMessage::into_data) {
            Ok(Some(DataSourceMessage::LogMsg(message))) => Some(message),
            Ok(_) => None,
            Err(_) if self.messages.is_connected() => panic!("nothing came"),
            Err(_) => None,
        }
    }
}
