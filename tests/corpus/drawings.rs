//! Drawings made with malice, given to the program as people run it: refused within 256 MiB of address space
//! (requirement R26).

use crate::limited::{MOST_KIB, check};
use crate::png::{chunk, image};
use std::path::Path;
use std::time::Instant;

const SVG: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' width='90mm' height='90mm' viewBox='0 0 90 90'>\n";
const DXF: &str =
    "0\nSECTION\n2\nHEADER\n9\n$INSUNITS\n70\n4\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n";
const POINT: &str = "0\nPOINT\n10\n1\n20\n1\n";
const TEN_MILLION: usize = 10_000_000;

/// What the program says of a design with that drawing, which it must refuse.
#[allow(clippy::disallowed_methods, reason = "how long a refusal takes is printed, not asserted")]
fn refused(folder: &Path, file: &str, content: &[u8]) -> String {
    std::fs::write(folder.join(file), content).unwrap();
    let width = if file.ends_with("png") { "width_mm = 100\n" } else { "" };
    let design = crate::hostile::with_pattern(file) + width;
    std::fs::write(folder.join("d.toml"), design).unwrap();
    let begun = Instant::now();
    let output = check(folder, MOST_KIB);
    let seconds = begun.elapsed().as_secs_f64();
    let said = String::from_utf8(output.stderr).unwrap();
    println!("{seconds:.2} s: {}", said.lines().next().unwrap_or_default());
    assert_eq!(output.status.code(), Some(2), "{file}: {} {said}", output.status);
    said
}

/// Each case: the file's name, what is in it, and how the refusal begins.
fn all_refused(cases: &[(&str, Vec<u8>, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    for (file, content, wanted) in cases {
        let said = refused(folder.path(), file, content);
        assert!(said.starts_with(&format!("error: {wanted}")), "{said}\nshould begin: {wanted}");
        std::fs::remove_file(folder.path().join(file)).unwrap();
    }
}

fn many(head: &str, line: &str, count: usize, tail: &str) -> Vec<u8> {
    [head, &line.repeat(count), tail].concat().into_bytes()
}

#[test]
fn the_bound_on_memory_is_one() {
    let folder = tempfile::tempdir().unwrap();
    refused(folder.path(), "a.csv", b"x_mm,y_mm\n");
    let starved = check(folder.path(), 16 << 10);
    assert_ne!(starved.status.code(), Some(2), "no bound: {starved:?}");
}

#[test]
fn ten_million_dots_are_refused() {
    let large = "d.toml:4:8: cannot read \"a.csv\": more than 33554432 bytes";
    let of = |name| large.replace("a.csv", name);
    all_refused(&[("a.csv", many("x_mm,y_mm\n", "0,0\n", TEN_MILLION, ""), large)]);
    let circles = many(SVG, "<circle r='1'/>\n", TEN_MILLION, "</svg>");
    all_refused(&[("a.svg", circles, &of("a.svg"))]);
    all_refused(&[("a.dxf", many(DXF, POINT, TEN_MILLION, ""), &of("a.dxf"))]);
    let path = many(SVG, " L1 1", 20_000_000, "'/></svg>");
    all_refused(&[("b.svg", path, &of("b.svg"))]);
}

#[test]
fn as_many_dots_as_a_file_can_hold_are_refused_with_their_line() {
    let png = image((16_384, 2_048), (1, 0), &[&[0][..], &[0xAA; 2_048]].concat().repeat(2_048));
    all_refused(&[
        ("a.csv", many("x_mm,y_mm\n", "0,0\n", 2_000_000, ""), "a.csv:50002:1: more than 50000"),
        ("a.svg", many(SVG, "<circle r='1'/>\n", 499_000, "</svg>"), "a.svg:50002:1: more than"),
        ("b.svg", many(SVG, "<circle r='1'/>\n", 600_000, "</svg>"), "b.svg:500001:1: more than"),
        ("a.dxf", many(DXF, POINT, 690_000, ""), "a.dxf:300016:1: more than 50000 dots"),
        ("b.dxf", many(DXF, "0\nLINE\n", 2_300_000, "0\nEOF\n"), "b.dxf: no dots"),
        ("c.svg", many(SVG, "<g/>", 499_990, "</svg>"), "c.svg: no dots"),
        ("d.svg", many(&format!("{SVG}<path d='M0 0"), " L1 1", 3_000_000, "'/></svg>"), "d.svg: "),
        ("e.svg", many(&format!("{SVG}<path d='"), "M0 0z", 1_000_000, "'/></svg>"), "e.svg: no d"),
        ("a.png", png, "a.png: pixel (2306, 244): more than 2000000 runs of dark pixels"),
    ]);
}

#[test]
fn bombs_and_depth_are_refused() {
    let bomb = "<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>\n<svg>&b;</svg>";
    let deep = [SVG, &"<g>".repeat(200_000), &"</g>".repeat(200_000), "</svg>"].concat();
    // 2 GiB of black in 2 MB.
    let swelling = image((100, 100), (8, 0), &vec![0; 1 << 30]);
    let huge = image((65_000, 65_000), (8, 0), &[0; 1_000]);
    let mut cut = image((100, 100), (16, 0), &[0; 20_100]);
    cut.truncate(cut.len() - 30);
    let sixteen = image((8_192, 4_096), (16, 6), &vec![0; 65_537 * 4_096]);
    let mut text = image((1, 1), (8, 0), &[0; 2]);
    text.splice(33..33, chunk(*b"zTXt", &vec![b'x'; 8 << 20]));
    all_refused(&[
        ("bomb.svg", bomb.into(), "bomb.svg:1:1: XML with DTD detected"),
        ("deep.svg", deep.into(), "deep.svg:2:"),
        ("swelling.png", swelling, "swelling.png: pixel (0, 0): something dark at the rim"),
        ("huge.png", huge, "huge.png: 65000 by 65000 pixels, limit 33554432 pixels"),
        ("cut.png", cut, "cut.png: byte 144: no PNG that can be read"),
        ("sixteen.png", sixteen, "sixteen.png: no dots"),
        ("text.png", text, "text.png: pixel (0, 0): something dark at the rim"),
    ]);
}

#[test]
fn numbers_that_are_none_are_refused_with_their_line() {
    let svg = |number: &str| format!("{SVG}<circle cx='{number}' r='1'/></svg>").into_bytes();
    let dxf = |number: &str| {
        format!("{DXF}0\nPOINT\n10\n{number}\n20\n1\n0\nENDSEC\n0\nEOF\n").into_bytes()
    };
    let csv = |number: &str| format!("x_mm,y_mm\n0,0\n0,{number}\n").into_bytes();
    all_refused(&[
        ("a.csv", csv("NaN"), "a.csv:3:3: y_mm = NaN, must be -300 to 300"),
        ("a.csv", csv("-inf"), "a.csv:3:3: y_mm = -inf, must be"),
        ("a.csv", csv("1e999"), "a.csv:3:3: y_mm = inf, must be"),
        ("a.svg", svg("NaN"), "a.svg:2:9: cannot read cx=\"NaN\""),
        ("a.svg", svg("1e999"), "a.svg:2:"),
        ("a.dxf", dxf("nan"), "a.dxf:16:1: x in mm = NaN, must be"),
        ("a.dxf", dxf("1e999"), "a.dxf:16:1: x in mm = inf, must be"),
    ]);
}

#[test]
fn links_and_names_that_lead_elsewhere_are_refused_with_their_line() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("job");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(outer.path().join("a.csv"), "x_mm,y_mm\n0,0\n").unwrap();
    let absolute = outer.path().join("a.csv").to_str().unwrap().to_owned();
    std::os::unix::fs::symlink(&absolute, folder.join("link.csv")).unwrap();
    std::os::unix::fs::symlink("..", folder.join("up")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.svg")).unwrap();
    for (name, wanted) in [
        ("../a.csv", "leaves the design's folder"),
        (absolute.as_str(), "leaves the design's folder"),
        ("link.csv", "a link leads out of the design's folder"),
        ("up/a.csv", "a link leads out of the design's folder"),
        ("zero.svg", "a link leads out of the design's folder"),
        (".", "is no .csv, .svg, .dxf or .png file"),
    ] {
        std::fs::write(folder.join("d.toml"), crate::hostile::with_pattern(name)).unwrap();
        let output = check(&folder, MOST_KIB);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with("error: d.toml:4:8: ") && said.contains(wanted), "{said}");
    }
}
