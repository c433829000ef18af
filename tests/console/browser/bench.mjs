// What a page costs that watches a run of many dots, and what the console does:
// node tests/console/browser/bench.mjs PLAN [seconds]
// PLAN is a plan's file with as many dots as wanted. A run of the test's own making changes 20 times a second, 10 marks each.
// SMP_BIN names the binaries; SMP_PAGE=source takes the page from the source and not from the binary.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { clinic, leave, serve } from './clinic.mjs';
import { fake } from './fake.mjs';
import { launch, open } from './page.mjs';

const [plan, seconds = '10'] = process.argv.slice(2);
const path = resolve(plan);
const { draft } = JSON.parse(readFileSync(path, 'utf8'));
const total = draft.dots.length;
const dir = clinic(10);
const run = await fake(dir, path, total);
const console_ = await serve(dir);
const browser = await launch();

let turn = 0;
const began = performance.now();
const beat = setInterval(() => {
  const at_s = (performance.now() - began) / 1000;
  const marks = Array.from({ length: 10 }, () => [turn++ % total, 1]);
  const dot = draft.dots[turn % total];
  const at = dot.position_mm ?? dot.position;
  const struck = marks.slice(0, 1).map(([k]) => ({ at_s, dot: k, depth_mm: 1.7 + 0.05 * Math.sin(k), sigma_mm: 0.03, force_n: 0.3 }));
  const samples = [{ at_s, height_mm: 2 + Math.sin(at_s), force_n: 0.3, head_mm_per_s: 1.5 }];
  const notes = turn % 200 === 0 ? [{ at_s, level: 'info', text: `Dot ${turn}` }] : [];
  const tool = Array.isArray(at) ? { at, axis: [0, 0, -1] } : null;
  run.tell({ look: { at_s, done: turn, strikes: turn, tool, left: { dots_per_s: 20, likely_s: 900, from_s: 800, to_s: 1000 } }, marks, struck, samples, notes });
}, 50);

const TICKS_PER_S = 100;
const cpuOf = (id) => {
  const [user, system] = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).map(Number);
  return (user + system) / TICKS_PER_S;
};

async function measure(pages) {
  const [page] = pages;
  await page.bringToFront();
  const cdp = await page.createCDPSession();
  await cdp.send('Performance.enable');
  await cdp.send('Profiler.enable');
  const metrics = async () => Object.fromEntries((await cdp.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]));
  const [before, cpu, at] = [await metrics(), cpuOf(console_.id), performance.now()];
  await cdp.send('Profiler.start');
  const shown = await page.evaluate(async (ms) => {
    const head = document.querySelector('.run canvas').head;
    const [frames, end] = [head.frames().drawn, performance.now() + ms];
    let beats = 0;
    while (performance.now() < end) {
      await new Promise(requestAnimationFrame);
      beats += 1;
    }
    return { beats, drawn: head.frames().drawn - frames };
  }, Number(seconds) * 1000);
  const { profile } = await cdp.send('Profiler.stop');
  const after = await metrics();
  const took = (performance.now() - at) / 1000;
  const share = (name) => ((100 * (after[name] - before[name])) / took).toFixed(1);
  console.log(
    `${pages.length} page(s): ${(shown.beats / took).toFixed(1)} animation frames/s, head drawn ${(shown.drawn / took).toFixed(1)}/s; main thread: ` +
      `${share('TaskDuration')} % (script ${share('ScriptDuration')}, layout ${share('LayoutDuration')}, style ${share('RecalcStyleDuration')}); ` +
      `smp console: ${((100 * (cpuOf(console_.id) - cpu)) / took).toFixed(1)} % of a core`,
  );
  return profile;
}

/** Where the page's own time goes: what each function costs itself. */
function costs({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map();
  samples.forEach((id, k) => {
    const { functionName, url } = byId.get(id).callFrame;
    const name = `${functionName || '(anonymous)'} ${url.split('/page/')[1] ?? ''}`;
    own.set(name, (own.get(name) ?? 0) + timeDeltas[k] / 1000);
  });
  const rows = [...own].filter(([name]) => !/^\((idle|program|garbage)/.test(name)).sort((a, b) => b[1] - a[1]).slice(0, 8);
  for (const [name, ms] of rows) console.log(`  ${(ms / (10 * Number(seconds))).toFixed(2).padStart(6)} %  ${name}`);
}

const pages = [await open(browser, console_.watcher)];
const ready = (page) => page.waitForFunction(() => document.querySelector('.run canvas')?.head, { timeout: 120_000 });
await ready(pages[0]);
console.log(`${total} dots, 20 changes/s with 10 marks each, 1280x800`);
const profile = await measure(pages);
costs(profile);
while (pages.length < 8) {
  const page = await open(browser, `http://127.0.0.1:${console_.port}/`);
  pages.push(page);
}
await measure(pages);
clearInterval(beat);
run.close();
await browser.close();
await console_.stop();
leave(dir);
process.exit(0);
