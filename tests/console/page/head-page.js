// What the test's script drives: everything hangs on `window.test`.
import { STATES, THEMES, createHead, legendGlyph } from '/page/head.js';
import { finer, load, random, session, strew } from '/test/heads.js';

const query = new URLSearchParams(location.search);
const canvas = document.getElementById('head');
const dark = query.get('theme') === 'dark';
document.documentElement.classList.toggle('dark', dark);
const violations = [];
document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));

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

/** Frames a second while the camera turns (or rests) and dots change at 20 Hz, and what the graphics side costs. */
async function bench(ms, count, { turning, scattered, tool }) {
  benches += 1; // other dots each time: what has its state already costs nothing
  const draw = random(benches);
  let next = 0;
  const timer = setInterval(() => {
    const indices = Array.from({ length: 8 }, () => (scattered ? Math.floor(draw() * count) : next++ % count));
    if (tool) head.setTool({ at: tool(next), axis: [-0.2, 0.1, -0.97] });
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

window.test = { head, canvas, mesh, told, violations, frame, bench, strew, session, STATES, THEMES };
