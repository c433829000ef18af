// What the test's script drives: everything hangs on `window.test`.
import { STATES, createHead, legendGlyph } from '/page/head.js';
import { Surface } from '/page/head/surface.js';
import { finer, load, random, session, strew } from '/test/heads.js';

const query = new URLSearchParams(location.search);
const canvas = document.getElementById('head');
const dark = query.get('theme') === 'dark';
document.documentElement.classList.toggle('dark', dark);
const violations = [];
document.addEventListener('securitypolicyviolation', (event) => violations.push(event.blockedURI));
try {
  new Function('return 1')(); // must fail, and be the only violation: shows that the policy is in force
} catch {
  // as it should
}

let mesh = await load('/scalps/pydeface_mean/mesh.stl');
const least = Number(query.get('triangles') ?? 0);
if (least) mesh = finer(mesh, least);

const told = [];
const head = createHead(canvas, mesh, {
  theme: { mode: dark ? 'dark' : 'light' },
  maxFps: Number(query.get('maxFps') ?? 60),
  onDrag: (moved) => told.push(['drag', structuredClone(moved)]),
  onTurn: (turned) => told.push(['turn', structuredClone(turned)]),
});
for (let state = 0; state < STATES.length; state++) {
  const row = document.createElement('div');
  row.append(legendGlyph(state, 20, dark ? 'dark' : 'light'), STATES[state].key);
  document.getElementById('legend').append(row);
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

let benches = 0;
let place = () => [0, 0, 0];

/** Dots of a session, most of them struck. @returns {number} the dot nearest to the top of the head */
function strewn(count) {
  const { positions, normals } = strew(mesh, count);
  head.setDots(positions, normals);
  window.test.lastStates = session(count);
  head.setStates(window.test.lastStates);
  place = (dot) => Array.from(positions.subarray(3 * (dot % count), 3 * (dot % count) + 3));
  let top = 0;
  for (let dot = 0; dot < count; dot++) if (positions[3 * dot + 2] > positions[3 * top + 2]) top = dot;
  return top;
}

/** Frames a second while the camera turns (or rests) and dots change at 20 Hz, and what the graphics side costs. */
async function bench(ms, count, { turning, scattered, from = 0 }) {
  benches += 1; // other dots each time: what has its state already costs nothing
  const draw = random(benches);
  let next = from;
  const timer = setInterval(() => {
    const indices = Array.from({ length: 8 }, () => (scattered ? Math.floor(draw() * count) : next++ % count));
    if (!turning && !scattered) head.setTool({ at: place(next), axis: [-0.2, 0.1, -0.97] });
    head.updateStates(indices, indices.map(() => Math.floor(draw() * STATES.length)));
  }, 50);
  const gaps = [];
  const before = head.frames();
  const began = performance.now();
  let last = began;
  while (performance.now() - began < ms) {
    if (turning) canvas.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
    await frame();
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  }
  clearInterval(timer);
  const seconds = (performance.now() - began) / 1000;
  const after = head.frames();
  const drawn = after.drawn - before.drawn;
  gaps.sort((a, b) => a - b);
  return {
    drawn,
    partial: after.partial - before.partial,
    level: after.level,
    fps: drawn / seconds,
    scriptMs: (after.meanMs * after.drawn - before.meanMs * before.drawn) / drawn,
    p50: gaps[Math.floor(gaps.length / 2)],
    p95: gaps[Math.floor(gaps.length * 0.95)],
    size: [canvas.width, canvas.height],
  };
}

/** Waits until the head draws no more, and returns its pixels. */
async function settled() {
  for (let calm = 0, drawn = -1; calm < 25; calm++) {
    await frame();
    if (head.frames().drawn !== drawn) calm = 0;
    drawn = head.frames().drawn;
  }
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  return copy.getImageData(0, 0, canvas.width, canvas.height);
}

/** Pixels that differ by more than rounding. */
function difference(a, b) {
  if (a.width !== b.width || a.height !== b.height) return Infinity;
  let count = 0;
  for (let k = 0; k < a.data.length; k += 4) {
    const most = Math.max(...[0, 1, 2].map((i) => Math.abs(a.data[k + i] - b.data[k + i])));
    if (most > 2) count += 1;
  }
  return count;
}

/** The colour at a CSS pixel. */
function colourAt(image, [x, y]) {
  const ratio = image.width / canvas.clientWidth;
  const at = 4 * (Math.round(y * ratio - 0.5) * image.width + Math.round(x * ratio - 0.5));
  return Array.from(image.data.subarray(at, at + 3));
}

const surface = new Surface(mesh.vertices, mesh.triangles);
const key = (name) => canvas.dispatchEvent(new KeyboardEvent('keydown', { key: name, cancelable: true }));

/** Distance to the nearest triangle, mm. */
function offMesh(at) {
  const { vertices: v, triangles: t } = mesh;
  let least = Infinity;
  for (let k = 0; k < t.length; k += 3) {
    const corners = [0, 1, 2].map((i) => Array.from(v.subarray(3 * t[k + i], 3 * t[k + i] + 3)));
    if (Math.hypot(...corners[0].map((c, i) => c - at[i])) < 25) least = Math.min(least, toTriangle(at, corners));
  }
  return least;
}

/** Distance to a triangle: to its plane where the foot lies inside, else to the nearest side. */
function toTriangle(at, [a, b, c]) {
  const minus = (p, q) => p.map((x, i) => x - q[i]);
  const dot = (p, q) => p.reduce((sum, x, i) => sum + x * q[i], 0);
  const toEdge = (p, q) => {
    const along = minus(q, p);
    const part = Math.min(1, Math.max(0, dot(minus(at, p), along) / (dot(along, along) || 1)));
    return Math.hypot(...minus(at, p.map((x, i) => x + part * along[i])));
  };
  const [e, f, g] = [minus(b, a), minus(c, a), minus(at, a)];
  const [ee, ef, ff, ge, gf] = [dot(e, e), dot(e, f), dot(f, f), dot(g, e), dot(g, f)];
  const det = ee * ff - ef * ef || 1e-12;
  const [u, w] = [(ff * ge - ef * gf) / det, (ee * gf - ef * ge) / det];
  if (u >= 0 && w >= 0 && u + w <= 1) return Math.hypot(...g.map((x, i) => x - u * e[i] - w * f[i]));
  return Math.min(toEdge(a, b), toEdge(b, c), toEdge(c, a));
}

window.test = {
  createHead, surface, settled, difference, colourAt, key, offMesh, head, canvas, mesh, told, violations, frame, bench, strewn, STATES,
};
