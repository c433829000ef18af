// Whole sessions on the page, against a simulated device: what the page shows is what the folder has.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { clinic, device, leave, logOf, newestRun, runsIn, serve } from './clinic.mjs';
import {
  PATIENCE, begin, confirm, connect, done, isWell, launch, open, picture, plan, register, resume, stage, struck, textOf, toDesign, toRun,
  until,
} from './page.mjs';
import { relay } from './relay.mjs';
import { touches } from './touches.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** A clinic with a device and a console for one test. */
async function there(t, dots, scenario) {
  const dir = clinic(dots);
  const [sim, console] = await Promise.all([device(dir, scenario), serve(dir)]);
  const page = await open(browser, console.operator);
  t.after(async () => {
    if (!t.passed) await picture(page, `failed-${t.name.slice(0, 40).replaceAll(/\W+/g, '-')}`).catch(() => {});
    await page.close();
    await console.stop();
    leave(dir);
  });
  return { dir, sim, console, page };
}

const reportOf = (dir) => JSON.parse(readFileSync(join(newestRun(dir), 'report.json'), 'utf8'));
/** Counts of the legend, by their names in English. */
const legend = (page) => page.$$eval('.legend li', (rows) => Object.fromEntries(rows.map((row) => {
  const count = row.querySelector('b').textContent;
  return [row.textContent.replace(count, '').trim(), Number(count)];
})));

/** Drags the first part over the head. */
async function drag(page) {
  const [x, y] = await page.evaluate(async () => {
    const canvas = document.querySelector('.scene canvas');
    const box = canvas.getBoundingClientRect();
    const wanted = { scalp: { name: 'light', own: true }, design: { name: 'round', own: true, placed: [] }, drag: null };
    const answer = await fetch('/api/preview', { method: 'POST', body: JSON.stringify(wanted) });
    const bytes = await answer.arrayBuffer();
    const length = new DataView(bytes).getUint32(0, true);
    const told = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
    const at = canvas.head.project(told.parts[0].point);
    return [box.x + at[0], box.y + at[1]];
  });
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 30, y - 14, { steps: 6 });
  await page.mouse.up();
}

test('a session from the client to the report, registered by touches, shows what the folder has', async (t) => {
  const { dir, sim, page } = await there(t, 300);
  await picture(page, '01-client');
  await toDesign(page);
  await picture(page, '02-design');
  const before = await textOf(page, '.parts fieldset p');
  await drag(page);
  await until(page, (was) => document.querySelector('.parts fieldset p').textContent !== was, before);
  await picture(page, '03-dragged');
  const lies = await textOf(page, '.parts fieldset p');
  await plan(page);
  await picture(page, '04-machine');
  await connect(page, sim.port);
  await register(page, 'touches', touches());
  await confirm(page);
  await picture(page, '05-preflight');
  await begin(page);
  await picture(page, '06-begun');
  assert.equal(await done(page), 0);
  await resume(page);
  await struck(page, 60);
  await picture(page, '07-running');
  await page.keyboard.press('Space');
  await stage(page, 'paused');
  const paused = await done(page);
  await picture(page, '08-paused');
  await resume(page);
  await struck(page, paused + 5);
  await page.waitForSelector('#report');
  await picture(page, '09-report-step');
  await isTrue(t, page, dir, sim, 'finished');
  await picture(page, '10-run-over');
  await page.click('nav li:nth-child(9) button');
  await page.waitForSelector('#report');
  const report = await pageOf(page, '#report');
  await picture(report, '11-report');
  const { dots_struck: count } = reportOf(dir);
  assert.ok((await report.evaluate(() => document.body.innerText)).includes(String(count)));
  await report.close();
  isWell(page);
});

/** What a link opens in a page of its own. */
async function pageOf(page, selector) {
  const opened = new Promise((resolve) => page.once('popup', resolve));
  await page.click(selector);
  const other = await opened;
  await other.waitForSelector('h1');
  return other;
}

/** What the page counts, what the report counts, and what the device has truly struck are the same. */
async function isTrue(t, page, dir, sim, state) {
  await page.click('nav li:nth-child(8) button');
  await page.waitForSelector('.legend');
  const counts = await legend(page);
  const shown = await done(page);
  const truth = (await sim.stop()).filter((row) => row.dot !== '');
  t.diagnostic(JSON.stringify({ shown, strikes: truth.length, ...counts }));
  assert.equal(new Set(truth.map((row) => row.dot)).size, truth.length, 'a dot was struck twice');
  const struckAs = ['in the band', 'shallow', 'deep', 'depth unknown'];
  assert.equal(struckAs.reduce((sum, name) => sum + counts[name], 0), shown);
  assert.equal(counts['under the tool'], 0);
  // Of one dot nobody can say, until its ledger is read: the one under the tool when the run's process went.
  const open = counts.uncertain;
  assert.ok(shown <= truth.length && truth.length <= shown + open, `${shown} shown, ${truth.length} struck`);
  if (!state) return;
  const report = reportOf(dir);
  assert.deepEqual(
    { state: report.state, struck: report.dots_struck, uncertain: report.dots_uncertain, planned: report.dots_planned },
    { state, struck: shown, uncertain: counts.uncertain, planned: Object.values(counts).reduce((a, b) => a + b) },
  );
}

const alarm = (page, condition) => page.waitForSelector(`.alarm[data-condition="${condition}"]`);

test('a stop ends the run at once, and the report has what was struck', async (t) => {
  const { dir, sim, page } = await there(t, 60);
  await toRun(page, sim.port);
  await resume(page);
  await struck(page, 10);
  await page.click('#stop');
  await stage(page, 'stopped');
  await picture(page, '20-stopped');
  await page.waitForSelector('#report');
  await picture(page, '21-stopped-report');
  await isTrue(t, page, dir, sim, 'stopped');
  isWell(page);
});

test('a run whose process is killed is an alarm of high priority that stays when it is acknowledged', async (t) => {
  const { dir, sim, page } = await there(t, 60);
  await toRun(page, sim.port);
  await resume(page);
  await struck(page, 5);
  const [run] = runsIn(dir);
  process.kill(run, 'SIGKILL');
  await alarm(page, 'run_lost');
  await picture(page, '30-run-lost');
  assert.match(await page.$eval('.alarm[data-condition="run_lost"]', (a) => a.className), /high sounding/);
  await page.click('.alarm .acknowledge');
  await page.waitForSelector('.alarm.seen[data-condition="run_lost"]');
  await picture(page, '31-acknowledged');
  const isSeen = ({ what: { alarm: one } }) => one?.condition === 'run_lost' && one.turn.acknowledged !== undefined;
  // It is written down by another thread than the one that tells the page.
  for (const end = Date.now() + PATIENCE.timeout; !logOf(dir).some(isSeen);) {
    assert.ok(Date.now() < end, 'that it was seen is written down');
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await isTrue(t, page, dir, sim);
  isWell(page);
});

test('a device that retracts ends the run with an alarm, which is told in the language of the page', async (t) => {
  const { dir, sim, page } = await there(t, 60);
  const between = await relay(sim.number);
  t.after(() => between.close());
  await toRun(page, `tcp:127.0.0.1:${between.port}`);
  await resume(page);
  await struck(page, 5);
  const RETRACT = 0x84;
  between.say([RETRACT]);
  await alarm(page, 'ended.retracted');
  await stage(page, 'faulted');
  await picture(page, '40-retracted');
  const english = await textOf(page, '.alarm strong');
  await page.select('#language', 'de');
  await until(page, (was) => document.querySelector('.alarm strong').textContent !== was, english);
  await picture(page, '41-retracted-german');
  await page.select('#language', 'en');
  await page.click('.alarm .acknowledge');
  await page.waitForSelector('.alarm.seen');
  await page.waitForSelector('#report');
  await isTrue(t, page, dir, sim, 'faulted');
  isWell(page);
});

test('a survey from landmarks registers the head, touch by touch', async (t) => {
  const { dir, sim, page } = await there(t, 60);
  await toDesign(page);
  await plan(page);
  await connect(page, sim.port);
  await register(page, 'survey', touches(false));
  await page.waitForSelector('.survey #resume');
  await picture(page, '50-survey');
  await resume(page);
  await until(page, () => Number(document.querySelector('#touched')?.textContent) >= 20);
  await picture(page, '51-survey-running');
  await until(page, () => document.querySelector('.outcome[data-step=registration]')?.dataset.how === 'done' || document.querySelector('#begin'));
  await confirm(page);
  await picture(page, '52-surveyed');
  await begin(page);
  await resume(page);
  await page.waitForSelector('#report');
  await isTrue(t, page, dir, sim, 'finished');
  isWell(page);
});
