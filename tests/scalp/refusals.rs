//! Meshes and landmarks that make no head: each refused by its own variant, with the likely cause.

use crate::heads::{Head, all, small};
use crate::write;
use nalgebra::Vector3;
use proptest::prelude::*;
use smp::frame::Point;
use smp::scalp::{Landmark, Landmarks, LikelyUnit, Measured, MeshFormat, ScalpError, read};

fn refusal(head: &Head) -> ScalpError {
    match head.build() {
        Ok(_) => panic!("{} was taken", head.name),
        Err(error) => error,
    }
}

fn likely(head: &Head) -> (Measured, LikelyUnit) {
    match refusal(head) {
        ScalpError::Size { measured, likely, .. } => (measured, likely),
        other => panic!("{}: {other}", head.name),
    }
}

#[test]
fn a_wrong_unit_is_named() {
    let cases = [
        (1.0 / 25.4, LikelyUnit::Inches, "inches"),
        (0.001, LikelyUnit::Metres, "metres"),
        (0.1, LikelyUnit::Centimetres, "centimetres"),
        (10.0, LikelyUnit::TenTimes, "ten times"),
        (1000.0, LikelyUnit::Micrometres, "micrometres"),
    ];
    for head in all() {
        for (factor, unit, word) in cases {
            // Both, the mesh alone, the landmarks alone.
            assert_eq!(likely(&head.scaled(factor, factor)), (Measured::EarToEar, unit));
            assert_eq!(likely(&head.scaled(factor, 1.0)), (Measured::MeshDiagonal, unit));
            assert_eq!(likely(&head.scaled(1.0, factor)), (Measured::EarToEar, unit));
            let text = refusal(&head.scaled(factor, 1.0)).to_string();
            assert!(text.contains(word) && text.contains("150 to 1000 mm"), "{text}");
        }
        let odd = likely(&head.scaled(0.3, 0.3));
        assert_eq!(odd, (Measured::EarToEar, LikelyUnit::Unknown));
    }
}

#[test]
fn a_mesh_of_another_scale_than_its_landmarks_is_refused() {
    for head in all() {
        let half_again = refusal(&head.scaled(1.3, 1.0));
        let off = matches!(half_again, ScalpError::LandmarkOff { .. } | ScalpError::Size { .. });
        assert!(off, "{half_again}");
    }
}

fn mirror(v: Vector3<f64>) -> Vector3<f64> {
    Vector3::new(-v.x, v.y, v.z)
}

#[test]
fn a_mirrored_mesh_is_refused() {
    for head in all() {
        let mesh_only = Head { landmarks: head.landmarks, ..head.map(mirror) };
        assert!(matches!(refusal(&mesh_only), ScalpError::InsideOut { .. }));
        let both = refusal(&head.map(mirror));
        assert!(matches!(both, ScalpError::Mirrored { .. }), "{both}");
        let front_to_back = head.map(|v| Vector3::new(v.x, -v.y, v.z));
        let text = refusal(&front_to_back).to_string();
        assert!(text.contains("mirrored"), "{text}");
    }
}

#[test]
fn a_mesh_inside_out_is_refused() {
    for mut head in all() {
        for t in &mut head.mesh.triangles {
            t.swap(0, 1);
        }
        let refused = refusal(&head);
        assert!(
            matches!(refused, ScalpError::InsideOut { volume_cm3, .. } if volume_cm3 < -1000.0)
        );
        assert!(refused.to_string().contains("inside out"));
    }
}

#[test]
fn exchanged_landmarks_are_refused() {
    for head in all() {
        let l = head.landmarks;
        let with = |landmarks| Head { landmarks, ..head.map(|v| v) };
        let ears = refusal(&with(Landmarks { lpa: l.rpa, rpa: l.lpa, ..l }));
        assert!(matches!(ears, ScalpError::LandmarksSwapped { .. }), "{ears}");
        assert!(ears.to_string().contains("LEFT ear"));
        let front = refusal(&with(Landmarks { nasion: l.inion, inion: l.nasion, ..l }));
        assert!(matches!(front, ScalpError::LandmarksSwapped { .. }), "{front}");
        let mixed = refusal(&with(Landmarks { nasion: l.lpa, lpa: l.nasion, ..l }));
        assert!(matches!(mixed, ScalpError::LandmarksCrooked { .. }), "{mixed}");
        let folded = refusal(&with(Landmarks { inion: l.nasion, ..l }));
        assert!(matches!(folded, ScalpError::LandmarksFolded { .. }), "{folded}");
    }
}

#[test]
fn landmarks_off_the_skin_are_refused() {
    for head in all() {
        let l = head.landmarks;
        let moved = |p: Point<_>, y: f64| Point::from_vector(p.vector() + Vector3::y() * y);
        let with = |landmarks| Head { landmarks, ..head.map(|v| v) };
        let nasion = refusal(&with(Landmarks { nasion: moved(l.nasion, 22.0), ..l }));
        let named = matches!(
            nasion,
            ScalpError::LandmarkOff { landmark: Landmark::Nasion, distance_mm, .. }
                if distance_mm > 12.0
        );
        assert!(named, "{nasion}");
        // The inion is only good to 10 mm, so that much is taken.
        with(Landmarks { inion: moved(l.inion, 8.0), ..l }).build().unwrap();
    }
}

#[test]
fn a_mesh_without_faces_is_refused_in_every_format() {
    let mut mesh = small("anny_male").mesh;
    mesh.triangles.clear();
    let files = [
        (MeshFormat::Stl, write::binary_stl(&mesh, "empty")),
        (MeshFormat::Stl, b"solid none\nendsolid none\n".to_vec()),
        (MeshFormat::Obj, write::obj(&mesh)),
        (MeshFormat::Ply, write::ascii_ply(&mesh)),
        (MeshFormat::Ply, write::binary_ply(&mesh, false)),
    ];
    for (format, bytes) in files {
        let refused = read(&bytes, format).unwrap_err();
        assert!(matches!(refused, ScalpError::NoFaces { .. }), "{format:?}: {refused}");
        assert!(matches!(read(&[], format), Err(ScalpError::EmptyFile)));
    }
}

#[test]
fn too_few_faces_are_refused() {
    let mut head = small("anny_male");
    head.mesh.triangles.truncate(150);
    let refused = refusal(&head);
    assert!(matches!(refused, ScalpError::TooFewFaces { .. } | ScalpError::Size { .. }));
}

#[test]
fn truncated_files_are_refused() {
    let mesh = small("anny_male").mesh;
    let files = [
        (MeshFormat::Stl, write::binary_stl(&mesh, "a")),
        (MeshFormat::Stl, write::binary_stl(&mesh, "solid a")),
        (MeshFormat::Stl, write::ascii_stl(&mesh, 1)),
        (MeshFormat::Ply, write::ascii_ply(&mesh)),
        (MeshFormat::Ply, write::binary_ply(&mesh, false)),
        (MeshFormat::Ply, write::binary_ply(&mesh, true)),
    ];
    for (format, bytes) in files {
        for keep in [3, 50, 83, 90, bytes.len() / 2, bytes.len() - 5] {
            let refused = read(&bytes[..keep], format);
            assert!(refused.is_err(), "{format:?}: {keep} of {} bytes were taken", bytes.len());
        }
    }
    // An OBJ cut in its faces is still an OBJ; cut in its vertices it names what is not there.
    let obj = write::obj(&mesh);
    let cut = obj.len() / 4;
    assert!(read(&obj[..cut], MeshFormat::Obj).is_err());
}

#[test]
fn a_header_that_promises_billions_is_refused_before_anything_is_allocated() {
    let mut stl = write::binary_stl(&small("anny_male").mesh, "a");
    stl[80..84].copy_from_slice(&u32::MAX.to_le_bytes());
    let refused = read(&stl, MeshFormat::Stl).unwrap_err();
    assert!(matches!(refused, ScalpError::Truncated { declared: 0xffff_ffff, .. }), "{refused}");
    let headers = [
        "element vertex 4000000000\nproperty float x\nproperty float y\nproperty float z\n\
         element face 1\nproperty list uchar int vertex_indices\n",
        "element vertex 3\nproperty float x\nproperty float y\nproperty float z\n\
         element face 4000000000\nproperty list uchar int vertex_indices\n",
        "element vertex 3\nproperty float x\nproperty float y\nproperty float z\n\
         element face 1\nproperty list uchar int vertex_indices\nelement ghost 4000000000\n",
    ];
    for (body, counted) in headers.into_iter().zip([true, false, false]) {
        for encoding in ["ascii", "binary_little_endian"] {
            let ply = format!("ply\nformat {encoding} 1.0\n{body}end_header\n0 0 0\n");
            let refused = read(ply.as_bytes(), MeshFormat::Ply).unwrap_err();
            // The vertices are counted first; of the rest not even these are there.
            let too_many = matches!(refused, ScalpError::TooMany { .. });
            assert_eq!(too_many, counted, "{refused}");
            assert!(too_many || matches!(refused, ScalpError::Truncated { .. }), "{refused}");
        }
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    let mut mesh = small("anny_male").mesh;
    let v = mesh.triangles[7][1] as usize;
    mesh.vertices[v] = Point::new(1.0, f64::NAN, 2.0);
    let files = [
        (MeshFormat::Stl, write::binary_stl(&mesh, "a")),
        (MeshFormat::Obj, write::obj(&mesh)),
        (MeshFormat::Ply, write::binary_ply(&mesh, false)),
    ];
    for (format, bytes) in files {
        let refused = read(&bytes, format).unwrap_err();
        assert!(matches!(refused, ScalpError::NotFinite { .. }), "{format:?}: {refused}");
    }
    // In text the readers stop at the word itself, and say so.
    let text =
        [(MeshFormat::Stl, write::ascii_stl(&mesh, 1)), (MeshFormat::Ply, write::ascii_ply(&mesh))];
    for (format, bytes) in text {
        let refused = read(&bytes, format).unwrap_err();
        assert!(refused.to_string().contains("NaN"), "{refused}");
    }
}

#[test]
fn faces_that_name_missing_vertices_are_refused() {
    let mut mesh = small("anny_male").mesh;
    let missing = mesh.vertices.len() as u32 + 3;
    mesh.triangles[20][2] = missing;
    for bytes in [write::ascii_ply(&mesh), write::binary_ply(&mesh, true)] {
        let refused = read(&bytes, MeshFormat::Ply).unwrap_err();
        assert!(matches!(refused, ScalpError::BadIndex { face: 20, .. }), "{refused}");
    }
    assert!(matches!(read(&write::obj(&mesh), MeshFormat::Obj), Err(ScalpError::Obj { .. })));
}

#[test]
fn only_mesh_names_are_mesh_names() {
    assert_eq!(MeshFormat::of("a/b.c/head.PLY").unwrap(), MeshFormat::Ply);
    for name in ["head.glb", "head", "stl", ""] {
        assert!(matches!(MeshFormat::of(name), Err(ScalpError::UnknownFormat { .. })), "{name}");
    }
}

#[test]
fn landmark_files_are_refused_with_their_place() {
    let good = r#"{"units": "mm", "by": "me", "landmarks": {"nasion": [0, 90, 0],
        "inion": [0, -90, 30], "lpa": [-70, 0, 0], "rpa": [70, 0, 0], "cz": [0, 0, 130]}}"#;
    Landmarks::parse(good, "l.json").unwrap();
    let inches = good.replace("mm", "in");
    assert!(matches!(
        Landmarks::parse(&inches, "l.json"),
        Err(ScalpError::LandmarkUnits { units, .. }) if units == "in"
    ));
    let far = good.replace("130", "0").replace("[0, 90, 0]", "[0, 1e300, 0]");
    assert!(matches!(
        Landmarks::parse(&far, "l.json"),
        Err(ScalpError::LandmarkNotFinite { landmark: Landmark::Nasion, .. })
    ));
    for bad in ["", "{", &good.replace("rpa", "RPA"), &good.replace("-70, 0, 0", "-70, 0")] {
        let refused = Landmarks::parse(bad, "l.json").unwrap_err();
        assert!(matches!(refused, ScalpError::Landmarks { .. }));
        assert!(refused.to_string().starts_with("l.json:"), "{refused}");
    }
    let text = Landmarks::parse(&good.replace("-90, 30", "-90, x"), "l.json").unwrap_err();
    assert!(text.to_string().starts_with("l.json:2:"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_bytes_make_a_reader_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400), start in 0usize..6,
    ) {
        let head = ["", "solid a\nfacet normal 0 0 0\n", "v 1 2 3\nf ", "ply\nformat ascii 1.0\n",
            "ply\nformat binary_little_endian 1.0\nelement vertex 2\nproperty float x\nproperty \
             float y\nproperty float z\nelement face 1\nproperty list uint uint vertex_indices\n\
             end_header\n", "{\"units\": \"mm\", "][start];
        let mut file = head.as_bytes().to_vec();
        file.extend(bytes);
        for format in [MeshFormat::Stl, MeshFormat::Obj, MeshFormat::Ply] {
            let _ = read(&file, format);
        }
        let _ = Landmarks::parse(&String::from_utf8_lossy(&file), "l.json");
    }
}
