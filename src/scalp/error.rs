//! Why a mesh or its landmarks make no head.

use serde::Serialize;

/// A refusal: values and limits in fields, the likely cause in the message.
#[derive(Debug, thiserror::Error)]
pub enum ScalpError {
    /// The name ends in none of the known extensions.
    #[error("{name}: not a mesh file name; expected .stl, .obj or .ply")]
    UnknownFormat {
        /// The name as given.
        name: String,
    },
    /// Nothing in the file.
    #[error("the mesh file is empty (0 bytes)")]
    EmptyFile,
    /// More than the reader takes.
    #[error("the mesh file is too large: {bytes} bytes, limit {limit}")]
    FileTooLarge {
        /// Size of the file.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The header promises more than the file holds.
    #[error(
        "the mesh file is truncated or its header is wrong: it declares {declared} {what}, which \
         takes at least {needed} bytes, and the file has {bytes}"
    )]
    Truncated {
        /// Triangles, vertices or faces.
        what: &'static str,
        /// Count in the header.
        declared: u64,
        /// Bytes this takes at least.
        needed: u64,
        /// Bytes there are.
        bytes: u64,
    },
    /// More triangles or vertices than the planner takes.
    #[error("the mesh has {count} {what}, limit {limit}")]
    TooMany {
        /// Triangles or vertices.
        what: &'static str,
        /// Found.
        count: u64,
        /// The limit.
        limit: u64,
    },
    /// STL text or bytes that make no STL.
    #[error("the STL file is damaged or truncated near triangle {triangle}: {source}")]
    Stl {
        /// Triangles read before the damage.
        triangle: u64,
        /// What the reader says.
        source: std::io::Error,
    },
    /// OBJ text that makes no OBJ.
    #[error("the OBJ file is damaged or truncated: {source}")]
    Obj {
        /// What the reader says.
        source: tobj::LoadError,
    },
    /// PLY text or bytes that make no PLY.
    #[error("the PLY file is damaged or truncated: {source}")]
    Ply {
        /// What the reader says.
        source: ply_rs_bw::parser::ParseError,
    },
    /// A PLY file without the element or property a mesh needs.
    #[error("the PLY file has no {what}")]
    PlyLacks {
        /// What is missing.
        what: &'static str,
    },
    /// A face names a vertex that does not exist.
    #[error("face {face} names vertex {index}, but the mesh has {vertices} vertices")]
    BadIndex {
        /// The face, from 0.
        face: u64,
        /// The vertex it names, from 0.
        index: u64,
        /// How many there are.
        vertices: u64,
    },
    /// NaN or infinity.
    #[error("vertex {vertex} is not finite: ({x}, {y}, {z})")]
    NotFinite {
        /// The vertex, from 0.
        vertex: u64,
        /// x as read.
        x: f64,
        /// y as read.
        y: f64,
        /// z as read.
        z: f64,
    },
    /// Points only.
    #[error(
        "the mesh has no faces ({vertices} vertices): probably a point cloud; export a surface"
    )]
    NoFaces {
        /// Vertices read.
        vertices: u64,
    },
    /// Too coarse or too small to be a head.
    #[error("the mesh has only {triangles} usable triangles, at least {limit} make a head")]
    TooFewFaces {
        /// Left after cleaning.
        triangles: u64,
        /// The limit.
        limit: u64,
    },
    /// The landmark file is no JSON of the documented shape.
    #[error("{name}:{line}:{column}: {source}")]
    Landmarks {
        /// The file.
        name: String,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the reader says.
        source: serde_json::Error,
    },
    /// The landmark file says another unit.
    #[error("{name}: units are \"{units}\", must be \"mm\"")]
    LandmarkUnits {
        /// The file.
        name: String,
        /// What it says.
        units: String,
    },
    /// NaN or infinity cannot stand in JSON, but huge numbers can.
    #[error("landmark {landmark} is not finite or absurdly far away: ({x}, {y}, {z})")]
    LandmarkNotFinite {
        /// Which.
        landmark: Landmark,
        /// x as read.
        x: f64,
        /// y as read.
        y: f64,
        /// z as read.
        z: f64,
    },
    /// A size no human head has.
    #[error("{measured} {value:.1} mm, a human head has {low:.0} to {high:.0} mm: {likely}")]
    Size {
        /// What was measured.
        measured: Measured,
        /// The value, read as mm.
        value: f64,
        /// Least plausible.
        low: f64,
        /// Most plausible.
        high: f64,
        /// What would explain it.
        likely: LikelyUnit,
    },
    /// The four landmarks do not lie like those of a head.
    #[error(
        "{landmark} lies {offset_mm:.0} mm from the middle plane between the ears (limit \
         {limit_mm:.0} mm): probably landmarks exchanged (nasion or inion with an ear point)"
    )]
    LandmarksCrooked {
        /// Nasion or inion.
        landmark: Landmark,
        /// Distance from the plane midway between the ears, mm.
        offset_mm: f64,
        /// Limit, mm.
        limit_mm: f64,
    },
    /// Nasion and inion on one side of the ears.
    #[error(
        "nasion and inion lie on the same side of the ears (angle {angle_deg:.0} degrees, at least \
         {limit_deg:.0} expected): probably one of them is in the wrong place"
    )]
    LandmarksFolded {
        /// Angle nasion, middle between the ears, inion, degrees.
        angle_deg: f64,
        /// Least plausible, degrees.
        limit_deg: f64,
    },
    /// By its landmarks the head would hang below its own ears.
    #[error(
        "by its landmarks the head stands on its top (inion {inion_mm:.0} mm above the plane of \
         nasion and ears, at least {limit_mm:.0} mm expected): probably LPA and RPA, or nasion and \
         inion, are exchanged; LPA is the client's LEFT ear"
    )]
    LandmarksSwapped {
        /// Height of the inion over the nasion-ear plane, mm.
        inion_mm: f64,
        /// Least plausible, mm.
        limit_mm: f64,
    },
    /// Inward winding and a head on its top: mesh and landmarks are both mirrored.
    #[error(
        "mesh and landmarks are mirrored (volume {volume_cm3:.0} cm3, inion {inion_mm:.0} mm above \
         the plane of nasion and ears): export again without mirroring, in a right-handed frame"
    )]
    Mirrored {
        /// Signed volume as wound in the file; negative: faces point inward.
        volume_cm3: f64,
        /// Height of the inion over the nasion-ear plane, mm.
        inion_mm: f64,
    },
    /// Consistent winding, pointing inward.
    #[error(
        "the faces point inward (volume {volume_cm3:.0} cm3, {triangles} triangles): the mesh is \
         inside out, or mirrored, since mirroring turns the faces over; a mirrored head would put \
         every dot on the wrong side, so it is not repaired by guessing"
    )]
    InsideOut {
        /// Signed volume as wound in the file.
        volume_cm3: f64,
        /// Triangles of the head.
        triangles: u64,
    },
    /// A landmark away from the skin.
    #[error(
        "landmark {landmark} lies {distance_mm:.1} mm from the mesh (limit {limit_mm:.0} mm): \
         probably the landmarks belong to another mesh, or to this one in another pose or scale"
    )]
    LandmarkOff {
        /// Which.
        landmark: Landmark,
        /// Distance, mm.
        distance_mm: f64,
        /// Limit, mm.
        limit_mm: f64,
    },
    /// The scalp is not closed enough over the ears for coordinates.
    #[error(
        "{missing_percent:.0} % of the scalp between nasion, ears and inion is missing (limit \
         {limit_percent:.0} %): the scan has large holes or does not cover the head"
    )]
    Incomplete {
        /// Rays from inside the head that met no skin, percent.
        missing_percent: f64,
        /// Limit, percent.
        limit_percent: f64,
    },
    /// The spatial index refused the mesh.
    #[error("the mesh cannot be indexed: {source}")]
    Index {
        /// What the library says.
        source: parry3d_f64::shape::TriMeshBuilderError,
    },
}

/// The four fiducials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Landmark {
    /// Bridge of the nose.
    Nasion,
    /// Bump at the back of the head.
    Inion,
    /// Left preauricular point.
    Lpa,
    /// Right preauricular point.
    Rpa,
}

impl std::fmt::Display for Landmark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nasion => "nasion",
            Self::Inion => "inion",
            Self::Lpa => "lpa",
            Self::Rpa => "rpa",
        })
    }
}

/// What was compared with human sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// Diagonal of the box around the mesh.
    MeshDiagonal,
    /// Distance between the preauricular points.
    EarToEar,
    /// Distance from the middle between the ears to the nasion.
    EarsToNasion,
    /// Distance from the middle between the ears to the inion.
    EarsToInion,
    /// Height of the skin above the middle between the ears.
    CrownHeight,
    /// Arc over the head.
    NasionInionArc,
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::MeshDiagonal => "the diagonal of the mesh (98 % of it) is",
            Self::EarToEar => "the distance from LPA to RPA is",
            Self::EarsToNasion => "the distance from the middle of the ears to the nasion is",
            Self::EarsToInion => "the distance from the middle of the ears to the inion is",
            Self::CrownHeight => "the height of the crown above the ears is",
            Self::NasionInionArc => "the arc from nasion to inion is",
        })
    }
}

/// What would explain a wrong size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LikelyUnit {
    /// Numbers 25.4 times too small.
    Inches,
    /// Numbers 1000 times too small.
    Metres,
    /// Numbers 10 times too small.
    Centimetres,
    /// Numbers 10 times too large.
    TenTimes,
    /// Numbers 1000 times too large.
    Micrometres,
    /// No common unit explains it.
    Unknown,
}

impl std::fmt::Display for LikelyUnit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Inches => "probably in inches (multiply by 25.4)",
            Self::Metres => "probably in metres (multiply by 1000)",
            Self::Centimetres => "probably in centimetres (multiply by 10)",
            Self::TenTimes => "probably ten times too large (divide by 10)",
            Self::Micrometres => "probably in micrometres (divide by 1000)",
            Self::Unknown => "no common unit explains it; check what was scanned",
        })
    }
}
