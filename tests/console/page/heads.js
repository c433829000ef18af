// Heads for tests: a binary STL with its corners joined, made finer where asked, and dots strewn over it.

/** @returns {Promise<{vertices: Float32Array, triangles: Uint32Array}>} */
export async function load(url) {
  const view = new DataView(await (await fetch(url)).arrayBuffer());
  const count = view.getUint32(80, true);
  const index = new Map();
  const vertices = [];
  const triangles = new Uint32Array(3 * count);
  for (let corner = 0; corner < 3 * count; corner++) {
    const at = 84 + 50 * Math.floor(corner / 3) + 12 + 12 * (corner % 3);
    const p = [0, 4, 8].map((k) => view.getFloat32(at + k, true));
    const key = p.join();
    if (!index.has(key)) {
      index.set(key, vertices.length / 3);
      vertices.push(...p);
    }
    triangles[corner] = index.get(key);
  }
  return { vertices: new Float32Array(vertices), triangles };
}

/** Splits triangles at their middles until there are at least as many as asked for. */
export function finer({ vertices, triangles }, least) {
  const v = Array.from(vertices);
  const t = Array.from(triangles);
  for (let k = 0; t.length / 3 < least; k += 3) {
    const [a, b, c] = [t[k], t[k + 1], t[k + 2]];
    const m = v.length / 3;
    for (let i = 0; i < 3; i++) v.push((v[3 * a + i] + v[3 * b + i] + v[3 * c + i]) / 3);
    t[k + 2] = m;
    t.push(b, c, m, c, a, m);
  }
  return { vertices: new Float32Array(v), triangles: new Uint32Array(t) };
}

/** A small generator, so that every run sees the same dots. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Dots on the upper head, evenly by area, each near the one before it: as a session goes over a head. */
export function strew({ vertices: v, triangles: t }, count, seed = 1) {
  const draw = random(seed);
  const cumulative = [];
  const upper = [];
  let area = 0;
  for (let k = 0; k < t.length; k += 3) {
    const [a, b, c] = [0, 1, 2].map((i) => Array.from(v.subarray(3 * t[k + i], 3 * t[k + i] + 3)));
    if (a[2] < 45 || (a[1] > 60 && a[2] < 75)) continue;
    const [e, f] = [b.map((x, i) => x - a[i]), c.map((x, i) => x - a[i])];
    const n = [e[1] * f[2] - e[2] * f[1], e[2] * f[0] - e[0] * f[2], e[0] * f[1] - e[1] * f[0]];
    area += Math.hypot(...n) || 1e-12;
    cumulative.push(area);
    upper.push({ a, e, f, n: n.map((x) => x / (Math.hypot(...n) || 1)) });
  }
  const positions = new Float32Array(3 * count);
  const normals = new Float32Array(3 * count);
  const along = Float64Array.from({ length: count }, () => draw() * area).sort();
  for (let dot = 0; dot < count; dot++) {
    const wanted = along[dot];
    let [low, high] = [0, cumulative.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    const { a, e, f, n } = upper[low];
    let [x, y] = [draw(), draw()];
    if (x + y > 1) [x, y] = [1 - x, 1 - y];
    positions.set(a.map((p, i) => p + x * e[i] + y * f[i]), 3 * dot);
    normals.set(n, 3 * dot);
  }
  return { positions, normals };
}

/** As late in a session: most done, some of each of the others. */
export function session(count) {
  const draw = random(7);
  return Uint8Array.from({ length: count }, (_, dot) => {
    if (dot > 0.6 * count) return 0;
    const lot = draw();
    if (lot < 0.004) return 2;
    if (lot < 0.006) return 3;
    if (lot < 0.012) return 4;
    if (lot < 0.02) return 5;
    if (lot < 0.023) return 6;
    return lot < 0.05 ? 8 : 1;
  });
}
