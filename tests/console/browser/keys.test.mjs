// A whole session by the keyboard alone: whoever cannot use a mouse works with this page all the same.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinic, device, leave, serve } from './clinic.mjs';
import { isWell, launch, open, picture, stage, struck, until } from './page.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** More presses of the tab key than there are places. */
const PLACES = 120;

/** Goes on by the tab key until something has the focus, and says whether the focus could be seen all the way. */
async function to(page, selector) {
  await page.waitForSelector(`${selector}:not(:disabled)`);
  for (let press = 0; press < PLACES; press += 1) {
    const at = await page.evaluate((wanted) => {
      const own = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(own);
      const shows = own === document.body || own.id === 'main' || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2);
      return { is: own.matches(wanted), shows, what: own.outerHTML.slice(0, 80) };
    }, selector);
    assert.ok(at.shows, `the focus cannot be seen on ${at.what}`);
    if (at.is) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the tab key does not come to ${selector}`);
}

async function press(page, selector) {
  await to(page, selector);
  await page.keyboard.press('Enter');
}

/** Types into a field instead of what it has. */
async function type(page, selector, text) {
  await to(page, selector);
  await page.keyboard.down('Control');
  await page.keyboard.press('KeyA');
  await page.keyboard.up('Control');
  await page.keyboard.type(text);
}

const chosen = (page, id) => until(page, (id) => document.querySelector(id)?.options?.length > 0, id);

test('a session is led to its end by the keyboard alone', async (t) => {
  const dir = clinic(40);
  const [sim, console] = await Promise.all([device(dir), serve(dir)]);
  const page = await open(browser, console.operator);
  t.after(async () => {
    await picture(page, '80-by-keys').catch(() => {});
    await page.close();
    await console.stop();
    leave(dir);
  });
  await press(page, '#take');
  await page.waitForSelector('#let-go');
  await chosen(page, '#client');
  await press(page, 'main .go');
  await chosen(page, '#scalp');
  await press(page, 'main .go');
  await page.waitForSelector('.parts fieldset');
  // A part is moved by its buttons, and the head turned by keys.
  const lies = () => page.$eval('.parts fieldset p', (p) => p.textContent);
  const before = await lies();
  await press(page, '.pad button');
  await until(page, (was) => document.querySelector('.parts fieldset p').textContent !== was, before);
  await to(page, '.scene canvas');
  await page.keyboard.press('ArrowLeft');
  await press(page, 'main .go');
  await type(page, '#profile', 'patient.toml');
  await press(page, 'main .go');
  await type(page, '#port', sim.port);
  await press(page, 'main .go');
  await page.waitForSelector('#how-fixed');
  await to(page, '#how-touches');
  await page.keyboard.press('ArrowUp');
  await until(page, () => document.querySelector('#how-fixed').checked);
  await press(page, 'main .go');
  await page.waitForSelector('#begin');
  for (const id of ['#nobody_under_the_needle', '#needle_new', '#e_stop_in_reach']) {
    await to(page, id);
    await page.keyboard.press('Space');
    await until(page, (id) => document.querySelector(id).closest('li').classList.contains('good'), id);
  }
  await press(page, '#begin');
  await press(page, '#resume');
  await to(page, '#resume-sure');
  // It counts only some time after the first press, and the space key never does.
  await page.keyboard.press('Space');
  await stage(page, 'paused');
  while (await page.$('#resume-sure')) {
    await page.keyboard.press('Enter');
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await stage(page, 'running');
  await struck(page, 5);
  await page.keyboard.press('Space');
  await stage(page, 'paused');
  await page.keyboard.down('Shift');
  await page.keyboard.press('Space');
  await page.keyboard.up('Shift');
  await stage(page, 'stopped');
  await to(page, '#report');
  isWell(page);
});
