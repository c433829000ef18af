// Anchors, moved by mouse, finger, pen and keys, in a browser: node --test tests/console/page/
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { start } from './browser.mjs';

let there;
let page;
let cdp;
const run = (f, ...given) => page.evaluate(f, ...given);

before(async () => {
  there = await start();
  page = await there.open('/test/head.html');
  cdp = await page.createCDPSession();
});
after(() => there.close());

/** One anchor on the crown, seen from above. */
beforeEach(() => run(async () => {
  const { head, surface, told, settled } = window.test;
  head.view('top');
  const place = surface.hit([0, 0, 300], [0, 0, -1]);
  head.setAnchors([]);
  head.setAnchors([{ id: 'a', at: place.at, normal: place.normal, rotationDeg: 0, label: 'Crown' }]);
  await settled();
  told.length = 0;
}));

/** What was told, with how far each place is off the skin, and where it lies on the screen. */
const heard = () => run(async () => {
  await window.test.settled();
  return window.test.told.map(([what, it]) => ({
    what,
    ...it,
    off: it.at && window.test.offMesh(it.at),
    px: it.at && window.test.head.project(it.at),
  }));
});
const middle = () => run(() => window.test.head.project(window.test.surface.hit([0, 0, 300], [0, 0, -1]).at));
const ear = () => run(() => window.test.head.project([75, 0, 0]));

/** Moves by each kind of pointer: press, go by steps, let go. */
const pointers = {
  async mouse(path) {
    await page.mouse.move(...path[0]);
    await page.mouse.down();
    for (const px of path.slice(1)) await page.mouse.move(...px);
    await page.mouse.up();
  },
  async finger(path) {
    const point = ([x, y]) => ({ touchPoints: [{ x, y, id: 1 }] });
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', ...point(path[0]) });
    for (const px of path.slice(1)) await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', ...point(px) });
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  },
  async pen(path) {
    const send = (type, [x, y], buttons) => cdp.send('Input.dispatchMouseEvent', {
      type, x, y, button: 'left', buttons, clickCount: 1, pointerType: 'pen',
    });
    await send('mousePressed', path[0], 1);
    for (const px of path.slice(1)) await send('mouseMoved', px, 1);
    await send('mouseReleased', path.at(-1), 0);
  },
};
const line = ([x, y], [dx, dy], steps) => Array.from({ length: steps + 1 }, (_, k) => [x + (k * dx) / steps, y + (k * dy) / steps]);

for (const [name, move] of Object.entries(pointers)) {
  test(`an anchor dragged by ${name} stays on the skin under the pointer, and the head does not turn`, async () => {
    const from = await middle();
    const turned = await ear();
    const to = [from[0] + 120, from[1] + 90];
    await move(line(from, [120, 90], 12));
    const told = await heard();
    const end = told.at(-1);
    assert.ok(told.every(({ what }) => what === 'drag') && told.length >= 2, JSON.stringify(told.map((t) => t.what)));
    assert.deepEqual(told.map(({ done }) => done), [...told.slice(1).map(() => false), true]);
    for (const { off, normal } of told) {
      assert.ok(off < 0.01, `${off} mm off the skin`);
      assert.ok(Math.abs(Math.hypot(...normal) - 1) < 1e-6);
    }
    assert.ok(Math.hypot(end.px[0] - to[0], end.px[1] - to[1]) < 1, `at ${end.px}, not ${to}`);
    assert.deepEqual(await ear(), turned);
  });
}

test('a pointer beside the anchor turns the head and moves no anchor', async () => {
  const turned = await ear();
  const from = await middle();
  await pointers.mouse(line([from[0] + 150, from[1] + 20], [60, 0], 5));
  assert.deepEqual(await heard(), []);
  assert.notDeepEqual(await ear(), turned);
});

test('an anchor dragged off the head waits on its rim', async () => {
  const from = await middle();
  await pointers.mouse(line(from, [560, 0], 14));
  const told = await heard();
  assert.ok(told.at(-1).done);
  assert.ok(told.at(-1).off < 0.01);
  assert.ok(told.at(-1).at[0] > 30, `at ${told.at(-1).at}`);
});

test('the knob turns the anchor, counter-clockwise for more degrees', async () => {
  const from = await middle();
  // The knob is 38 pixels towards the forehead, which is up the screen; to the client's left is 90 degrees.
  const path = Array.from({ length: 10 }, (_, k) => {
    const angle = (k / 9) * (Math.PI / 2);
    return [from[0] - 38 * Math.sin(angle), from[1] - 38 * Math.cos(angle)];
  });
  await pointers.mouse(path);
  const told = await heard();
  assert.ok(told.every(({ what }) => what === 'turn') && told.length >= 2, JSON.stringify(told));
  assert.ok(told.at(-1).done);
  assert.ok(Math.abs(told.at(-1).rotationDeg - 90) < 4, `${told.at(-1).rotationDeg} degrees`);
});

test('a drag that the system takes away puts the anchor back', async () => {
  const from = await middle();
  const point = ([x, y]) => ({ touchPoints: [{ x, y, id: 1 }] });
  const before = await run(() => window.test.surface.hit([0, 0, 300], [0, 0, -1]).at);
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', ...point(from) });
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', ...point([from[0] + 80, from[1]]) });
  await run(() => window.test.settled());
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchCancel', touchPoints: [] });
  const told = await heard();
  assert.ok(told.length >= 2 && !told[0].done && told[0].at[0] > 10, JSON.stringify(told));
  assert.ok(told.at(-1).done);
  assert.deepEqual(told.at(-1).at, before);
});

test('what the page says meanwhile does not tear the anchor from the hand', async () => {
  const from = await middle();
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(from[0] + 60, from[1]);
  const moved = await run(async () => {
    const { head, surface, settled, difference } = window.test;
    const before = await settled();
    const { at, normal } = surface.hit([0, 0, 300], [0, 0, -1]);
    head.setAnchors([{ id: 'a', at, normal, rotationDeg: 0, label: 'Crown', selected: true }]);
    return difference(before, await settled());
  });
  assert.equal(moved, 0);
  await page.mouse.up();
  const told = await heard();
  const to = [from[0] + 60, from[1]];
  assert.ok(Math.hypot(told.at(-1).px[0] - to[0], told.at(-1).px[1] - to[1]) < 1, `at ${told.at(-1).px}`);
});

test('nudge goes that far over the skin to the right and to the forehead, turn adds degrees', async () => {
  const seen = await run(() => {
    const { head, surface, offMesh } = window.test;
    const { at } = surface.hit([0, 0, 300], [0, 0, -1]);
    const right = head.nudge('a', 4, 0);
    const forward = head.nudge('a', 0, 4);
    return {
      at, right, forward, off: [right, forward].map((p) => offMesh(p.at)),
      turned: [head.turn('a', 200), head.turn('a', -30)],
      nobody: [head.nudge('b', 1, 0), head.turn('b', 1)],
    };
  });
  const step = (from, to) => Math.hypot(...to.map((c, k) => c - from[k]));
  assert.ok(seen.right.at[0] - seen.at[0] > 3.5 && Math.abs(step(seen.at, seen.right.at) - 4) < 0.4);
  assert.ok(seen.forward.at[1] - seen.right.at[1] > 3.5 && Math.abs(step(seen.right.at, seen.forward.at) - 4) < 0.4);
  assert.ok(seen.off.every((off) => off < 0.01));
  assert.deepEqual(seen.turned, [-160, 170]);
  assert.deepEqual(seen.nobody, [null, null]);
  const told = await heard();
  assert.deepEqual(told.map(({ what, done }) => [what, done]), [['drag', true], ['drag', true], ['turn', true], ['turn', true]]);
});

test('no complaint of the browser', () => assert.deepEqual(page.wrong, []));
