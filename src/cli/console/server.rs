//! HTTP: what is served to whom, and what every answer says about itself.

use super::doors::Doors;
use super::easel::Easel;
use super::hall::Hall;
use super::place::Place;
use super::{api, assets, socket, upload};
use crate::cli::Done;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use smp::console::{self, Gate, Role, Wish};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Connections at once, of all pages.
const CONNECTIONS: usize = 64;
/// A request's head has to be there by then.
const HEAD_MAX: Duration = Duration::from_secs(10);
/// A connection serves requests no longer, whatever its sender does; a page's socket is none any more.
const CONNECTION_MAX: Duration = Duration::from_secs(60);
/// A request's body is no longer.
const BODY_MAX: usize = 64 << 10;

/// What a browser is told not to do with what it gets.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// All that requests are answered by.
pub struct Served {
    pub gate: Gate,
    pub doors: Doors,
    pub hall: Hall,
    pub easel: Easel,
    pub place: Place,
}

/// Serves until the end of the program.
pub async fn listen(listener: TcpListener, served: Arc<Served>) -> Done {
    let router = Router::new()
        .route("/", get(assets::index))
        .route("/page/{*name}", get(assets::file))
        .route("/login/{code}", get(login))
        .route("/live", get(socket::open))
        .route("/api/choices", get(api::choices))
        .route("/api/preview", post(api::preview))
        .route("/api/dots/{of}", get(api::dots))
        .route("/api/link", post(api::link))
        .route("/api/report", get(api::reported))
        .route("/report/{name}", get(api::report))
        .route("/api/upload/{kind}/{name}/{file}", post(upload::take))
        .route("/metrics", get(api::metrics))
        .route("/stop", post(stop))
        .route("/health", get(|| async { "alive\n" }))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(middleware::from_fn_with_state(served.clone(), let_in))
        .layer(middleware::map_response(guarded))
        .with_state(served);
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { return Ok(()) };
        // A connection that could not be taken is its sender's loss.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD_MAX);
            let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
            // What goes wrong on a connection is its sender's affair.
            let _ = tokio::time::timeout(CONNECTION_MAX, connection).await;
            drop(place);
        });
    }
}

/// Lets a request in, or not: nothing else is asked before.
async fn let_in(State(served): State<Arc<Served>>, mut request: Request, next: Next) -> Response {
    let wish = wish(&request);
    let headers = request.headers();
    // Programs have no cookies.
    let bearer = only(headers, &header::AUTHORIZATION).and_then(|a| a.strip_prefix("Bearer "));
    let cookie = only(headers, &header::COOKIE).and_then(|cookies| served.doors.token(cookies));
    let token = bearer.or(cookie);
    let asked = console::Request {
        wish,
        host: only(headers, &header::HOST),
        origin: only(headers, &header::ORIGIN),
        token,
    };
    // A header that is there and cannot be read is no header that is not there.
    let several = [header::HOST, header::ORIGIN, header::COOKIE, header::AUTHORIZATION]
        .iter()
        .any(|name| headers.contains_key(name) && only(headers, name).is_none());
    match served.gate.check(&asked) {
        Ok(role) if !several => {
            request.extensions_mut().insert(role);
            next.run(request).await
        }
        _ => forbidden(),
    }
}

/// What a request wants, by its address.
fn wish(request: &Request) -> Wish {
    match (request.uri().path(), request.method()) {
        ("/health", _) => Wish::Health,
        ("/stop", _) => Wish::Stop,
        // A look at a design changes nothing, but no other page shall make this one work.
        ("/live" | "/api/preview", _) => Wish::Listen,
        (path, &Method::GET) if path.starts_with("/login/") => Wish::Enter,
        (_, &Method::GET | &Method::HEAD) => Wish::Read,
        _ => Wish::Act,
    }
}

/// The header, if it is there once and can be read.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

fn forbidden() -> Response {
    // A page, not plain text: who listens to it hears its language and its title.
    let page = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>smp: not let in</title></head>\
                <body><main><h1>Not let in</h1><p>Open the address that smp console has printed; each opens once.</p>\
                </main></body></html>\n";
    (StatusCode::FORBIDDEN, axum::response::Html(page)).into_response()
}

/// By an address that opens once. The page that answers leads on by itself: a redirect would still count as coming from
/// wherever the address was clicked, and the cookie would be withheld from it.
async fn login(State(served): State<Arc<Served>>, Path(code): Path<String>) -> Response {
    let cookie = served.doors.open(&code).and_then(|c| HeaderValue::from_str(&c).ok());
    let Some(cookie) = cookie else { return forbidden() };
    let page = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
                <meta http-equiv=\"refresh\" content=\"0;url=/\"><title>smp</title></head>\
                <body><a href=\"/\">smp</a></body></html>";
    let mut response = axum::response::Html(page).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

/// Whoever it is: a machine is stopped.
async fn stop(State(served): State<Arc<Served>>) -> StatusCode {
    served.hall.stop().await;
    StatusCode::NO_CONTENT
}

/// What every answer says about itself, whatever it is.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut say = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    say(header::CONTENT_SECURITY_POLICY, POLICY);
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(header::X_FRAME_OPTIONS, "DENY");
    say(header::REFERRER_POLICY, "no-referrer");
    say(header::CACHE_CONTROL, "no-store");
    say(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    say(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

/// Who a request comes from; it has been let in.
pub fn role(request: &axum::http::Extensions) -> Role {
    request.get::<Role>().copied().unwrap_or(Role::Anybody)
}
