//! The PNG has the size and resolution that the page claims, and dots are seen in it.

use crate::heads::LIGHT;
use crate::{design, zone};
use smp::picture::{self, DOTS_PER_MM};
use smp::plan::site;
use smp::preview::{self, Dots, Head};

#[test]
fn a_png_is_as_large_as_its_page_and_dots_are_dark_in_their_middle() {
    let text = format!("schema = 1\nname = \"d\"\n{}", zone(3.0, "diameter_mm = 0.5"));
    let (design, surface) = (design(&text, ""), LIGHT.surface());
    let placement = site::place(&design, &surface);
    let dots = Dots::of_sites(&design.names(), &placement.sites);
    let (svg, _) = picture::dots(&Head::of(&surface), &dots, "d");
    let bytes = picture::png(&svg).unwrap();

    let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
    let info = reader.info();
    let page = roxmltree::Document::parse(&svg).unwrap();
    let mm = |name| {
        let side = page.root_element().attribute(name).unwrap();
        side.strip_suffix("mm").unwrap().parse::<f64>().unwrap()
    };
    let pixels = |name| (mm(name) * DOTS_PER_MM).round() as u32;
    assert_eq!([info.width, info.height], [pixels("width"), pixels("height")]);
    let resolution = info.pixel_dims.unwrap();
    assert_eq!(
        (resolution.xppu, resolution.yppu, resolution.unit),
        (10_000, 10_000, png::Unit::Meter)
    );

    let width = info.width as usize;
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut rgb).unwrap();
    let light = |x: f64, y: f64| {
        let at = 3 * (y as usize * width + x as usize);
        rgb[at..at + 3].iter().map(|c| f64::from(*c)).sum::<f64>()
    };
    // From above, at 0.1 mm a pixel.
    let top = page.descendants().find(|node| node.attribute("data-view") == Some("Top")).unwrap();
    let origin: Vec<f64> =
        top.attribute("data-origin").unwrap().split(' ').map(|v| v.parse().unwrap()).collect();
    let mut looked = 0;
    for site in placement.sites.iter().filter(|site| site.normal.z() > 0.7) {
        let x = (origin[0] / 100.0 + site.position.x()) * DOTS_PER_MM;
        let y = (origin[1] / 100.0 - site.position.y()) * DOTS_PER_MM;
        let around =
            (light(x - 8.0, y) + light(x + 8.0, y) + light(x, y - 8.0) + light(x, y + 8.0)) / 4.0;
        assert!(light(x, y) < 0.75 * around, "{site:?}: {} in {around}", light(x, y));
        looked += 1;
    }
    assert!(looked > 200, "{looked}");
}

/// How many pixels of a PNG have a colour.
fn pixels_of(png: &[u8], rgb: [u8; 3]) -> usize {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut all = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut all).unwrap();
    all.chunks_exact(3).filter(|pixel| **pixel == rgb).count()
}

#[test]
fn a_map_has_the_colour_of_what_is_wanted_and_of_what_is_there() {
    let surface = LIGHT.surface();
    let head = Head::of(&surface);
    let design = design(&format!("schema = 1\nname = \"d\"\n{}", zone(20.0, "")), "");
    let sites = site::place(&design, &surface).sites;
    let cells = preview::cells(&head, &design, &sites, &surface);
    assert!(cells.len() > 300 && cells.iter().all(|cell| cell.wanted_per_cm2.is_some()));
    // As many as wanted, half, twice; and the colours of each against what is wanted.
    let cases = [(1.0, [222, 232, 208]), (0.5, [5, 63, 137]), (2.0, [127, 59, 8])];
    for (part, colour) in cases {
        let mut cells = cells.clone();
        for cell in &mut cells {
            let wanted = 20.5;
            (cell.wanted_per_cm2, cell.achieved_per_cm2) = (Some(wanted), part * wanted);
        }
        let png = picture::png(&picture::density(&head, &cells, "d")).unwrap();
        for (_, other) in cases {
            // The legend has a field of each.
            let on_map = pixels_of(&png, other) > 100_000;
            assert_eq!(on_map, other == colour, "{part}: {other:?} {}", pixels_of(&png, other));
        }
        let [wanted, achieved] = [20.5, part * 20.5].map(picture::density_rgb);
        assert!(pixels_of(&png, wanted) > 100_000 && pixels_of(&png, achieved) > 100_000, "{part}");
    }
}

#[test]
fn what_is_no_page_makes_no_png() {
    for svg in [
        "",
        "<svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9000mm\" height=\"9000mm\"/>",
    ] {
        assert!(picture::png(svg).is_err(), "{svg}");
    }
}
