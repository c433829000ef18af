// That everybody can use the page: axe-core on every step, themes and languages; by keyboard alone; on small and large screens.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { axeScript } from '../chromium.mjs';
import { clinic, device, leave, newestRun, serve, smp } from './clinic.mjs';
import { fake } from './fake.mjs';
import {
  begin, confirm, connect, isWell, launch, open, picture, plan, register, resume, struck, take, toDesign, until,
} from './page.mjs';

const axe = axeScript();
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** Barriers that are serious or worse, each with the first place where it stands. */
async function barriers(page) {
  return page.evaluate(async (script) => {
    // The page's policy lets no script in but its own: this one comes by the browser's back door, once.
    if (!window.axe) (0, eval)(script); // eslint-disable-line no-eval
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.filter((one) => ['serious', 'critical'].includes(one.impact))
      .map((one) => `${one.id}: ${one.nodes.length} times, ${one.nodes[0].html.slice(0, 160)}; ${one.nodes[0].any[0]?.message ?? ''}`);
  }, axe);
}

/** Looks at a page in both themes and languages; back to what it was. */
async function look(page, name, found) {
  for (const language of ['en', 'de']) {
    await page.select('#language', language);
    await until(page, (wanted) => document.documentElement.lang === wanted, language);
    for (const theme of ['dark', 'light']) {
      const now = () => page.$eval('html', (html) => html.dataset.theme);
      if ((await now()) !== theme) await page.$eval('.settings button', (button) => button.click());
      await until(page, (wanted) => document.documentElement.dataset.theme === wanted, theme);
      for (const barrier of await barriers(page)) found.push(`${name}, ${language}, ${theme}: ${barrier}`);
      if (language === 'de' && theme === 'dark') await picture(page, `70-${name}-${language}-${theme}`);
    }
  }
  await page.select('#language', 'en');
  await until(page, () => document.documentElement.lang === 'en');
}

/** Whatever can be pressed and is smaller than a finger; links in text are text. */
const small = (page) => page.evaluate(() => [...document.querySelectorAll('button, select, input, summary, a.go')]
  .filter((element) => element.offsetParent !== null)
  .map((element) => ({ element, box: (element.closest('label') ?? element).getBoundingClientRect() }))
  .filter(({ box }) => box.width < 44 || box.height < 44)
  .map(({ element, box }) => `${element.outerHTML.slice(0, 100)}: ${box.width.toFixed(0)}x${box.height.toFixed(0)}`));

test('no step of the page has a serious barrier, light or dark, English or German', async (t) => {
  const dir = clinic(60);
  const [sim, console] = await Promise.all([device(dir), serve(dir)]);
  const page = await open(browser, console.operator);
  await page.setBypassCSP(true);
  await page.reload();
  t.after(async () => {
    await page.close();
    await console.stop();
    leave(dir);
  });
  const found = [];
  const tiny = new Set();
  const at = async (name) => {
    await look(page, name, found);
    for (const one of await small(page)) tiny.add(one);
  };
  await page.waitForSelector('#take');
  await at('client');
  await toDesign(page);
  await at('design');
  await page.click('nav li:nth-child(2) button');
  await page.waitForSelector('.outcome canvas');
  await at('scalp');
  await page.click('nav li:nth-child(3) button');
  await page.waitForSelector('.parts fieldset');
  await plan(page);
  await page.click('nav li:nth-child(4) button');
  await page.waitForSelector('.outcome canvas');
  await at('plan');
  await page.click('nav li:nth-child(5) button');
  await connect(page, sim.port);
  await page.click('nav li:nth-child(5) button');
  await page.waitForSelector('table');
  await at('machine');
  await page.click('nav li:nth-child(6) button');
  await page.click('#how-touches');
  await at('registration');
  await register(page, 'fixed');
  await page.waitForSelector('#begin');
  await at('preflight');
  await confirm(page);
  await begin(page);
  await at('paused');
  await resume(page);
  await struck(page, 3);
  await at('running');
  await page.waitForSelector('#report');
  await at('report-step');
  await page.goto(`http://127.0.0.1:${console.port}/report/report.html`);
  found.push(...(await barriers(page)).map((barrier) => `the report: ${barrier}`));
  for (const [name, path] of [['not let in', '/login/0']]) {
    await page.goto(`http://127.0.0.1:${console.port}${path}`);
    found.push(...(await barriers(page)).map((barrier) => `${name}: ${barrier}`));
  }
  assert.ok(newestRun(dir));
  assert.deepEqual([...tiny], []);
  assert.deepEqual(found, []);
});

/** A page that shows a run of a test's own making. */
async function watched(t) {
  const dir = clinic(60);
  await smp(dir, 'plan', 'designs/round/round.toml', '--scalp', 'scalps/light', '--machine', 'gantry6', '--out', 'small.plan');
  const run = await fake(dir, join(dir, 'small.plan'), 60);
  const console = await serve(dir);
  const page = await open(browser, console.operator);
  await page.setBypassCSP(true);
  await page.reload();
  t.after(async () => {
    run.close();
    await page.close();
    await console.stop();
    leave(dir);
  });
  await page.waitForSelector('.run canvas');
  await take(page);
  return { page, run };
}

/** Alarms of all three priorities, each while the other is there. */
const ALARMS = { e_stop: true, is_enabled: false, uncertain: 2, strikes: 95, strikes_most: 100, stage: 'paused' };

test('alarms of all priorities stand out, without a barrier, and nothing hides Pause and Stop on any screen', async (t) => {
  const { page, run } = await watched(t);
  run.tell({ look: { ...ALARMS, done: 20 }, marks: Array.from({ length: 20 }, (_, k) => [k, 1 + (k % 2)]), notes: [
    { at_s: 1, level: 'warning', text: 'The needle waits.' }, { at_s: 2, level: 'alarm', text: 'The emergency stop is pressed.' },
  ] });
  await page.waitForSelector('.alarm.low');
  assert.deepEqual(await page.$$eval('article.alarm', (all) => all.map((one) => one.className)), ['alarm high sounding', 'alarm medium sounding', 'alarm low sounding']);
  const found = [];
  await look(page, 'alarms', found);
  assert.deepEqual(found, []);
  await picture(page, '71-alarms');
  const SCREENS = [['1280x800', 1280, 800, 1], ['2160p', 3840, 2160, 1], ['200-percent', 640, 400, 2], ['tablet', 800, 1280, 1]];
  for (const language of ['en', 'de']) {
    await page.select('#language', language);
    await until(page, (wanted) => document.documentElement.lang === wanted, language);
    for (const [name, width, height, deviceScaleFactor] of SCREENS) {
      await page.setViewport({ width, height, deviceScaleFactor });
      for (const step of [1, 3, 6, 7, 8]) {
        await page.evaluate(() => scrollTo(0, 0));
        await page.click(`nav li:nth-child(${step}) button`);
        await page.waitForSelector(`nav li:nth-child(${step}) button[aria-current]`);
        const seen = await page.evaluate(() => {
          const root = document.documentElement;
          scrollTo(0, root.scrollHeight);
          const buttons = ['pause', 'stop'].map((id) => {
            const { x, y, width, height } = document.getElementById(id).getBoundingClientRect();
            const inside = x >= 0 && y >= 0 && x + width <= innerWidth && y + height <= innerHeight;
            return inside && document.getElementById(id).contains(document.elementFromPoint(x + width / 2, y + height / 2));
          });
          return { wide: root.scrollWidth - innerWidth, buttons };
        });
        assert.deepEqual(seen, { wide: Math.min(seen.wide, 0), buttons: [true, true] }, `${name}, ${language}, step ${step}`);
      }
      await page.evaluate(() => scrollTo(0, 0));
      await picture(page, `72-${name}-${language}`);
      assert.deepEqual(await small(page), [], name);
    }
    await page.setViewport({ width: 1280, height: 800 });
  }
  isWell(page);
});

test('with less motion wished for, nothing flashes and nothing turns', async (t) => {
  const { page, run } = await watched(t);
  run.tell({ look: ALARMS });
  await page.waitForSelector('.alarm.high.sounding');
  const moves = () => page.evaluate(() => document.getAnimations().length);
  assert.ok((await moves()) > 0);
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  assert.equal(await moves(), 0);
});
