// A run that is none: it listens where a run does, and tells the console whatever a test wants it to tell.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const LOOK = {
  at_s: 0, stage: 'running', dialect: 'none', done: 0, uncertain: 0, strikes: 0, strikes_most: null, fit: null, waits: [],
  waits_since_s: null, parted: false, unwatched: false, is_enabled: true, e_stop: false, tool: null, left: null, trouble: null,
};

/** @param {string} plan  a plan's file @param {number} dots  how many it has */
export async function fake(dir, plan, dots) {
  const folder = join(dir, 'runs/fake');
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(dir, 'console/live'), { recursive: true });
  copyFileSync(plan, join(folder, 'program.plan'));
  // A run that does not stop when it is told to is told by a signal: nobody else shall get it.
  const stand = spawn('sleep', ['3600'], { stdio: 'ignore' });
  process.on('exit', () => stand.kill());
  const picture = {
    folder, process: stand.pid, band_mm: [1.5, 2], ceiling_mm: 2, number: 0, look: { ...LOOK },
    marks: new Array(dots).fill(0), struck: [], samples: [], notes: [],
  };
  const consoles = new Set();
  const asked = [];
  const server = createServer((socket) => {
    consoles.add(socket);
    socket.on('close', () => consoles.delete(socket));
    socket.on('error', () => {});
    let rest = '';
    socket.on('data', (data) => {
      const lines = (rest + data).split('\n');
      rest = lines.pop();
      asked.push(...lines.map((line) => ({ at: Date.now(), what: JSON.parse(line).asked })));
    });
    socket.write(`${JSON.stringify({ whole: picture })}\n`);
  });
  await new Promise((resolve) => server.listen(join(dir, 'console/live/1-1.sock'), resolve));
  const run = {
    /** What the console has told it, and when. */
    asked,
    picture,
    /** The run has changed: how it looks, marks, strikes, samples and notes. */
    tell({ look = {}, marks = [], struck = [], samples = [], notes = [] }) {
      Object.assign(picture.look, look);
      picture.number += 1;
      for (const [turn, mark] of marks) picture.marks[turn] = mark;
      for (const [name, more, most] of [['struck', struck, 500], ['samples', samples, 600], ['notes', notes, 200]]) {
        picture[name] = [...picture[name], ...more].slice(-most);
      }
      const line = `${JSON.stringify({ change: { number: picture.number, look: picture.look, marks, struck, samples, notes } })}\n`;
      consoles.forEach((socket) => socket.write(line));
    },
    close() {
      clearInterval(pulse);
      stand.kill();
      consoles.forEach((socket) => socket.destroy());
      server.close();
    },
  };
  // A run that says nothing for a second hangs, and that is an alarm.
  const pulse = setInterval(() => run.tell({}), 200);
  return run;
}
