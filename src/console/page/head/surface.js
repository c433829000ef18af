/**
 * The head's triangles as plain arrays: normals for light, and the rays that find places on the skin.
 *
 * @typedef {[number, number, number]} Vec
 * @typedef {{at: Vec, normal: Vec}} Place
 */

/** Triangles whose sides are nearly parallel to a ray do not count: their neighbours do. */
const PARALLEL = 1e-9;

export class Surface {
  /**
   * @param {Float32Array} vertices   mm, three for each
   * @param {Uint32Array} triangles   three vertices for each, counter-clockwise from outside
   */
  constructor(vertices, triangles) {
    check(vertices, triangles);
    this.vertices = vertices;
    this.triangles = triangles;
    this.normals = vertexNormals(vertices, triangles);
    this.bounds = boundsOf(vertices);
  }

  /**
   * The first place that a ray meets the outside of the head.
   *
   * @param {Vec} from
   * @param {Vec} along  unit length
   * @param {number} [within]  how far to look, mm
   * @returns {Place | null}
   */
  hit(from, along, within = Infinity) {
    const v = this.vertices;
    const t = this.triangles;
    const [dx, dy, dz] = along;
    let best = within;
    let found = -1;
    let u = 0;
    let w = 0;
    // Möller and Trumbore's test, without allocation: 50,000 triangles must not cost a drag its frame.
    for (let k = 0; k < t.length; k += 3) {
      const a = 3 * t[k];
      const b = 3 * t[k + 1];
      const c = 3 * t[k + 2];
      const e1x = v[b] - v[a], e1y = v[b + 1] - v[a + 1], e1z = v[b + 2] - v[a + 2];
      const e2x = v[c] - v[a], e2y = v[c + 1] - v[a + 1], e2z = v[c + 2] - v[a + 2];
      const px = dy * e2z - dz * e2y, py = dz * e2x - dx * e2z, pz = dx * e2y - dy * e2x;
      const det = e1x * px + e1y * py + e1z * pz;
      if (det < PARALLEL) continue; // from inside, or along it
      const sx = from[0] - v[a], sy = from[1] - v[a + 1], sz = from[2] - v[a + 2];
      const first = sx * px + sy * py + sz * pz;
      if (first < 0 || first > det) continue;
      const qx = sy * e1z - sz * e1y, qy = sz * e1x - sx * e1z, qz = sx * e1y - sy * e1x;
      const second = dx * qx + dy * qy + dz * qz;
      if (second < 0 || first + second > det) continue;
      const distance = (e2x * qx + e2y * qy + e2z * qz) / det;
      if (distance < 0 || distance >= best) continue;
      best = distance;
      found = k;
      u = first / det;
      w = second / det;
    }
    if (found < 0) return null;
    return {
      at: [from[0] + best * dx, from[1] + best * dy, from[2] + best * dz],
      normal: this.#normalIn(found, u, w),
    };
  }

  /**
   * The place that lies `dx` mm to the right and `dy` mm to the forehead of another, on the skin.
   *
   * @param {Place} place
   * @param {number} dx
   * @param {number} dy
   * @returns {Place | null}  null where there is no skin
   */
  beside(place, dx, dy) {
    const { right, forward } = axesAt(place);
    const { normal } = place;
    const above = 20; // mm: over any ear's fold, under no other part of the head
    const from = /** @type {Vec} */ (
      place.at.map((p, k) => p + dx * right[k] + dy * forward[k] + above * normal[k])
    );
    return this.hit(from, /** @type {Vec} */ (normal.map((n) => -n)), 3 * above);
  }

  /** Smooth normal inside a triangle. @returns {Vec} */
  #normalIn(k, u, w) {
    const n = this.normals;
    const [a, b, c] = [0, 1, 2].map((corner) => 3 * this.triangles[k + corner]);
    return unit([0, 1, 2].map((i) => (1 - u - w) * n[a + i] + u * n[b + i] + w * n[c + i]));
  }
}

/**
 * Which way is right and which way is the forehead on the skin at a place: as a pattern at 0 degrees lies (docs/formats.md).
 * The forehead lies where the turn about the line through the ears leads to the nose.
 *
 * @param {Place} place
 * @returns {{right: Vec, forward: Vec}}
 */
export function axesAt({ at, normal }) {
  const to = Math.hypot(at[1], at[2]) > 1e-6 ? [0, at[2], -at[1]] : [0, 1, 0];
  const up = to[1] * normal[1] + to[2] * normal[2];
  let flat = to.map((c, k) => c - up * normal[k]);
  if (Math.hypot(...flat) < 1e-6) flat = [normal[1], -normal[0], 0]; // at an ear's tip: any way will do
  const forward = unit(flat);
  return { right: cross(forward, normal), forward };
}

/** @returns {Vec} */
export function unit(v) {
  const length = Math.hypot(...v) || 1;
  return /** @type {Vec} */ (v.map((c) => c / length));
}

/** @returns {Vec} */
export function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function check(vertices, triangles) {
  if (vertices.length % 3 !== 0 || triangles.length % 3 !== 0 || triangles.length === 0) {
    throw new RangeError(`a head of ${vertices.length} coordinates and ${triangles.length} corners`);
  }
  const count = vertices.length / 3;
  const wrong = triangles.findIndex((v) => v >= count);
  if (wrong >= 0) throw new RangeError(`corner ${wrong} is vertex ${triangles[wrong]} of ${count}`);
}

/** Weighted by area, which the cross product brings along. */
function vertexNormals(v, t) {
  const normals = new Float32Array(v.length);
  for (let k = 0; k < t.length; k += 3) {
    const [a, b, c] = [3 * t[k], 3 * t[k + 1], 3 * t[k + 2]];
    const e1x = v[b] - v[a], e1y = v[b + 1] - v[a + 1], e1z = v[b + 2] - v[a + 2];
    const e2x = v[c] - v[a], e2y = v[c + 1] - v[a + 1], e2z = v[c + 2] - v[a + 2];
    const nx = e1y * e2z - e1z * e2y, ny = e1z * e2x - e1x * e2z, nz = e1x * e2y - e1y * e2x;
    for (const corner of [a, b, c]) {
      normals[corner] += nx;
      normals[corner + 1] += ny;
      normals[corner + 2] += nz;
    }
  }
  for (let k = 0; k < normals.length; k += 3) {
    const length = Math.hypot(normals[k], normals[k + 1], normals[k + 2]) || 1;
    for (let i = 0; i < 3; i++) normals[k + i] /= length;
  }
  return normals;
}

/** The box's middle, and the radius of the sphere about it that holds all. */
function boundsOf(v) {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let k = 0; k < v.length; k++) {
    low[k % 3] = Math.min(low[k % 3], v[k]);
    high[k % 3] = Math.max(high[k % 3], v[k]);
  }
  const middle = /** @type {Vec} */ (low.map((l, k) => (l + high[k]) / 2));
  let radius = 0;
  for (let k = 0; k < v.length; k += 3) {
    radius = Math.max(radius, Math.hypot(v[k] - middle[0], v[k + 1] - middle[1], v[k + 2] - middle[2]));
  }
  return { middle, radius };
}
