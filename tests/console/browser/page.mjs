// The console's page in a browser, and what an operator does on it. SMP_PAGE=source serves the page's files as they stand in
// the source, not as they were built into the binary; SMP_PICTURES names where pictures of the page are kept.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { launch as launched, listen } from '../chromium.mjs';
import { repository } from './clinic.mjs';

const SOURCE = join(repository, 'src/console/page');
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.json': 'application/json', '.svg': 'image/svg+xml' };
const pictures = join(process.env.SMP_PICTURES ?? join(repository, 'target'), 'browser-pictures');
/** A loaded machine takes this long for something that takes a moment. */
export const PATIENCE = { timeout: Number(process.env.PATIENCE_MS ?? 120_000), polling: 50 };

export const launch = launched;

/** Opens an address of the console. `page.wrong` gathers what the page complains of; `first` runs in it before anything else. */
export async function open(browser, address, context = browser, first = null) {
  const page = await context.newPage();
  if (first) await page.evaluateOnNewDocument(first);
  page.setDefaultTimeout(PATIENCE.timeout);
  page.click = presses(page.click.bind(page));
  // A console that is gone, or has begun anew, is what some tests are about: the browser's own words for it are none.
  listen(page, (message) => /Failed to load resource|WebSocket connection to/.test(message.text()));
  if (process.env.SMP_PAGE === 'source') await fromSource(page);
  await page.goto(address);
  await page.waitForSelector('#stage');
  return page;
}

/** What is drawn anew between the look for it and the press is pressed where it is then. */
const presses = (click) => async (selector) => {
  for (;;) {
    try {
      return await click(selector);
    } catch (error) {
      if (!/detached/.test(error.message)) throw error;
    }
  }
};

/** But for the page itself: a browser lets one that did not come from this machine's own network open no socket to it. */
async function fromSource(page) {
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    const name = pathname.startsWith('/page/') ? pathname.slice(6) : '';
    const file = join(SOURCE, name);
    if (name === '' || !existsSync(file)) return request.continue();
    return request.respond({ status: 200, contentType: TYPES[extname(file)], body: readFileSync(file) });
  });
}

/** Keeps a picture of the page, for people. */
export async function picture(page, name) {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** Waits until something is so on the page. */
export const until = (page, so, ...given) => page.waitForFunction(so, PATIENCE, ...given);

export const textOf = (page, selector) => page.$eval(selector, (element) => element.textContent.trim());
export const done = async (page) => Number(await textOf(page, '#done'));
export const stage = (page, name) => page.waitForSelector(`#stage.${name}`);
/** Waits for a step to be on show: its button says so. */
const turnTo = (page, selector) => page.waitForSelector(`${selector}:not(:disabled)`);

/** Waits for choices to be there, and takes the one that is chosen already. */
async function go(page, select) {
  await until(page, (id) => document.querySelector(id)?.options?.length > 0, select);
  await turnTo(page, 'main .go');
  await page.click('main .go');
}

export async function take(page) {
  await turnTo(page, '#take');
  await page.click('#take');
  await page.waitForSelector('#let-go');
}

/** From the client to the design that is on show. */
export async function toDesign(page) {
  await take(page);
  await go(page, '#client');
  await go(page, '#scalp');
  await page.waitForSelector('.parts fieldset');
}

export async function plan(page) {
  await go(page, '#design');
  await page.waitForSelector('#profile');
  await fill(page, '#profile', 'patient.toml');
  await turnTo(page, 'main .go');
  await page.click('main .go');
  await page.waitForSelector('#port');
}

/** Types into a field what it shall say. */
export async function fill(page, selector, text) {
  await page.$eval(selector, (field) => { field.focus(); field.select(); });
  await page.type(selector, text);
}

export async function connect(page, port) {
  await fill(page, '#port', port);
  await turnTo(page, 'main .go');
  await page.click('main .go');
  await page.waitForSelector('#how-fixed');
}

/** Registers as it is said; the longest text is pasted. */
export async function register(page, how, text = '') {
  await page.click(`#how-${how}`);
  if (text !== '') {
    await page.waitForSelector('#touches');
    await page.$eval('#touches', (field, text) => {
      field.value = text;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }, text);
  }
  await turnTo(page, 'main .go');
  await page.click('main .go');
}

export async function confirm(page) {
  await page.waitForSelector('#begin');
  const open = await page.$$eval('.preflight input', (boxes) => boxes.filter((box) => !box.checked).map((box) => box.id));
  for (const id of open) {
    await page.click(`#${id}`);
    await until(page, (id) => document.querySelector(`#${id}`).closest('li').classList.contains('good'), id);
  }
}

export async function begin(page) {
  await turnTo(page, '#begin');
  await page.click('#begin');
  await page.waitForSelector('#resume');
}

/** Two presses; the second counts only after a while. */
export async function resume(page) {
  await turnTo(page, '#resume');
  await page.click('#resume');
  await page.waitForSelector('#resume-sure');
  // Until it counts it is pressed in vain: the page says nothing of that, and nothing else does.
  while (await page.$('#resume-sure')) {
    await page.click('#resume-sure').catch(() => {});
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await stage(page, 'running');
}

export const struck = (page, count) => until(page, (count) => Number(document.querySelector('#done')?.textContent) >= count, count);

/** All at once, to a run that stands paused. */
export async function toRun(page, port) {
  await toDesign(page);
  await plan(page);
  await connect(page, port);
  await register(page, 'fixed');
  await confirm(page);
  await begin(page);
}

/** The page has complained of nothing. */
export function isWell(page) {
  assert.deepEqual(page.wrong, []);
}
