// A folder with a head, a design and a machine; a simulated device; a console over the folder. Processes are real, and end
// with the test. SMP_BIN names the folder of the binaries.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));
const bin = process.env.SMP_BIN ?? join(repository, 'target/debug');
/** A light head: quick to load, and to prove a plan against. */
const HEAD = join(repository, 'tests/data/heads/colin27');
const MESH = join(HEAD, 'mesh_5k.obj');

const living = new Set();
process.on('exit', () => living.forEach((child) => child.kill('SIGKILL')));

/** `of` is the folder that it belongs to: `leave` ends it. */
function start(name, args, of, cwd = of) {
  const child = spawn(join(bin, name), args, { cwd, stdio: ['ignore', 'pipe', process.env.SHOW ? 'inherit' : 'ignore'] });
  child.of = of;
  living.add(child);
  child.ended = new Promise((resolve) => child.on('exit', resolve));
  child.ended.then(() => living.delete(child));
  return child;
}

/** The first lines that a process prints, by these patterns. */
function lines(child, ...patterns) {
  return new Promise((resolve, reject) => {
    const found = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = patterns[found.length]?.exec(line);
      if (match) found.push(match[1]);
      if (match && found.length === patterns.length) resolve(found);
    });
    child.ended.then((code) => reject(new Error(`${child.spawnfile} has ended with ${code}`)));
  });
}

/** A round design of about so many dots, a head, and a machine that bears the stalls of a loaded machine. */
export function clinic(dots) {
  const dir = mkdtempSync(join(tmpdir(), 'smp-clinic-'));
  for (const folder of ['designs/round', 'scalps/light']) mkdirSync(join(dir, folder), { recursive: true });
  const density = 40;
  const radius = Math.sqrt((100 * dots) / density / Math.PI);
  writeFileSync(join(dir, 'designs/round/round.toml'), `schema = 1
name = "round"
spacing_floor_mm = 0.6
[[zone]]
name = "patch"
round = { s = 0.5, t = 0.0, radius_mm = ${radius.toFixed(2)} }
density_per_cm2 = ${density}
seed = 1
`);
  copyFileSync(MESH, join(dir, 'scalps/light/mesh.obj'));
  copyFileSync(join(HEAD, 'landmarks.json'), join(dir, 'scalps/light/landmarks.json'));
  const machine = readFileSync(join(repository, 'configs/machines/gantry6.toml'), 'utf8');
  const patient = machine.replace('dead_man_ms = 100', 'dead_man_ms = 5000').replace('silence_ms = 300', 'silence_ms = 2000');
  if (patient === machine) throw new Error('the machine profile has other keys by now');
  writeFileSync(join(dir, 'patient.toml'), patient);
  return dir;
}

/** Ends what is left of a folder's processes, and the folder. */
export function leave(dir) {
  for (const run of runsIn(dir)) process.kill(run, 'SIGKILL');
  for (const child of living) if (child.of === dir) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Processes of smp that work in a folder: a run outlives its console. */
export function runsIn(dir) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((id) => {
    try {
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
      return /\/smp$/.test(command[0]) && ['run', 'survey'].includes(command[1]) && readlinkSync(`/proc/${id}/cwd`) === dir;
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

/** A simulated device; `scenario` is a shipped one or the text of a file. */
export async function device(dir, scenario = 'still') {
  let world = scenario;
  if (scenario.includes('=')) {
    world = join(dir, 'world.toml');
    writeFileSync(world, scenario);
  }
  const truth = join(dir, 'truth.csv');
  const child = start('smp-sim', ['serve', '--seed', '1', '--scenario', world, '--head', MESH, '--tcp', '0', '--truth', truth], dir, repository);
  const [port] = await lines(child, /^ready (\d+)/);
  return {
    port: `tcp:127.0.0.1:${port}`,
    number: Number(port),
    /** Ends it; what was truly struck. */
    async stop() {
      child.kill('SIGTERM');
      await child.ended;
      const [head, ...rows] = readFileSync(truth, 'utf8').trim().split('\n');
      const keys = head.split(',');
      return rows.map((row) => Object.fromEntries(row.split(',').map((value, k) => [keys[k], value])));
    },
  };
}

/** A console over a folder. */
export async function serve(dir) {
  const child = start('smp', ['console', '.', '--listen', '127.0.0.1:0'], dir);
  const [operator, watcher] = await lines(child, /^console: (\S+)/, /^to look on: (\S+)/);
  const end = async (signal) => {
    child.kill(signal);
    await child.ended;
  };
  return { id: child.pid, operator, watcher, port: Number(new URL(operator).port), kill: () => end('SIGKILL'), stop: () => end('SIGINT') };
}

/** Waits until the run under way has paused, while there is no console: listens as one does, and never says that somebody looks on. */
export function pausedByItself(dir) {
  const live = join(dir, 'console/live');
  const [name] = readdirSync(live);
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(join(live, name));
    socket.on('error', reject);
    socket.on('data', (data) => {
      heard = (heard + data).slice(-100_000);
      if (!heard.includes('"stage":"paused"')) return;
      socket.destroy();
      resolve();
    });
  });
}

/** Runs a command of smp to its end. */
export async function smp(dir, ...args) {
  const child = start('smp', args, dir);
  let said = '';
  child.stdout.on('data', (data) => { said += data; });
  const code = await child.ended;
  if (code !== 0) throw new Error(`smp ${args.join(' ')}: ${code}\n${said}`);
  return said;
}

/** Folder of the newest run. */
export function newestRun(dir) {
  const names = readdirSync(join(dir, 'runs')).sort();
  return join(dir, 'runs', names.at(-1));
}

/** What was written down at the console. */
export function logOf(dir) {
  return readFileSync(join(dir, 'console/log.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
}
