/** A head with fewer triangles, to be drawn on machines without a graphics card. */

/**
 * Joins all vertices in a cell of a grid whose normals look the same way, so that the two sides of an ear stay two. Every
 * joined vertex has the mean place and normal of what it stands for; triangles that lose a corner go.
 *
 * @param {import('./surface.js').Surface} surface
 * @param {number} cellMm
 * @returns {{vertices: Float32Array, normals: Float32Array, triangles: Uint32Array}}
 */
export function coarser({ vertices: v, normals: n, triangles: t }, cellMm) {
  const cells = new Map();
  const joined = new Uint32Array(v.length / 3);
  const sums = [];
  for (let k = 0; k < v.length; k += 3) {
    const cell = [0, 1, 2].map((i) => Math.floor(v[k + i] / cellMm));
    const way = (n[k] > 0 ? 1 : 0) + (n[k + 1] > 0 ? 2 : 0) + (n[k + 2] > 0 ? 4 : 0);
    const key = ((cell[0] + 512) * 1024 + cell[1] + 512) * 8192 + (cell[2] + 512) * 8 + way;
    let at = cells.get(key);
    if (at === undefined) {
      at = sums.length / 7;
      cells.set(key, at);
      sums.push(0, 0, 0, 0, 0, 0, 0);
    }
    joined[k / 3] = at;
    for (let i = 0; i < 3; i++) {
      sums[7 * at + i] += v[k + i];
      sums[7 * at + 3 + i] += n[k + i];
    }
    sums[7 * at + 6] += 1;
  }
  const vertices = new Float32Array((sums.length / 7) * 3);
  const normals = new Float32Array(vertices.length);
  for (let at = 0; at < sums.length / 7; at++) {
    const [x, y, z] = [3, 4, 5].map((i) => sums[7 * at + i]);
    const length = Math.hypot(x, y, z) || 1;
    vertices.set([0, 1, 2].map((i) => sums[7 * at + i] / sums[7 * at + 6]), 3 * at);
    normals.set([x / length, y / length, z / length], 3 * at);
  }
  const triangles = [];
  for (let k = 0; k < t.length; k += 3) {
    const [a, b, c] = [joined[t[k]], joined[t[k + 1]], joined[t[k + 2]]];
    if (a !== b && b !== c && c !== a) triangles.push(a, b, c);
  }
  return { vertices, normals, triangles: new Uint32Array(triangles) };
}
