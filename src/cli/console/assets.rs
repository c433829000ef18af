//! The pages, as they stand in `src/console/page`: what is reviewed is what is served.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Every file that is served, by name. What does not stand here is not served.
macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        const PAGES: &[(&str, &[u8])] =
            &[$(($name, include_bytes!(concat!("../../console/page/", $name)))),*];
    };
}

pages![
    "alarms.js",
    "app.js",
    "bar.js",
    "charts.js",
    "charts/paint.js",
    "charts/window.js",
    "head.js",
    "head/anchors.js",
    "head/camera.js",
    "head/coarse.js",
    "head/dots.js",
    "head/handle.js",
    "head/order.js",
    "head/pace.js",
    "head/picture.js",
    "head/quality.js",
    "head/region.js",
    "head/shading.js",
    "head/states.js",
    "head/surface.js",
    "head/tool.js",
    "icon.svg",
    "index.html",
    "link.js",
    "numbers.js",
    "resume.js",
    "scene.js",
    "sound.js",
    "stage.js",
    "steps/client.js",
    "steps/design.js",
    "steps/goon.js",
    "steps/machine.js",
    "steps/plan.js",
    "steps/preflight.js",
    "steps/registration.js",
    "steps/report.js",
    "steps/run.js",
    "steps/scalp.js",
    "steps/step.js",
    "steps/upload.js",
    "style.css",
    "theme.js",
    "vendor/preact.js",
    "vendor/three.js",
    "vendor/uplot.css",
    "vendor/uplot.js",
    "wake.js",
    "words.js",
    "words/de.json",
    "words/en.json",
];

/// The page itself.
pub async fn index() -> Response {
    answer("index.html")
}

/// A file of it.
pub async fn file(Path(name): Path<String>) -> Response {
    answer(&name)
}

fn answer(name: &str) -> Response {
    let Some((_, bytes)) = PAGES.iter().find(|(known, _)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    ([(header::CONTENT_TYPE, kind(name))], *bytes).into_response()
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}
