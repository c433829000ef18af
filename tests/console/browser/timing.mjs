// What watching pages cost the run that they watch: how late its stream thread is woken, told by the journals of sessions
// with no console, with one page and with eight, in turn: node tests/console/browser/timing.mjs [rounds]
// SMP_BIN names the binaries.
import { clinic, device, leave, newestRun, serve, smp } from './clinic.mjs';
import { launch, open, resume, struck, toRun } from './page.mjs';

const [rounds = '2'] = process.argv.slice(2);
const DOTS = 120;
const browser = await launch();

/** A session by the page, with so many pages that look on at it. */
async function watched(pages) {
  const dir = clinic(DOTS);
  const [sim, console] = await Promise.all([device(dir), serve(dir)]);
  const all = [await open(browser, console.operator)];
  await toRun(all[0], sim.port);
  while (all.length < pages) all.push(await open(browser, `http://127.0.0.1:${console.port}/`));
  await all[0].bringToFront();
  await resume(all[0]);
  await struck(all[0], DOTS / 2);
  await all[0].waitForSelector('#report');
  const late = await lateIn(dir);
  for (const page of all) await page.close();
  await console.stop();
  leave(dir);
  return late;
}

async function alone() {
  const dir = clinic(DOTS);
  const sim = await device(dir);
  await smp(dir, 'plan', 'designs/round/round.toml', '--scalp', 'scalps/light', '--machine', 'patient.toml', '--out', 'a.plan');
  await smp(dir, 'run', 'a.plan', '--port', sim.port);
  const late = await lateIn(dir);
  leave(dir);
  return late;
}

async function lateIn(dir) {
  const { sessions } = JSON.parse(await smp(dir, 'replay', newestRun(dir), '--json'));
  return sessions[0].late;
}

const WAYS = { 'no console': alone, '1 page': () => watched(1), '8 pages': () => watched(8) };
const told = Object.fromEntries(Object.keys(WAYS).map((name) => [name, []]));
for (let round = 0; round < Number(rounds); round += 1) {
  for (const [name, way] of Object.entries(WAYS)) told[name].push(await way());
}
const columns = Object.entries(told).flatMap(([name, all]) => all.map((late) => ({ name, late })));
const row = (head, cells) => console.log(`| ${[head, ...cells].join(' | ')} |`);
row('woken later than wanted, by at most', columns.map(({ name }) => name));
row('---', columns.map(() => '---'));
columns[0].late.bins.forEach(({ within_us: bound }, k) => {
  const part = ({ late }) => `${((100 * late.bins[k].times) / late.times).toFixed(2)} %`;
  row(bound === null ? 'more' : `${bound} us`, columns.map(part));
});
row('times', columns.map(({ late }) => late.times));
row('latest', columns.map(({ late }) => `${(late.most_us / 1000).toFixed(1)} ms`));
await browser.close();
process.exit(0);
