// Whole sessions on the page, against a simulated device: what the page shows is what the folder has.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { clinic, device, leave, logOf, newestRun, runsIn, serve } from './clinic.mjs';
import {
  begin, confirm, connect, done, isWell, launch, open, picture, plan, register, resume, stage, struck, textOf, toDesign, toRun,
  until,
} from './page.mjs';
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
  // What the page counts, what the report counts, and what the device has truly struck.
  const report = reportOf(dir);
  const total = report.estimate?.planned ?? report.plan?.dots_planned;
  await page.click('nav li:nth-child(8) button');
  await page.waitForSelector('.legend');
  const counts = await legend(page);
  await picture(page, '10-run-over');
  const truth = await sim.stop();
  const strikes = truth.filter((row) => row.dot !== '').length;
  t.diagnostic(JSON.stringify({ counts, total, strikes, lies }));
  assert.equal(await done(page), strikes);
  assert.equal(Object.values(counts).reduce((a, b) => a + b), strikes);
  assert.equal(counts.planned + counts.skipped + counts.uncertain, 0);
  isWell(page);
});
