// Pictures for people to look at: node tests/console/page/shots.mjs FOLDER
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './browser.mjs';

const folder = process.argv[2];
if (!folder) throw new Error('name the folder that the pictures go to');
mkdirSync(folder, { recursive: true });
const { open, close } = await start();

for (const theme of ['light', 'dark']) {
  const page = await open(`/test/head.html?theme=${theme}`);
  await page.evaluate(() => {
    const { head, strewn, surface } = window.test;
    const top = strewn(12_000);
    head.updateStates([top], [7]);
    const on = (x, y) => surface.hit([x, y, 300], [0, 0, -1]);
    head.setTool({ at: on(22, 30).at, axis: [-0.2, -0.3, -0.93] });
    head.setAnchors([
      { id: 'crown', ...on(0, -20), rotationDeg: 20, label: 'Crown', selected: true },
      { id: 'temple', ...on(-50, 25), rotationDeg: -40, label: 'Temple, left' },
    ]);
  });
  for (const view of ['top', 'front', 'left', 'back']) {
    await page.evaluate((name) => {
      window.test.head.view(name);
      return window.test.settled();
    }, view);
    await page.screenshot({ path: join(folder, `${theme}-${view}.png`) });
  }
  await page.evaluate(() => {
    const { head, key, settled } = window.test;
    head.view('top');
    for (let k = 0; k < 6; k++) key('+');
    return settled();
  });
  await page.screenshot({ path: join(folder, `${theme}-near.png`) });
  await page.evaluate(() => window.test.bench(1500, 12_000, { turning: true }));
  await page.screenshot({ path: join(folder, `${theme}-turning.png`) });
  await page.close();
}
await close();
