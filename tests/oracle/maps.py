#!/usr/bin/env python3
"""Flat maps of head skin, measured by what others have written.

For each patch of each head `smp scalp map` gives the patch and our map of it. On the same triangles three other maps
are made, and all are measured by one yardstick:

* log: logarithmic map by exact geodesics. Lengths by libigl (Mitchell, Mount and Papadimitriou 1987), directions by
  potpourri3d (paths straightened by edge flips, Sharp and Crane 2020). The anchor is made a vertex.
* lscm: least-squares conformal map, libigl, two pins. Its scale is free, and is fitted by least squares of area.
* arap: as-rigid-as-possible, libigl, one vertex pinned, begun at `log`, until the energy falls no more.

Counted are the triangles whose middle lies within the radius of the anchor by exact geodesic distance, the same ones
for all maps. `smp_by_paper` and `arap_by_paper` count as `smp` itself does, by distance from the anchor on the paper of
each map. Energy, printed and not kept, is that of ARAP over the whole patch, as a root mean square strain in percent.
"""

import argparse
import csv
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import igl
import numpy as np
import potpourri3d

ROOT = Path(__file__).resolve().parents[2]
ANCHORS = [(0.5, 0.0), (0.62, 0.0), (0.22, 0.0), (0.4, 0.45), (0.75, -0.3)]
# Temple, with eye and ear within 70 mm: no map lies flat there. Only `anny_male` has them in full.
ROUGH = [(0.15, 0.6), (0.22, 0.6), (0.3, 0.6)]
RADII_MM = [35.0, 70.0]
HEADS = ["colin27", "pydeface_mean", "anny_male"]
FIGURES = ["spacing_p1_percent", "spacing_p99_percent", "area_p50_percent", "area_p95_percent", "flipped"]
# Half axes of the ellipsoid of 190 x 150 x 130 mm: x, y, z.
HALF_MM = np.array([75.0, 95.0, 65.0])
ROOM_POINTS = 0.5
ARAP_CHUNK, ARAP_CHUNKS = 50, 200
NOTHING = np.array([], dtype=np.int64)


@dataclass
class Patch:
    vertices: np.ndarray
    triangles: np.ndarray
    paper: np.ndarray
    anchor: np.ndarray


def read_obj(path):
    rows = [line.split() for line in Path(path).read_text().splitlines()]
    numbers = lambda kind: np.array([[float(w) for w in r[1:]] for r in rows if r and r[0] == kind])
    corners = [[int(w.split("/")[0]) - 1 for w in r[1:]] for r in rows if r and r[0] == "f"]
    return numbers("v"), numbers("vt"), np.array(corners, dtype=np.int64)


def ellipsoid(folder):
    """An icosahedron, quartered six times, with landmarks of a head: s = 0.5, t = 0 is its crown."""
    g = (1 + 5**0.5) / 2
    v = np.array([p for a in (1, -1) for b in (g, -g) for p in ((0, a, b), (a, b, 0), (b, 0, a))]) / np.hypot(1, g)
    near = np.linalg.norm(v[:, None] - v[None], axis=2) < 1.1
    all_three = lambda i, j, k: near[i, j] and near[j, k] and near[i, k]
    t = [(i, j, k) for i in range(12) for j in range(i) for k in range(j) if all_three(i, j, k)]
    t = np.array([(i, j, k) if np.linalg.det(v[[i, j, k]]) > 0 else (i, k, j) for i, j, k in t])
    for _ in range(6):
        edges = np.sort(t[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
        ends, number = np.unique(edges, axis=0, return_inverse=True)
        ab, bc, ca = (len(v) + number.reshape(-1, 3)).T
        middles = v[ends].sum(axis=1)
        v = np.vstack([v, middles / np.linalg.norm(middles, axis=1)[:, None]])
        a, b, c = t.T
        t = np.vstack([np.transpose(x) for x in ((a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca))])
    lines = ["v %.12f %.12f %.12f" % tuple(p) for p in v * HALF_MM]
    lines += ["f %d %d %d" % tuple(c + 1) for c in t]
    (folder / "ellipsoid.obj").write_text("\n".join(lines) + "\n")
    x, y = HALF_MM[0] * (1 - (45 / 65) ** 2) ** 0.5, HALF_MM[1] * (1 - (30 / 65) ** 2) ** 0.5
    marks = {"nasion": [0, y, -30], "inion": [0, -y, -30], "lpa": [-x, 0, -45], "rpa": [x, 0, -45]}
    (folder / "landmarks.json").write_text(json.dumps({"units": "mm", "landmarks": marks}))
    return folder / "ellipsoid.obj"


def our_map(smp, mesh, anchor, radius_mm, folder):
    """Patch and map, and what is said of them."""
    out = folder / "map.obj"
    where = ["--anchor", "%g,%g" % anchor, "--radius", radius_mm, "--out", out]
    command = [smp, "scalp", "map", mesh, *where]
    said = json.loads(subprocess.run([*map(str, command), "--json"], check=True, capture_output=True).stdout)
    vertices, paper, triangles = read_obj(out)
    return Patch(vertices, triangles, paper, np.array(said["anchor_mm"])), said


def with_anchor(patch, face):
    """The patch with the anchor as its last vertex: `face` is split into the last three triangles."""
    n = len(patch.vertices)
    a, b, c = patch.triangles[face]
    corners = patch.vertices[[a, b, c]]
    anchor = patch.anchor
    following = np.roll(corners, -1, axis=0)
    areas = [np.linalg.norm(np.cross(q - p, anchor - p)) for p, q in zip(corners, following)]
    if min(areas) < 1e-6 * sum(areas):
        # On an edge or a corner: no triangle may be empty, so a hair inside.
        anchor = 0.999 * anchor + 0.001 * corners.mean(axis=0)
    split = [[a, b, n], [b, c, n], [c, a, n]]
    triangles = np.vstack([np.delete(patch.triangles, face, axis=0), split])
    return np.vstack([patch.vertices, anchor]), triangles


def exact_log_map(patch, face):
    """Places on paper of the patch's vertices, distances of its vertices and of its triangles' middles."""
    vertices, triangles = with_anchor(patch, face)
    n, anchor = len(patch.vertices), vertices[-1]
    others = np.arange(len(triangles) - 3)
    far = igl.exact_geodesic(vertices, triangles, np.array([n]), NOTHING, np.arange(n), others)
    # The split triangle is flat: its own middle is as far as the crow flies.
    a, b, c = patch.vertices[patch.triangles[face]]
    middles = np.insert(far[n:], face, np.linalg.norm((a + b + c) / 3 - anchor))
    solver = potpourri3d.EdgeFlipGeodesicSolver(vertices, triangles)
    paths = (solver.find_geodesic_path(n, v) for v in range(n))
    first = np.array([path[1] - path[0] for path in paths])
    e1 = (b - a) / np.linalg.norm(b - a)
    up = np.cross(b - a, c - a)
    e2 = np.cross(up / np.linalg.norm(up), e1)
    flat = np.column_stack([first @ e1, first @ e2])
    return flat / np.linalg.norm(flat, axis=1)[:, None] * far[:n, None], far[:n], middles


def scales(patch, paper):
    """By triangle: least and greatest singular value of paper-from-skin, areas on skin and on paper (signed)."""
    p, q, r = (patch.vertices[patch.triangles[:, k]] for k in range(3))
    a, b, c = (paper[patch.triangles[:, k]] for k in range(3))
    length = np.linalg.norm(q - p, axis=1)
    along = np.einsum("ij,ij->i", q - p, r - p) / length
    skin = np.linalg.norm(np.cross(q - p, r - p), axis=1) / 2
    on_paper = np.stack([b - a, c - a], axis=2)
    rows = [np.stack([length, along], axis=1), np.stack([0 * length, 2 * skin / length], axis=1)]
    on_skin = np.stack(rows, axis=1)
    values = np.linalg.svd(on_paper @ np.linalg.inv(on_skin), compute_uv=False)
    return values[:, 1], values[:, 0], skin, np.linalg.det(on_paper) / 2


def lscm(patch, counted):
    rim = np.asarray(igl.boundary_loop(patch.triangles), dtype=np.int64)
    pins = rim[[0, len(rim) // 2]]
    apart = np.linalg.norm(patch.vertices[pins[1]] - patch.vertices[pins[0]])
    where = np.array([[0.0, 0.0], [apart, 0.0]])
    paper, _ = igl.lscm(patch.vertices, patch.triangles, pins, where)
    _, _, skin, areas = scales(patch, paper)
    weight, ratio = skin[counted], np.abs(areas / skin)[counted]
    return paper * np.sqrt((weight * ratio).sum() / (weight * ratio**2).sum())


def arap(patch, start):
    """The map, and the iterations it took."""
    data = igl.ARAPData()
    data.max_iter = ARAP_CHUNK
    igl.arap_precomputation(patch.vertices, patch.triangles, 2, np.array([0], dtype=np.int32), data)
    paper, before = start, strain(patch, start)
    for chunk in range(1, ARAP_CHUNKS + 1):
        paper = igl.arap_solve(start[:1].copy(), data, paper.copy())
        now = strain(patch, paper)
        if before - now < 1e-7 * before:
            break
        before = now
    return paper, chunk * ARAP_CHUNK


def strain(patch, paper):
    """Root mean square, percent, of how far both singular values are from 1; the lesser is negative face down."""
    least, greatest, skin, areas = scales(patch, paper)
    square = (greatest - 1) ** 2 + (least * np.sign(areas) - 1) ** 2
    return 100 * np.sqrt((skin * square).sum() / skin.sum())


def percentile(values, weights, part):
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, part * total[-1])])


def figures(patch, paper, counted):
    least, greatest, skin, areas = scales(patch, paper)
    part = lambda values, p: percentile(100 * values[counted], skin[counted], p)
    with np.errstate(divide="ignore"):
        off = np.abs(skin / np.abs(areas) - 1)
        p1, p99 = part(1 / greatest - 1, 0.01), part(1 / least - 1, 0.99)
    found = [p1, p99, part(off, 0.5), part(off, 0.95), int((areas <= 0).sum())]
    return dict(zip(FIGURES, found), energy=strain(patch, paper))


def near_on_paper(patch, paper, face, radius_mm):
    """Triangles whose middle lies within the radius of the anchor on paper, and that do not lie face down."""
    corners = patch.triangles[face]
    edges = np.vstack([patch.vertices[corners].T, np.ones(3)])
    weights = np.linalg.lstsq(edges, np.append(patch.anchor, 1.0), rcond=None)[0]
    middles = paper[patch.triangles].mean(axis=1)
    near = np.linalg.norm(middles - weights @ paper[corners], axis=1) <= radius_mm
    return near & (scales(patch, paper)[3] > 0)


def measure(patch, radius_mm):
    """Figures by method, and remarks."""
    _, face, _ = igl.point_mesh_squared_distance(patch.anchor[None], patch.vertices, patch.triangles)
    face = int(np.atleast_1d(face)[0])
    log, far, middles = exact_log_map(patch, face)
    counted = middles <= radius_mm
    rigid, iterations = arap(patch, log)
    maps = {"smp": patch.paper, "log": log, "lscm": lscm(patch, counted), "arap": rigid}
    found = {name: figures(patch, paper, counted) for name, paper in maps.items()}
    for name in ["smp", "arap"]:
        near = near_on_paper(patch, maps[name], face, radius_mm)
        found[name + "_by_paper"] = figures(patch, maps[name], near)
    rim = np.unique(igl.boundary_facets(patch.triangles)[0])
    remarks = {
        "vertices": len(patch.vertices),
        "triangles": len(patch.triangles),
        "counted": int(counted.sum()),
        "rim_skin_mm": float(far[rim].min()),
        "rim_paper_mm": float(np.linalg.norm(patch.paper[rim], axis=1).min()),
        "iterations": iterations,
        # Ours, gone on with by libigl: what more iterations of ours would gain.
        "energy_gone_on": strain(patch, arap(patch, patch.paper)[0]),
    }
    return found, remarks


def cases(heads, folder):
    """Name, mesh, its number of triangles."""
    yield "ellipsoid", ellipsoid(folder), 20 * 4**6
    for head in HEADS:
        yield head, heads / head / "mesh.stl", 38000
        yield head, heads / head / "mesh_5k.obj", 5000


def check(said, found, name):
    """What `smp` says of its own map is what it measures here."""
    for figure in FIGURES:
        off = abs(said[figure] - found["smp_by_paper"][figure])
        assert off < 1e-6, f"{name}: smp says {figure} = {said[figure]}, {off} off"


def all_rows(smp, heads):
    with tempfile.TemporaryDirectory() as folder:
        for head, mesh, triangles in cases(heads, Path(folder)):
            for s, t in ANCHORS + (ROUGH if head == "anny_male" else []):
                for radius_mm in RADII_MM:
                    patch, said = our_map(smp, mesh, (s, t), radius_mm, Path(folder))
                    found, remarks = measure(patch, radius_mm)
                    name = f"{head}, {triangles} triangles, s = {s}, t = {t}, {radius_mm:g} mm"
                    print(name, json.dumps(remarks))
                    for method, row in found.items():
                        print(f"  {method:14}" + "".join(f"{row[f]:10.3f}" for f in [*FIGURES, "energy"]), flush=True)
                    check(said, found, name)
                    where = {"head": head, "triangles": triangles, "s": s, "t": t, "radius_mm": radius_mm}
                    for method, row in found.items():
                        yield {**where, "method": method, **row}


def wider(rows, ours, theirs):
    """Patches where our range is wider by more than the room, by less, and the greatest difference, in points."""
    ends = lambda method: np.array(
        [[-r["spacing_p1_percent"], r["spacing_p99_percent"]] for r in rows if r["method"] == method]
    )
    more = (ends(ours) - ends(theirs)).max(axis=1)
    return int((more > ROOM_POINTS).sum()), len(more), float(more.max())


def shown(percent):
    """Triangles without area on paper, as the log map has in the lee of a bump, leave huge numbers of no meaning."""
    return f"{percent:.4f}" if percent < 1e6 else "inf"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smp", type=Path, default=ROOT / "target/release/smp")
    parser.add_argument("--heads", type=Path, default=ROOT / "../shared/heads")
    parser.add_argument("--out", type=Path, default=ROOT / "tests/data/maps.csv")
    args = parser.parse_args()
    print(f"columns: {', '.join(FIGURES)}, energy")
    rows = list(all_rows(args.smp, args.heads))
    with args.out.open("w", newline="") as file:
        columns = ["head", "triangles", "s", "t", "radius_mm", "method", *FIGURES]
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: shown(v) if k.endswith("_percent") else v for k, v in row.items()})
    for ours, theirs in [("smp", "arap"), ("smp_by_paper", "arap_by_paper")]:
        count, of, most = wider(rows, ours, theirs)
        told = f"in {count} of {of} patches; {most:+.3f} at most"
        print(f"{ours} is wider than {theirs} by more than {ROOM_POINTS} points {told}")
    for method in ["smp", "log", "lscm", "arap"]:
        mine = [r for r in rows if r["method"] == method]
        print(f"{method}: {sum(r['flipped'] > 0 for r in mine)} patches with flipped triangles")


if __name__ == "__main__":
    main()
