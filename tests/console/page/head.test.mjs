// The head in 3-D, in a browser: node --test tests/console/page/
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start } from './browser.mjs';

let there;
let page;
const run = (f, ...given) => page.evaluate(f, ...given);

before(async () => {
  there = await start();
  page = await there.open('/test/head.html');
});
after(() => there.close());

test('all runs under the page\'s policy, which is in force', async () => {
  assert.deepEqual(await run(() => window.test.violations), ['eval']);
  assert.deepEqual(page.wrong, []);
});

test('every state has its colour in its glyph and the skin around it, in both themes', async () => {
  for (const mode of ['light', 'dark']) {
    const wrong = await run(async (mode) => {
      const { head, surface, settled, colourAt, key, STATES } = window.test;
      head.setTheme({ mode });
      const places = STATES.map((_, k) => surface.hit([8 * (k % 3) - 8, 20 + 7 * Math.floor(k / 3), 300], [0, 0, -1]));
      head.setDots(new Float32Array(places.flatMap((p) => p.at)), new Float32Array(places.flatMap((p) => p.normal)));
      head.setStates(Uint8Array.from(STATES, (_, k) => k));
      head.view('top');
      for (let k = 0; k < 12; k++) key('+');
      const image = await settled();
      // Where the glyph has ink, in radii from its middle.
      const ink = { ring: [0.68, 0], diamond: [0.55, 0], slotted: [0, -0.5], target: [0.15, 0] };
      const [right] = [head.project([1, 27, 131]), head.project([0, 27, 131])];
      const pxPerMm = Math.hypot(right[0] - head.project([0, 27, 131])[0], right[1] - head.project([0, 27, 131])[1]);
      const wrong = [];
      STATES.forEach((state, k) => {
        const middle = head.project(places[k].at);
        const radius = Math.max(state.px, state.mm * pxPerMm) / 2;
        const [x, y] = ink[state.glyph] ?? [0, 0];
        const is = colourAt(image, [middle[0] + x * radius, middle[1] + y * radius]);
        const hex = mode === 'dark' ? state.colourDark : state.colourLight;
        const wanted = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
        if (Math.max(...is.map((c, i) => Math.abs(c - wanted[i]))) > 3) wrong.push([state.key, 'inside', is, wanted]);
        const beside = colourAt(image, [middle[0] + 1.7 * radius, middle[1]]);
        if (Math.max(...beside) - Math.min(...beside) > 16) wrong.push([state.key, 'beside', beside]);
      });
      return wrong;
    }, mode);
    assert.deepEqual(wrong, [], mode);
  }
});

test('dots behind the head, or behind an ear, are hidden, and seen from the other side', async () => {
  const counts = await run(async () => {
    const { head, surface, settled, difference } = window.test;
    head.setTheme({ mode: 'light' });
    const unit = (v) => v.map((c) => c / Math.hypot(...v));
    const hidden = []; // facing the eye of the front view, with something at least 5 mm in front
    const back = [];
    const eye = [0, 900, 180];
    for (let k = 0; k < surface.vertices.length; k += 3) {
      const at = Array.from(surface.vertices.subarray(k, k + 3));
      const normal = Array.from(surface.normals.subarray(k, k + 3));
      const away = at.map((c, i) => c - eye[i]);
      const facing = -normal.reduce((sum, n, i) => sum + n * unit(away)[i], 0);
      if (facing < -0.3 && back.length < 300) back.push({ at, normal });
      if (facing < 0.4 || hidden.length >= 20 || k % 2) continue;
      // The whole glyph, not just its middle, must lie behind something.
      const far = (p) => Math.hypot(...p.map((c, i) => c - eye[i]));
      const shifts = [[0, 0], [4, 0], [-4, 0], [0, 4], [0, -4]];
      const covered = shifts.every(([x, z]) => {
        const aim = [away[0] + x, away[1], away[2] + z];
        const first = surface.hit(eye, unit(aim));
        return first && far(at) - far(first.at) > 8;
      });
      if (covered) hidden.push({ at, normal });
    }
    const show = async (dots, view) => {
      head.setDots(new Float32Array(dots.flatMap((d) => d.at)), new Float32Array(dots.flatMap((d) => d.normal)));
      head.setStates(new Uint8Array(dots.length).fill(3));
      head.view(view);
      return settled();
    };
    const bare = await show([], 'front');
    const bareBack = await show([], 'back');
    return {
      occluders: hidden.length,
      back: back.length,
      behind: difference(bare, await show(back, 'front')),
      occluded: difference(bare, await show(hidden, 'front')),
      turned: difference(bareBack, await show(back, 'back')),
    };
  });
  assert.ok(counts.occluders >= 5 && counts.back === 300, JSON.stringify(counts));
  assert.equal(counts.behind, 0);
  assert.equal(counts.occluded, 0);
  assert.ok(counts.turned > 10_000, JSON.stringify(counts));
});

test('states told one by one look as states told at once, and a part drawn anew as the whole', async () => {
  const result = await run(async () => {
    const { head, settled, difference, strewn, frame, STATES } = window.test;
    const count = 4000;
    const top = strewn(count);
    head.view('top');
    const states = Uint8Array.from({ length: count }, (_, dot) => dot % STATES.length);
    head.setStates(new Uint8Array(count));
    const planned = await settled();
    const before = head.frames().partial;
    for (let dot = 0; dot < count; dot += 5) {
      const indices = [0, 1, 2, 3, 4].map((k) => dot + k).filter((d) => d < count);
      head.updateStates(indices, indices.map((d) => states[d]));
      if (dot % 100 === 0) await frame();
    }
    // The last ones close together, so that the last frame is one of a part.
    const near = Array.from({ length: 30 }, (_, k) => Math.max(0, top - 15) + k).filter((d) => d < count);
    await settled();
    head.updateStates(near, near.map(() => 7));
    await settled();
    head.updateStates(near, near.map((d) => states[d]));
    const bit = await settled();
    const partial = head.frames().partial - before;
    head.setTheme({}); // draws all
    const all = await settled();
    head.setStates(new Uint8Array(count));
    await settled();
    head.setStates(states);
    const once = await settled();
    return {
      changed: difference(planned, once),
      partVsAll: difference(bit, all),
      bitVsOnce: difference(all, once),
      partial,
    };
  });
  assert.ok(result.changed > 5000, JSON.stringify(result));
  assert.ok(result.partial > 0, 'no frame was drawn in part');
  assert.equal(result.partVsAll, 0);
  assert.equal(result.bitVsOnce, 0);
});

test('nothing is drawn while nothing changes, nothing where a message arrives, and one frame for many messages', async () => {
  const drawn = await run(async () => {
    const { head, settled, strewn, frame } = window.test;
    strewn(1000);
    await settled();
    const before = head.frames().drawn;
    for (let k = 0; k < 60; k++) await frame();
    const resting = head.frames().drawn - before;
    head.setTheme({});
    for (let k = 0; k < 1000; k++) head.updateStates([k], [7]);
    head.setTool({ at: [0, 20, 131], axis: [0, 0, -1] });
    const told = head.frames().drawn - before;
    await frame();
    await frame();
    await frame();
    const once = head.frames().drawn - before;
    head.setTool(null);
    await settled();
    return { resting, told, once };
  });
  assert.deepEqual(drawn, { resting: 0, told: 0, once: 1 });
});

test('what is not a head, a dot or a state is refused, and says what it is', async () => {
  const said = await run(() => {
    const { head, createHead, strewn } = window.test;
    strewn(10);
    const of = (f) => {
      try {
        f();
        return 'nothing';
      } catch (error) {
        return error.message;
      }
    };
    const flat = new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0]);
    return [
      of(() => head.updateStates([10], [0])),
      of(() => head.updateStates([0], [9])),
      of(() => head.setStates(new Uint8Array(9))),
      of(() => head.setDots(new Float32Array(4), new Float32Array(4))),
      of(() => head.view('below')),
      of(() => createHead(document.createElement('canvas'), { vertices: flat, triangles: new Uint32Array([0, 1, 3]) })),
    ];
  });
  assert.deepEqual(said, [
    'dot 10 of 10',
    'state 9 of dot 0',
    '9 states for 10 dots',
    '4 coordinates of dots and 4 of normals',
    'there is no view below',
    'corner 2 is vertex 3 of 3',
  ]);
});

test('keys choose the view, turn and zoom; other keys are left to the page', async () => {
  const seen = await run(async () => {
    const { head, key, settled, canvas } = window.test;
    const ear = () => head.project([75, 0, 0]);
    const nose = () => head.project([0, 110, 0]);
    const at = {};
    for (const [digit, name] of ['top', 'front', 'left', 'right', 'back'].entries()) {
      at[name] = { taken: !key(String(digit + 1)), ear: ear(), nose: nose() };
    }
    key('2');
    const before = ear();
    key('ArrowRight');
    const turned = ear();
    key('2');
    key('+');
    const zoomed = ear();
    const left = key('Enter');
    await settled();
    return { at, before, turned, zoomed, left, middle: canvas.clientWidth / 2, focusable: canvas.tabIndex };
  });
  const { at, middle } = seen;
  assert.ok(Object.values(at).every(({ taken }) => taken));
  assert.ok(at.top.ear[0] > middle && at.top.nose[1] < 400, 'from above: the right ear at the right, the nose up');
  assert.ok(at.front.ear[0] < middle, 'face to face: the client\'s right ear at the left');
  assert.ok(at.back.ear[0] > middle, 'from behind: at the right');
  assert.ok(at.left.nose[0] < middle && at.right.nose[0] > middle, 'the nose in profile');
  assert.notDeepEqual(seen.turned, seen.before);
  assert.ok(seen.zoomed[0] < seen.before[0], 'nearer: further from the middle');
  assert.equal(seen.left, true);
  assert.equal(seen.focusable, 0);
});

test('without WebGL it says so, and leaves the canvas alone', async () => {
  const said = await run(() => {
    const canvas = document.createElement('canvas');
    canvas.getContext = () => null;
    try {
      window.test.createHead(canvas, window.test.mesh);
      return 'nothing';
    } catch (error) {
      return [error.code, canvas.hasAttribute('tabindex')];
    }
  });
  assert.deepEqual(said, ['no-webgl', false]);
});

test('a context that is lost and comes back shows the same picture', async () => {
  const differ = await run(async () => {
    const { canvas, settled, difference, strewn, head, frame } = window.test;
    strewn(2000);
    head.view('top');
    const before = await settled();
    const loss = canvas.getContext('webgl2').getExtension('WEBGL_lose_context');
    const lost = new Promise((resolve) => canvas.addEventListener('webglcontextlost', resolve, { once: true }));
    const back = new Promise((resolve) => canvas.addEventListener('webglcontextrestored', resolve, { once: true }));
    loss.loseContext();
    await lost;
    head.updateStates([0], [7]);
    head.updateStates([0], [1]);
    await frame();
    loss.restoreContext();
    await back;
    head.setStates(window.test.lastStates);
    return difference(before, await settled());
  });
  assert.equal(differ, 0);
});

test('after dispose nothing is drawn and no event is heard', async () => {
  const after = await run(async () => {
    const { createHead, mesh, frame } = window.test;
    const canvas = document.createElement('canvas');
    canvas.style.cssText = 'position: fixed; left: 0; top: 0; width: 100px; height: 100px';
    document.body.append(canvas);
    const head = createHead(canvas, mesh);
    await frame();
    await frame();
    const drawn = head.frames().drawn;
    head.dispose();
    canvas.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }));
    canvas.style.width = '200px';
    for (let k = 0; k < 30; k++) await frame();
    canvas.remove();
    return { drawn, more: head.frames().drawn - drawn };
  });
  assert.ok(after.drawn > 0);
  assert.equal(after.more, 0);
});

test('on the canvas of a head that is gone another one looks as the first did', async () => {
  const differ = await run(async () => {
    const { createHead, mesh, frame, difference, surface } = window.test;
    const canvas = document.createElement('canvas');
    canvas.style.cssText = 'position: fixed; left: 0; top: 0; width: 300px; height: 300px';
    document.body.append(canvas);
    const place = surface.hit([0, 0, 300], [0, 0, -1]);
    const show = async () => {
      const head = createHead(canvas, mesh);
      head.setDots(new Float32Array(place.at), new Float32Array(place.normal));
      head.view('top');
      for (let k = 0; k < 4; k++) await frame();
      head.updateStates([0], [7]); // drawn in part
      for (let k = 0; k < 4; k++) await frame();
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
      copy.drawImage(canvas, 0, 0);
      const drawn = head.frames();
      head.dispose();
      return { image: copy.getImageData(0, 0, canvas.width, canvas.height), ...drawn };
    };
    const [first, second] = [await show(), await show()];
    canvas.remove();
    const colours = new Set(new Uint32Array(first.image.data.buffer)).size;
    return { colours, partial: first.partial, differ: difference(first.image, second.image) };
  });
  assert.ok(differ.colours > 50 && differ.partial === 1, JSON.stringify(differ));
  assert.equal(differ.differ, 0);
});
