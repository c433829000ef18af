//! The PNG has the size and resolution that the page claims, and dots are seen in it.

use crate::heads::LIGHT;
use crate::{design, zone};
use smp::picture::{self, DOTS_PER_MM};
use smp::plan::site;
use smp::preview::{Dots, Head};

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
