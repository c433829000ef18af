// The head's surface, its coarser twin and the order of dots, without a browser: node --test tests/console/page/
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coarser } from '../../../src/console/page/head/coarse.js';
import { inOrder } from '../../../src/console/page/head/order.js';
import { Surface, axesAt } from '../../../src/console/page/head/surface.js';

/** A square of 20 mm at a height, seen from above counter-clockwise. */
const square = (z) => [-10, -10, z, 10, -10, z, 10, 10, z, -10, 10, z];
const TWO = [0, 1, 2, 0, 2, 3];
const stack = (heights) => new Surface(
  new Float32Array(heights.flatMap(square)),
  new Uint32Array(heights.flatMap((_, k) => TWO.map((v) => v + 4 * k))),
);

/** A ball of 80 mm, like a scan: many triangles of a few mm. */
function ball(rings = 60, sides = 120) {
  const vertices = [];
  const triangles = [];
  for (let ring = 0; ring <= rings; ring++) {
    for (let side = 0; side < sides; side++) {
      const [a, b] = [(Math.PI * (ring + 0.5)) / (rings + 1), (2 * Math.PI * side) / sides];
      vertices.push(80 * Math.sin(a) * Math.cos(b), 80 * Math.sin(a) * Math.sin(b), 80 * Math.cos(a));
      if (ring === rings) continue;
      const [p, q] = [ring * sides + side, ring * sides + ((side + 1) % sides)];
      triangles.push(p, p + sides, q, q, p + sides, q + sides);
    }
  }
  return new Surface(new Float32Array(vertices), new Uint32Array(triangles));
}

test('a ray finds the nearest skin, whichever triangle comes first, and none from inside', () => {
  for (const heights of [[0, 5], [5, 0]]) {
    assert.equal(stack(heights).hit([1, 2, 30], [0, 0, -1]).at[2], 5);
    assert.equal(stack(heights).hit([1, 2, -30], [0, 0, 1]), null);
  }
  assert.deepEqual(stack([0]).hit([1, 2, 30], [0, 0, -1]), { at: [1, 2, 0], normal: [0, 0, 1] });
  assert.equal(stack([0]).hit([11, 2, 30], [0, 0, -1]), null);
  assert.equal(stack([0]).hit([1, 2, 30], [0, 0, -1], 29), null);
});

test('on every place the axes are unit, square to each other and right-handed, and lead to the forehead', () => {
  for (const normal of [[0, 0, 1], [0.6, 0, 0.8], [0, -0.8, 0.6], [1, 0, 0], [0, 1, 0]]) {
    const { right, forward } = axesAt({ at: normal.map((n) => 80 * n), normal });
    const dot = (a, b) => a.reduce((sum, c, k) => sum + c * b[k], 0);
    for (const [a, b, wanted] of [
      [right, right, 1], [forward, forward, 1], [right, forward, 0], [right, normal, 0], [forward, normal, 0],
    ]) assert.ok(Math.abs(dot(a, b) - wanted) < 1e-9, `${normal}`);
    const [x, y, z] = [0, 1, 2].map((k) => right[(k + 1) % 3] * forward[(k + 2) % 3] - right[(k + 2) % 3] * forward[(k + 1) % 3]);
    assert.ok(dot([x, y, z], normal) > 0.999, `${normal}`);
  }
  const top = axesAt({ at: [0, 0, 130], normal: [0, 0, 1] });
  assert.ok(top.right[0] === 1 && top.forward[1] === 1, JSON.stringify(top));
  // On the back of the head the way to the forehead is up, on the forehead down to the nose.
  assert.ok(axesAt({ at: [0, -90, 30], normal: [0, -1, 0] }).forward[2] > 0.9);
  assert.ok(axesAt({ at: [0, 90, 30], normal: [0, 1, 0] }).forward[2] < -0.9);
});

test('the coarser head has less than half of the triangles and lies within half a millimetre of the other', () => {
  const fine = ball();
  const coarse = coarser(fine, 6);
  assert.ok(coarse.triangles.length < fine.triangles.length / 2, `${coarse.triangles.length} of ${fine.triangles.length}`);
  for (let k = 0; k < coarse.vertices.length; k += 3) {
    const radius = Math.hypot(...coarse.vertices.subarray(k, k + 3));
    assert.ok(Math.abs(radius - 80) < 0.5, `${radius} mm`);
    const along = [0, 1, 2].reduce((sum, i) => sum + (coarse.vertices[k + i] / radius) * coarse.normals[k + i], 0);
    assert.ok(along > 0.99, `normal off by ${along}`);
  }
});

test('dots that look away are left out, and those that matter more are drawn last', () => {
  // states: deep, done, planned, striking, done looking away, skipped
  const states = [3, 1, 0, 7, 1, 5];
  const positions = new Float32Array(3 * states.length);
  const marks = Int8Array.from(states.flatMap((state, k) => [0, 0, k === 4 ? -127 : 127, state]));
  const out = new Uint32Array(states.length);
  const count = inOrder(positions, marks, [0, 0, 500], 1, out);
  assert.deepEqual(Array.from(out.subarray(0, count), (dot) => states[dot]), [0, 1, 5, 3, 7]);
});

test('thinning spares what is not as it should be', () => {
  const count = 6000;
  const marks = Int8Array.from({ length: 4 * count }, (_, k) => [0, 0, 127, Math.floor(k / 4) % 9][k % 4]);
  const out = new Uint32Array(count);
  const drawn = inOrder(new Float32Array(3 * count), marks, [0, 0, 500], 3, out);
  const by = new Array(9).fill(0);
  for (const dot of out.subarray(0, drawn)) by[marks[4 * dot + 3]] += 1;
  const all = count / 9;
  for (const quiet of [0, 1]) assert.ok(by[quiet] > 0.2 * all && by[quiet] < 0.5 * all, `${by}`);
  for (const other of [2, 3, 4, 5, 6, 7, 8]) assert.ok(Math.abs(by[other] - all) < 1, `${by}`);
});
