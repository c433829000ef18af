// How soon Pause and Stop reach the run, from the key pressed in the browser: measured and printed, not judged by the clock.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { clinic, device, leave, serve, smp } from './clinic.mjs';
import { fake } from './fake.mjs';
import { PATIENCE, isWell, launch, open, resume, stage, toRun } from './page.mjs';
import { relay } from './relay.mjs';

const PRESSES = 20;
const RETRACT = 0x84;

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** In the page: when a key went down, and when the console said that the run is paused. */
function noting() {
  const now = () => Date.now();
  window.noted = { key: 0, paused: 0 };
  addEventListener('keydown', () => { window.noted = { key: now(), paused: 0 }; }, true);
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({ data }) => {
        if (!window.noted.paused && data.includes('"stage":"paused"')) window.noted.paused = now();
      });
    }
  };
}
const noted = (page) => page.evaluate(() => window.noted);

function histogram(t, name, all) {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))].toFixed(0);
  t.diagnostic(`${name}: ${all.length} presses, p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, most ${sorted.at(-1).toFixed(0)} ms`);
  for (let from = Math.floor(sorted[0] / 20) * 20; from <= sorted.at(-1); from += 20) {
    const count = sorted.filter((ms) => ms >= from && ms < from + 20).length;
    if (count > 0) t.diagnostic(`  ${String(from).padStart(5)} ms ${'*'.repeat(count)}`);
  }
}

test('every press reaches the run that the page shows', async (t) => {
  const dir = clinic(60);
  await smp(dir, 'plan', 'designs/round/round.toml', '--scalp', 'scalps/light', '--machine', 'gantry6', '--out', 'small.plan');
  const run = await fake(dir, join(dir, 'small.plan'), 60);
  const console = await serve(dir);
  const page = await open(browser, console.watcher, await browser.createBrowserContext(), noting);
  t.after(async () => {
    run.close();
    await page.close();
    await console.stop();
    leave(dir);
  });
  await stage(page, 'running');
  // Twenty changes a second come meanwhile, as of a real run.
  const beat = setInterval(() => run.tell({ look: { at_s: performance.now() / 1000 } }), 50);
  t.after(() => clearInterval(beat));
  // A stop goes both ways, by the socket and by a request of its own: what counts is the first to come.
  for (const [name, keys, ways] of [['pause', ['Space'], 1], ['stop', ['Shift', 'Space'], 2]]) {
    const took = [];
    for (let press = 0; press < PRESSES; press += 1) {
      const before = run.asked.length;
      const arrived = () => run.asked.slice(before).filter((line) => line.what.do === name);
      if (keys.length > 1) await page.keyboard.down(keys[0]);
      await page.keyboard.press(keys.at(-1));
      if (keys.length > 1) await page.keyboard.up(keys[0]);
      for (const end = Date.now() + PATIENCE.timeout; arrived().length < ways && Date.now() < end;) await page.evaluate(() => 0);
      assert.equal(arrived().length, ways, `${name}, press ${press}`);
      took.push(arrived()[0].at - (await noted(page)).key);
      // No finger is quicker, and a page that says more than 40 things in a second is cut off by the console.
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    }
    histogram(t, `from the key for ${name} to the run's socket`, took);
  }
  isWell(page);
});

test('every press of the space key pauses a run on a device, and a stop is on the wire', async (t) => {
  const dir = clinic(300);
  const [sim, console] = await Promise.all([device(dir), serve(dir)]);
  const wire = await relay(sim.number);
  const page = await open(browser, console.operator, browser, noting);
  t.after(async () => {
    wire.close();
    await page.close();
    await console.stop();
    leave(dir);
  });
  await toRun(page, `tcp:127.0.0.1:${wire.port}`);
  const took = [];
  for (let press = 0; press < PRESSES; press += 1) {
    await resume(page);
    await page.keyboard.press('Space');
    await stage(page, 'paused');
    const { key, paused } = await noted(page);
    took.push(paused - key);
  }
  histogram(t, 'from the space key to the word that the run is paused; a strike under way ends first', took);
  await resume(page);
  const said = wire.hears(RETRACT);
  await page.keyboard.down('Shift');
  await page.keyboard.press('Space');
  await page.keyboard.up('Shift');
  const { key } = await noted(page);
  t.diagnostic(`from the stop key to the stop byte on the device's wire: ${((await said) - key).toFixed(0)} ms`);
  await stage(page, 'stopped');
  isWell(page);
});
