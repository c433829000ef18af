// How fast the head is drawn without a graphics card: node tests/console/page/bench.mjs [dots] [triangles]
// CPU times are of the browser's graphics process, which does the drawing; frames a second depend on what else runs.
import { start } from './browser.mjs';

const dots = Number(process.argv[2] ?? 30_000);
const triangles = Number(process.argv[3] ?? 50_000);
const { browser, open, close } = await start();
const page = await open(`/test/head.html?triangles=${triangles}`);
const top = await page.evaluate((count) => window.test.strewn(count), dots);

const cdp = await browser.target().createCDPSession();
async function cpu(type) {
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  return processInfo.filter((p) => p.type === type).reduce((sum, p) => sum + p.cpuTime, 0);
}

const size = await page.evaluate(() => window.test.mesh.triangles.length / 3);
console.log(`${dots} dots, ${size} triangles, 1280x800, dots change at 20 Hz`);
const CASES = [
  ['the camera turns, first', { turning: true, scattered: true }],
  ['the camera turns, then', { turning: true, scattered: true }],
  ['it rests, dots change under the tool', { from: top }],
  ['it rests, dots change all over', { scattered: true }],
];
for (const [name, how] of CASES) {
  await page.evaluate(() => {
    window.test.head.view('top');
    return window.test.settled();
  });
  const before = [await cpu('GPU'), await cpu('renderer')];
  const r = await page.evaluate((count, how) => window.test.bench(5000, count, how), dots, how);
  const [gpu, script] = [await cpu('GPU'), await cpu('renderer')].map((t, k) => ((t - before[k]) * 1000) / r.drawn);
  console.log(
    `${name.padEnd(37)} ${r.fps.toFixed(1).padStart(5)} frames/s (${r.partial} of ${r.drawn} in part), gap p50 ` +
      `${r.p50.toFixed(0)} p95 ${r.p95.toFixed(0)} ms; CPU ms a frame: graphics ${gpu.toFixed(1)}, page ` +
      `${script.toFixed(1)} (draw ${r.scriptMs.toFixed(2)}); level ${r.level}, ${r.size.join('x')} pixels`,
  );
}
await close();
