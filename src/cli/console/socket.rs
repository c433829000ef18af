//! One page's socket: what it says goes to the hall, what the hall says goes to it.

use super::hall::Caller;
use super::server::{Served, role};
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::{RequestExt, http::StatusCode};
use futures_util::{SinkExt, StreamExt};
use smp::console::Role;
use smp::console::message::Says;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// A page says no longer things.
const SAID_MAX: usize = 16 << 10;
/// Messages for a page that does not take them.
const UNREAD_MAX: usize = 256;
/// A page says so much in a second, and no more.
const SAYS_MAX: u32 = 40;
/// What is written to a page must be taken by then, or the page is gone.
const TAKEN: Duration = Duration::from_secs(20);

/// Opens a page's socket.
pub async fn open(State(served): State<Arc<Served>>, request: Request) -> Response {
    let role = role(request.extensions());
    let Ok(upgrade) = request.extract::<WebSocketUpgrade, _>().await else {
        return StatusCode::UPGRADE_REQUIRED.into_response();
    };
    let upgrade = upgrade.max_message_size(SAID_MAX).max_frame_size(SAID_MAX);
    upgrade.on_upgrade(move |socket| talk(socket, served, role))
}

async fn talk(socket: WebSocket, served: Arc<Served>, role: Role) {
    let (mut out, mut page) = socket.split();
    let (told, mut tells) = mpsc::channel::<Arc<str>>(UNREAD_MAX);
    let Some(mut caller) = served.hall.come(role, told).await else {
        let full = CloseFrame { code: close_code::AGAIN, reason: "too many pages".into() };
        let _ = out.send(Message::Close(Some(full))).await;
        return;
    };
    let writer = async {
        while let Some(text) = tells.recv().await {
            // The text is shared by all pages, and copied only into the socket.
            let text = Bytes::from_owner(Shared(text));
            let Ok(text) = Utf8Bytes::try_from(text) else { continue };
            let sent = tokio::time::timeout(TAKEN, out.send(Message::Text(text))).await;
            if !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
    };
    let reader = async {
        let mut pace = Pace::new();
        while let Some(Ok(message)) = page.next().await {
            let Message::Text(text) = message else { continue };
            if !pace.one_more() {
                return;
            }
            if !hear(&mut caller, &text).await {
                return;
            }
        }
    };
    tokio::select! {
        () = writer => {}
        () = reader => {}
    }
    caller.leave().await;
}

/// Who says what no page says is no page of ours.
async fn hear(caller: &mut Caller, text: &str) -> bool {
    match serde_json::from_str::<Says>(text) {
        Ok(says) => caller.say(says).await,
        Err(_) => false,
    }
}

/// Text that all pages share.
struct Shared(Arc<str>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// How much a page says.
struct Pace {
    since: tokio::time::Instant,
    said: u32,
}

impl Pace {
    fn new() -> Self {
        Self { since: tokio::time::Instant::from_std(crate::cli::plan::clock()), said: 0 }
    }

    fn one_more(&mut self) -> bool {
        let now = tokio::time::Instant::from_std(crate::cli::plan::clock());
        if now - self.since > Duration::from_secs(1) {
            (self.since, self.said) = (now, 0);
        }
        self.said += 1;
        self.said <= SAYS_MAX
    }
}
