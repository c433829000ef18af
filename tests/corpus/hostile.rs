//! Inputs made with malice: sizes that a file only promises, memory or time far beyond its length, numbers that are
//! none, names that lead elsewhere. Each is refused, within a bound on memory (requirement R26: 256 MiB).

use smp::design::{Design, DesignError, svg};
use smp::device::LineSplitter;
use smp::record::journal;
use smp::record::plan_file::PlanFile;
use smp::register::Touched;
use smp::scalp::{MeshFormat, ScalpError, read};

/// What may be taken beside the input itself.
const MOST: u64 = 192 << 20;

/// What `f` says and the greatest memory it holds, which must be within bounds.
fn bounded<T>(what: &str, f: impl FnOnce() -> T) -> T {
    let mut said = None;
    let taken = allocation_counter::measure(|| said = Some(f())).bytes_max;
    println!("{what}: {} MiB", taken >> 20);
    assert!(taken <= MOST, "{what}: {} MiB", taken >> 20);
    said.unwrap()
}

fn refused_mesh(what: &str, bytes: &[u8], format: MeshFormat) -> ScalpError {
    bounded(what, || read(bytes, format)).expect_err(what)
}

fn refused_design(what: &str, text: &str, beside: &[u8]) -> DesignError {
    // The file beside is the caller's: what it holds is not counted here.
    let mut copy = Some(beside.to_vec());
    bounded(what, || {
        Design::parse(text, "design.toml", &mut |_| Ok(copy.take().unwrap_or_default()))
    })
    .expect_err(what)
}

pub fn with_pattern(file: &str) -> String {
    format!(
        "schema = 1\nname = \"p\"\n[pattern]\nfile = \"{file}\"\nanchor = {{ s = 0.5, t = 0.0 }}\n"
    )
}

#[test]
fn a_mesh_that_promises_more_than_it_has_is_refused() {
    let ply = |encoding: &str, vertices: &str, faces: &str| {
        format!(
            "ply\nformat {encoding} 1.0\nelement vertex {vertices}\nproperty float x\nproperty \
             float y\nproperty float z\nelement face {faces}\nproperty list uchar int \
             vertex_indices\nend_header\n0 0 0\n"
        )
    };
    for encoding in ["ascii", "binary_little_endian", "binary_big_endian"] {
        for (vertices, faces) in
            [("4000000000", "1"), ("1", "4000000000"), ("18446744073709551615", "1")]
        {
            refused_mesh("PLY counts", ply(encoding, vertices, faces).as_bytes(), MeshFormat::Ply);
        }
    }
    // A list of 4e9 corners in one face.
    let list = ply("binary_little_endian", "1", "1").replace("uchar int", "uint int");
    let list = [list.replace("0 0 0\n", "").as_bytes(), &[0; 12], &[0xFF; 40]].concat();
    refused_mesh("PLY list", &list, MeshFormat::Ply);
    let mut stl = vec![0; 84];
    stl[80..].fill(0xFF);
    refused_mesh("STL count", &stl, MeshFormat::Stl);
    stl.extend([0; 500]);
    refused_mesh("STL count", &stl, MeshFormat::Stl);
}

#[test]
fn a_mesh_that_swells_is_refused() {
    let obj = |line: &str, bytes: usize| line.repeat(bytes / line.len()).into_bytes();
    let size = (64 << 20) - 1024;
    refused_mesh("OBJ of vertices", &obj("v 0 0 0\n", size), MeshFormat::Obj);
    refused_mesh("OBJ of groups", &obj("o\n", size), MeshFormat::Obj);
    let polygon = [b"v 0 0 0\nf".to_vec(), obj(" 1", size)].concat();
    refused_mesh("OBJ of one polygon", &polygon, MeshFormat::Obj);
    let lines = [b"v 0 0 0\n".to_vec(), obj("f 1 1 1\n", size)].concat();
    refused_mesh("OBJ of faces", &lines, MeshFormat::Obj);
    let solid = [b"solid\n".to_vec(), obj("facet\n", size)].concat();
    refused_mesh("STL of facets", &solid, MeshFormat::Stl);
    let count = size / 6;
    let ply = format!(
        "ply\nformat ascii 1.0\nelement vertex {count}\nproperty float x\nproperty float y\n\
         property float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n"
    );
    let ply = [ply.into_bytes(), obj("0 0 0\n", size)].concat();
    refused_mesh("PLY of vertices", &ply, MeshFormat::Ply);
    let face = "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty \
                float z\nelement face 1\nproperty list uint int vertex_indices\nend_header\n0 0 0\n";
    let face = [face.as_bytes(), b"30000000", &obj(" 0", size)].concat();
    refused_mesh("PLY of one polygon", &face, MeshFormat::Ply);
}

#[test]
fn a_design_that_swells_is_refused() {
    let csv = with_pattern("a.csv");
    let size = 8 << 20;
    refused_design("CSV of empty lines", &csv, &vec![b'\n'; size]);
    refused_design("CSV of one line of commas", &csv, &vec![b','; size]);
    refused_design("CSV of one word", &csv, &vec![b'x'; size]);
    let rows = [b"x_mm,y_mm\n".to_vec(), b"0,0\n".repeat(size / 4)].concat();
    refused_design("CSV of dots", &csv, &rows[..size]);
    let size = 1 << 20;
    let toml = |line: &str| line.repeat(size / line.len());
    refused_design("TOML of zones", &toml("[[zone]]\n"), b"");
    refused_design("TOML of numbers", &format!("a = [{}]", &toml("1,")[..size - 10]), b"");
    refused_design("TOML of brackets", &format!("a = {}", &toml("[")[..size - 10]), b"");
    refused_design("TOML of keys", &format!("{}b=1", &toml("a.")[..size - 10]), b"");
    refused_design("TOML too large", &" ".repeat(size + 1), b"");
}

#[test]
fn a_drawing_that_swells_is_refused() {
    let svg = with_pattern("a.svg");
    let size = 16 << 20;
    let drawing = |inside: &str| {
        format!("<svg xmlns='http://www.w3.org/2000/svg' width='9mm'>{inside}</svg>").into_bytes()
    };
    let full = |line: &str| drawing(&line.repeat(size / line.len() - 90 / line.len() - 1));
    refused_design("SVG of elements", &svg, &full("<g/>"));
    refused_design("SVG of depth", &svg, &full("<g>"));
    refused_design("SVG of circles", &svg, &full("<circle/>"));
    let attributes: String = (0..200_000).map(|k| format!(" a{k}=''")).collect();
    refused_design("SVG of attributes", &svg, &drawing(&format!("<g{attributes}/>")));
    let spaces: String = (0..5_000).map(|k| format!(" xmlns:a{k}='{k}'")).collect();
    let children = "<g xmlns:b='c'/>".repeat(50_000);
    refused_design("SVG of namespaces", &svg, &drawing(&format!("<g{spaces}>{children}</g>")));
    let bomb = "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><svg>&b;</svg>";
    refused_design("SVG of entities", &svg, bomb.as_bytes());
    let external = "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>";
    refused_design("SVG of a file elsewhere", &svg, external.as_bytes());
    for number in ["NaN", "inf", "1e999", "-1e308", "1e-999e9", "0x10", "１"] {
        let circle = format!("<circle cx='{number}' cy='0' r='1'/>");
        refused_design("SVG number", &svg, &drawing(&circle));
        let moved = format!("<g transform='scale({number})'><circle cx='400' r='1'/></g>");
        refused_design("SVG transform", &svg, &drawing(&moved));
    }
}

#[test]
fn outlines_that_swell_are_refused() {
    let head = "<svg xmlns='http://www.w3.org/2000/svg' width='90mm' height='90mm'>\n<path d='";
    let refused = |what: &str, data: &str| {
        let text = format!("{head}{data}'/></svg>");
        let said = bounded(what, || svg::outlines(&text, "o.svg")).expect_err(what).to_string();
        assert!(said.starts_with("o.svg:2:"), "{what}: {said}");
    };
    refused("path of lines", &format!("M0 0{}", "l1 1-1-1".repeat(1_900_000)));
    refused("path of 1e6 subpaths", &"M0 0h1v1z".repeat(1_000_000));
    refused("path of nothing", &"M0 0z".repeat(1_000_000));
    refused("path of curves", &format!("M0 0{}", "c99 0 0 99-9-9".repeat(900_000)));
    refused("path of arcs", &format!("M0 0{}", "a9 9 0 1 1 1 1".repeat(900_000)));
    for arc in [
        "1e300 1 0 1 1 9 9",
        "1 1e300 1e300 1 1 9 9",
        "1e-300 1e300 0 0 0 1e300 1",
        "1 1 1e999 0 1 2 2",
    ] {
        refused("absurd arc", &format!("M0 0A{arc}"));
    }
    for number in ["NaN", "inf", "1e999", "-1e308", "0x10"] {
        refused("path number", &format!("M0 0L{number} 1"));
    }
}

#[test]
fn a_name_that_leads_elsewhere_is_refused_before_it_is_read() {
    for name in [
        "../a.csv",
        "/a.csv",
        "a/../../b.svg",
        "C:a.csv",
        "a\\\\b.csv",
        "~/../a.csv",
        "a\\u0000.csv",
        "..",
    ] {
        let said = Design::parse(&with_pattern(name), "d.toml", &mut |read| panic!("read {read}"));
        assert!(said.is_err(), "{name}");
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = |open: &str| open.repeat((500 << 10) / open.len());
    assert!(bounded("plan", || PlanFile::parse(deep("[").as_bytes())).is_err());
    assert!(bounded("plan", || PlanFile::parse(deep("{\"a\":").as_bytes())).is_err());
    assert!(bounded("touches", || Touched::parse(&deep("a=["), "t.toml")).is_err());
    assert!(bounded("touches", || Touched::parse(&format!("a={}", deep("[")), "t")).is_err());
}

#[test]
fn a_device_that_never_ends_its_line_takes_no_memory() {
    let (mut splitter, mut line) = (LineSplitter::default(), String::new());
    let chunk = vec![b'x'; 1 << 20];
    let taken = allocation_counter::measure(|| {
        for _ in 0..64 {
            assert!(!splitter.next_line(&mut chunk.as_slice(), &mut line));
        }
    });
    assert!(taken.bytes_max < 4096, "{taken:?}");
}

#[test]
fn a_journal_that_promises_a_record_of_4_gib_takes_no_memory() {
    let mut bytes = b"SMPJ1{}\n".to_vec();
    bytes.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    let read = bounded("journal", || journal::Reader::new(bytes.as_slice()).map(Iterator::count));
    assert!(read.is_err() || read.is_ok_and(|count| count == 1));
}
