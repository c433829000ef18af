/**
 * The live socket: what the console tells becomes state, what the operator wants is told to it.
 *
 * Nothing is drawn here. State and alarms are signals, shown at once; marks, strikes and samples are arrays that those who
 * draw look at when it is their turn (`run.heard` counts).
 */

import { batch, signal } from './vendor/preact.js';

/** A page that has heard nothing for so long is cut off. */
const SILENT_MS = 1500;
/** From one try to come back to the next. */
const RETRY_MS = 700;
/** How often the console hears that this page shows what it is told. */
const SAW_MS = 400;
/** What is kept for the charts: as much as the console keeps. */
const KEPT = { struck: 500, samples: 600, notes: 200 };

/** 'connecting', 'live', 'lost' or 'barred'. */
export const line = signal('connecting');
/** This page's number, and what it may do. */
export const self = signal({ tab: null, role: 'watcher' });
/** Who is in control. */
export const control = signal({ tab: null, epoch: 0, pages: 1 });
/** The run as it is; null: there is none. */
export const look = signal(null);
/** Its process speaks. */
export const speaks = signal(false);
export const alarms = signal([]);
/** The session: steps and the list before the run. */
export const session = signal({ steps: [], preflight: [] });
/** What was refused last: {why, at}. */
export const refusal = signal(null);
/** What the run has done so far. `began` changes with each run that is seen anew. */
export const run = { began: 0, folder: '', band: [1.5, 2], ceiling: 2, marks: new Uint8Array(0), counts: [], changed: [], struck: [], samples: [], notes: signal([]), heard: 0 };
/** Strikes, for those who only want to know that there are more. */
export const heard = signal(0);
/** When the console began, ms since 1970. */
export let epochMs = 0;

let socket = null;
let number = 0;
let said = 0;
let lastHeard = 0;
let lastSaw = 0;
/** What the operator said and nobody has answered yet. */
const waiting = new Map();

export function connect() {
  const own = new WebSocket(`ws://${location.host}/live`);
  socket = own;
  own.onmessage = (event) => {
    lastHeard = performance.now();
    hear(JSON.parse(event.data));
  };
  own.onclose = () => {
    if (socket !== own) return;
    socket = null;
    lose();
    setTimeout(comeBack, RETRY_MS);
  };
}

/** A console that was started anew does not know this page any more: only its new address lets in. */
async function comeBack() {
  try {
    const answer = await fetch('/api/choices');
    if (answer.status === 403) line.value = 'barred';
  } catch {
    // Nobody is there yet.
  }
  connect();
}

function lose() {
  if (line.value === 'live') line.value = 'lost';
  for (const answer of waiting.values()) answer(false);
  waiting.clear();
}

setInterval(() => {
  if (line.value === 'live' && performance.now() - lastHeard > SILENT_MS) line.value = 'lost';
}, 250);

function hear(message) {
  const [kind] = Object.keys(message);
  const told = message[kind];
  batch(() => HEARS[kind]?.(told));
}

const HEARS = {
  hello(told) {
    self.value = told;
  },

  whole(told) {
    line.value = 'live';
    number = told.number;
    epochMs = told.epoch_ms;
    control.value = told.control;
    alarms.value = told.alarms;
    session.value = told.session;
    speaks.value = told.speaks;
    if (told.run) all(told.run);
    else look.value = null;
  },

  frame(told) {
    if (told.number !== number + 1) {
      send('whole');
      return;
    }
    line.value = 'live';
    number = told.number;
    if (!same(control.value, told.control)) control.value = told.control;
    if (told.alarms) alarms.value = told.alarms;
    if (told.session) session.value = told.session;
    speaks.value = told.speaks;
    if (told.change) change(told.change);
    if (!told.runs) look.value = null;
    const now = performance.now();
    if (now - lastSaw > SAW_MS) {
      lastSaw = now;
      send({ saw: number });
    }
  },

  done(told) {
    answer(told.number, true);
  },

  refused(told) {
    refusal.value = { why: told.why, at: Date.now() };
    answer(told.number, false);
  },
};

function answer(of, well) {
  waiting.get(of)?.(well);
  waiting.delete(of);
}

function all(picture) {
  run.began += 1;
  run.folder = picture.folder;
  run.band = picture.band_mm;
  run.ceiling = picture.ceiling_mm;
  run.marks = Uint8Array.from(picture.marks);
  run.counts = new Array(9).fill(0);
  for (const mark of run.marks) run.counts[mark] += 1;
  run.changed = [];
  run.struck = picture.struck;
  run.samples = picture.samples;
  run.notes.value = picture.notes;
  run.heard += 1;
  look.value = picture.look;
  heard.value = run.heard;
}

function change(told) {
  for (const [turn, mark] of told.marks) {
    run.counts[run.marks[turn]] -= 1;
    run.counts[mark] += 1;
    run.marks[turn] = mark;
    run.changed.push(turn);
  }
  keep(run.struck, told.struck, KEPT.struck);
  keep(run.samples, told.samples, KEPT.samples);
  if (told.notes.length) run.notes.value = [...run.notes.value, ...told.notes].slice(-KEPT.notes);
  run.heard += 1;
  look.value = told.look;
  if (told.struck.length) heard.value = run.heard;
}

function keep(list, more, most) {
  list.push(...more);
  if (list.length > most) list.splice(0, list.length - most);
}

function same(a, b) {
  return a.tab === b.tab && a.epoch === b.epoch && a.pages === b.pages;
}

function send(what) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what));
}

/** The operator wants something; whether it is on its way. */
export function ask(what) {
  // Numbers rise over all pages' lives: a page that is loaded anew begins with the time.
  said = Math.max(said + 1, Date.now());
  const own = said;
  send({ ask: { what, epoch: control.value.epoch, number: own, saw: number } });
  return new Promise((resolve) => waiting.set(own, resolve));
}

export const pause = () => ask({ run: 'pause' });
export const resume = () => ask({ run: 'resume' });
export const newNeedle = () => ask({ run: 'newneedle' });

/** The stop goes both ways: by the socket, and by a request that needs no socket and no token. */
export function stop() {
  fetch('/stop', { method: 'POST' }).catch(() => {});
  return ask({ run: 'stop' });
}

export const wish = (what) => ask({ session: what });
export const begin = (errand) => ask({ begin: errand });
export const take = () => send({ take: control.value.tab });
export const letGo = () => send('let_go');
export const acknowledge = (id) => send({ acknowledge: id });
/** The machine touches the head, and nothing is struck. */
export const isSurvey = (of) => of.folder === null;
export const inControl = () => control.value.tab !== null && control.value.tab === self.value.tab;
