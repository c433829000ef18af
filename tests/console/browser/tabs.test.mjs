// What becomes of pages, of the way to them, and of the console, while a run goes on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinic, device, leave, newestRun, pausedByItself, serve } from './clinic.mjs';
import {
  done, isWell, launch, open, picture, resume, stage, struck, take, textOf, toRun, until,
} from './page.mjs';
import { relay } from './relay.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

async function there(t, dots) {
  const dir = clinic(dots);
  const [sim, console] = await Promise.all([device(dir), serve(dir)]);
  t.after(async () => {
    await console.stop();
    leave(dir);
  });
  return { dir, sim, console };
}

const shown = (page) => until(page, () => document.querySelector('#done') !== null);
/** The page does not hear anything of a run that is over: what it says then is the last word. */
const finished = async (page) => {
  await page.waitForSelector('#report');
  await page.click('nav li:nth-child(8) button');
  await shown(page);
};

test('one page is in control, another looks on and pauses, and a page that is loaded anew finds the run', async (t) => {
  const { sim, console } = await there(t, 120);
  const first = await open(browser, console.operator);
  await toRun(first, sim.port);
  const apart = await browser.createBrowserContext();
  const other = await open(browser, console.watcher, apart);
  await other.waitForSelector('#resume');
  await resume(first);
  await struck(other, 10);
  await picture(other, '60-looks-on');
  assert.equal(await other.$('#take'), null, 'who looks on cannot take control');
  await other.bringToFront();
  await other.keyboard.press('Space');
  await stage(first, 'paused');
  await stage(other, 'paused');
  assert.equal(await other.$eval('#resume', (button) => button.disabled), true);
  await first.bringToFront();
  await resume(first);
  const before = await done(first);
  await first.reload();
  await shown(first);
  await struck(first, before + 10);
  assert.equal(await first.$('#let-go'), null, 'a page that is loaded anew is in control');
  assert.ok(await first.$('#take'));
  await stage(first, 'running');
  assert.deepEqual(await first.$eval('#stage', (s) => s.className), 'stage running');
  await finished(first);
  await finished(other);
  assert.equal(await done(first), await done(other));
  isWell(first);
  isWell(other);
  await apart.close();
  await first.close();
});

/** Until a page is right: it says that it is live, and shows what another page shows that was never cut off. */
async function rightAfter(page, so) {
  const began = performance.now();
  await until(page, so);
  return performance.now() - began;
}

test('a page that is cut off says so, the run pauses because nobody looks on, and the page is right when it is back', async (t) => {
  const { dir, sim, console } = await there(t, 120);
  const between = await relay(console.port);
  t.after(() => between.close());
  // The console knows itself by its own port: the browser is told that this port is the other one's.
  const routed = await launch(undefined, [`--host-resolver-rules=MAP 127.0.0.1:${console.port} 127.0.0.1:${between.port}`]);
  t.after(() => routed.close());
  const page = await open(routed, console.operator);
  await toRun(page, sim.port);
  await resume(page);
  await struck(page, 5);
  assert.ok(between.count() > 0, 'the page comes by the other way');
  const cut = performance.now();
  between.cut();
  await page.waitForSelector('#stage.lost');
  t.diagnostic(`cut off: the page says so after ${(performance.now() - cut).toFixed(0)} ms`);
  await picture(page, '61-cut-off');
  await new Promise((resolve) => setTimeout(resolve, 10_000 - (performance.now() - cut))); // a network that is away for 10 s
  between.mend();
  const right = await rightAfter(page, () => document.querySelector('#stage.paused') && document.querySelector('.alarm[data-condition="unwatched"]'));
  t.diagnostic(`cut off for 10 s: the page is right after ${right.toFixed(0)} ms`);
  await picture(page, '62-back');
  // Control goes with the page's connection.
  await take(page);
  await resume(page);
  await until(page, () => !document.querySelector('.alarm[data-condition="unwatched"]'));
  await finished(page);
  assert.ok(newestRun(dir));
  isWell(page);
});

test('a way that holds back what passes is told as a lost link, and is as good as new when it lets go', async (t) => {
  const { sim, console } = await there(t, 120);
  const between = await relay(console.port);
  t.after(() => between.close());
  const routed = await launch(undefined, [`--host-resolver-rules=MAP 127.0.0.1:${console.port} 127.0.0.1:${between.port}`]);
  t.after(() => routed.close());
  const page = await open(routed, console.operator);
  await toRun(page, sim.port);
  await resume(page);
  await struck(page, 5);
  between.hold();
  await page.waitForSelector('#stage.lost');
  between.go();
  const right = await rightAfter(page, () => !document.querySelector('#stage.lost'));
  t.diagnostic(`held back: the page is right after ${right.toFixed(0)} ms`);
  assert.ok(await page.$('#let-go'), 'it is in control as before');
  await finished(page);
  isWell(page);
});

test('a page that is covered does not look on, and the run pauses', async (t) => {
  const { sim, console } = await there(t, 120);
  const page = await open(browser, console.operator);
  await toRun(page, sim.port);
  await resume(page);
  await struck(page, 5);
  const began = performance.now();
  // As when another tab is before it.
  await page.evaluate(() => Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }));
  await stage(page, 'paused');
  await page.waitForSelector('.alarm[data-condition="unwatched"]');
  t.diagnostic(`covered: paused after ${(performance.now() - began).toFixed(0)} ms`);
  await page.evaluate(() => { delete document.visibilityState; });
  await resume(page);
  await finished(page);
  isWell(page);
  await page.close();
});

test('a console that is killed leaves the run, which pauses, and the page of the next console is right', async (t) => {
  const { dir, sim, console } = await there(t, 120);
  const page = await open(browser, console.operator);
  await toRun(page, sim.port);
  await resume(page);
  await struck(page, 5);
  await console.kill();
  await page.waitForSelector('#stage.lost');
  await picture(page, '63-console-killed');
  await pausedByItself(dir);
  const next = await serve(dir);
  t.after(() => next.stop());
  const began = performance.now();
  const anew = await open(browser, next.operator);
  await shown(anew);
  const known = performance.now() - began;
  await stage(anew, 'paused');
  t.diagnostic(`killed console: its next page shows the run ${known.toFixed(0)} ms after its address was opened`);
  await anew.waitForSelector('.alarm[data-condition="unwatched"]');
  await picture(anew, '64-found-again');
  await take(anew);
  await resume(anew);
  await finished(anew);
  assert.equal(await textOf(anew, '#done'), await anew.$eval('.figures progress', (bar) => `${bar.max}`));
  isWell(anew);
  await anew.close();
  await page.close();
});
