// Live charts, and Preact under the policy, in a browser: node --test tests/console/page/
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start } from './browser.mjs';

let there;
let page;
const run = (f, ...given) => page.evaluate(f, ...given);

before(async () => {
  there = await start({ width: 700, height: 460 });
  page = await there.open('/test/charts.html');
});
after(() => there.close());

test('push draws nothing itself, and many values are one drawing', async () => {
  const drawn = await run(async () => {
    const { depth, drawnAfter } = window.test;
    await drawnAfter(depth, () => depth.push(0, [1.7]));
    const before = depth.frames();
    for (let dot = 1; dot < 500; dot++) depth.push(dot, [1.7]);
    const told = depth.frames() - before;
    await drawnAfter(depth, () => {});
    return { told, then: depth.frames() - before };
  });
  assert.deepEqual(drawn, { told: 0, then: 1 });
});

test('however much comes, no more drawings than fifths of a second have gone by', async () => {
  const seen = await run(async () => {
    const { force, frame } = window.test;
    const [before, began] = [force.frames(), performance.now()];
    for (let k = 0; force.frames() < before + 6; k++) {
      force.push(k / 60, [1, 0]);
      await frame();
    }
    return { drawn: force.frames() - before, fifths: (performance.now() - began) / 200 };
  });
  assert.ok(seen.drawn <= Math.floor(seen.fifths) + 1, JSON.stringify(seen));
});

test('the words say the last value, the band and the ceiling, and stand on the element', async () => {
  const said = await run(async () => {
    const { make, drawnAfter } = window.test;
    const { strip, element } = make({
      title: 'depth', unit: 'mm', series: [{ label: 'depth', points: true }], band: [1.5, 2], last: 100,
    });
    const first = strip.summary();
    await drawnAfter(strip, () => strip.push(1, [1.744]));
    const second = [strip.summary(), element.getAttribute('aria-label'), element.getAttribute('role')];
    await drawnAfter(strip, () => strip.push(2, [NaN]));
    strip.setLimits({ band: [1.25, 1.75], ceiling: 2.2 });
    const third = strip.summary();
    strip.dispose();
    return [first, ...second, third];
  });
  assert.deepEqual(said, [
    'depth: no value yet, band 1.50 to 2.00',
    'depth: last 1.74 mm, band 1.50 to 2.00',
    'depth: last 1.74 mm, band 1.50 to 2.00',
    'img',
    'depth: last 1.74 mm, band 1.25 to 1.75, ceiling 2.20',
  ]);
});

test('band, ceiling and points are drawn where their values are, and a point outside the band is marked', async () => {
  const seen = await run(async () => {
    const { make, drawnAfter, themes } = window.test;
    const { strip, element } = make({
      title: 'depth', unit: 'mm', series: [{ label: 'depth', points: true, colour: '#0072b2' }], band: [1, 2],
      ceiling: 3, range: [0, 4], last: 4,
    });
    await drawnAfter(strip, () => strip.setAll([0, 1, 2, 3, 4], [[1.5, 1.5, 2.5, 1.5, 1.5]]));
    const canvas = element.querySelector('canvas');
    const over = element.querySelector('.u-over');
    const context = canvas.getContext('2d');
    const box = { x: over.offsetLeft, y: over.offsetTop, w: over.offsetWidth, h: over.offsetHeight };
    const at = (x, value) => {
      const px = [box.x + (x / 4) * box.w, box.y + (1 - value / 4) * box.h];
      const data = context.getImageData(...px.map((p) => Math.round(p * devicePixelRatio)), 1, 1).data;
      return '#' + Array.from(data.slice(0, 3), (c) => c.toString(16).padStart(2, '0')).join('') + (data[3] ? '' : ' none');
    };
    // Along the ceiling some pixels lie between its dashes.
    const line = Array.from({ length: 20 }, (_, k) => at(0.2 + 0.02 * k, 3));
    const colours = {
      point: at(1, 1.5), band: at(0.3, 1.2), outside: at(2, 2.5), ceiling: line.includes(themes.light.ceiling),
      above: at(0.3, 3.7),
    };
    strip.dispose();
    return { ...colours, wanted: themes.light.band };
  });
  assert.equal(seen.point, '#0072b2');
  assert.equal(seen.band, seen.wanted);
  assert.equal(seen.outside, '#c84f00', 'the colour of a deep dot');
  assert.ok(seen.ceiling);
  assert.equal(seen.above, '#000000 none');
});

test('what is older than the window goes, a clock that goes back begins anew, and odd columns are refused', async () => {
  const said = await run(() => {
    const { Window } = window.test;
    const rows = new Window(2, 60, 4000);
    for (let k = 0; k < 100_000; k++) rows.push(k / 10, [k, null]);
    const kept = rows.length;
    const oldest = rows.columns[0][0];
    rows.push(5, [1, 2]);
    const anew = rows.length;
    const dense = new Window(1, 60, 4000);
    for (let k = 0; k < 100_000; k++) dense.push(k * 1e-4, [k]);
    const message = (f) => {
      try {
        f();
        return 'nothing';
      } catch (error) {
        return error.message;
      }
    };
    return {
      kept, oldest, anew, last: rows.last(1), dense: dense.length,
      refused: [message(() => rows.push(6, [1])), message(() => rows.push(NaN, [1, 2])), message(() => rows.setAll([1], [[1], []]))],
    };
  });
  assert.ok(said.kept >= 600 && said.kept < 1200, `${said.kept} rows`);
  assert.ok(said.oldest <= 9999.9 - 60 && said.dense <= 4600, JSON.stringify(said));
  assert.equal(said.anew, 1);
  assert.equal(said.last, 2);
  assert.deepEqual(said.refused, ['1 values for 2 series', 'a value at NaN', 'columns of different lengths']);
});

test('a chart takes the size of its element, and after dispose draws no more', async () => {
  const seen = await run(async () => {
    const { make, drawnAfter, frame } = window.test;
    const { strip, element } = make({ title: 'height', unit: 'mm', series: [{ label: 'height' }] });
    await drawnAfter(strip, () => strip.push(0, [1]));
    element.style.width = '400px';
    for (let k = 0; k < 10; k++) await frame();
    const width = element.querySelector('canvas').width / devicePixelRatio;
    strip.dispose();
    const drawn = strip.frames();
    strip.push(1, [2]);
    for (let k = 0; k < 30; k++) await frame();
    return { width, more: strip.frames() - drawn, left: element.childElementCount };
  });
  assert.deepEqual(seen, { width: 400, more: 0, left: 0 });
});

test('Preact, htm and signals run under the policy', async () => {
  const seen = await run(async () => {
    const { mount, frame } = window.test;
    const element = document.createElement('div');
    document.body.append(element);
    const count = mount(element);
    const before = element.textContent;
    count.value = 21;
    await frame();
    await frame();
    return [before, element.textContent];
  });
  assert.deepEqual(seen, ['2', '42']);
});

test('no complaint of the browser', async () => {
  assert.deepEqual(page.wrong, []);
  assert.deepEqual(await run(() => window.test.violations), []);
});
