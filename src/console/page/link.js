/**
 * The live socket: what the console tells becomes state, what the operator wants is told to it.
 *
 * Nothing is drawn here. Where the run stands and alarms are signals, shown at once; its figures are shown five times a second;
 * marks, strikes and samples are arrays that those who draw look at when it is their turn (`moved` says that there is more).
 */

import { batch, signal } from './vendor/preact.js';

/** A page that has heard nothing for so long is cut off. */
const SILENT_MS = 1500;
/** From one try to come back to the next. */
const RETRY_MS = 700;
/** How often the console hears that this page shows what it is told. */
const SAW_MS = 400;
/** From one showing of figures to the next: nobody reads faster. */
const SHOWN_MS = 200;
/** For how long it is told that something was refused. */
const REFUSED_MS = 8000;
/** What is kept for the charts: as much as the console keeps. */
const KEPT = { struck: 500, samples: 600, notes: 200 };

/** 'connecting', 'live', 'lost' or 'barred'. */
export const line = signal('connecting');
/** This page's number, and what it may do. */
export const self = signal({ tab: null, role: 'watcher' });
/** Who is in control. */
export const control = signal({ tab: null, epoch: 0, pages: 1 });
/** The run as it is shown; null: there is none. */
export const look = signal(null);
/** Rises with each run that is told anew: all that was drawn of it is drawn again. */
export const began = signal(0);
/** Rises whenever marks or the tool have moved. */
export const moved = signal(0);
/** Its process speaks. */
export const speaks = signal(false);
export const alarms = signal([]);
/** The session: steps and the list before the run. */
export const session = signal({ steps: [], preflight: [] });
/** Why something was not done, for a while; null: nothing was refused. */
export const refusal = signal(null);
/** Number of the last frame that was heard. */
export const heard = signal(0);
/** What the run has done so far, and how it is. `changed` are turns whose marks are to be drawn; null: all of them. */
export const run = {
  look: null, folder: '', band: [1.5, 2], ceiling: 2, marks: new Uint8Array(0), counts: [], changed: null, struck: [],
  samples: [], notes: signal([]), noted: 0,
};
/** When the console began, ms since 1970. */
export let epochMs = 0;

let socket = null;
let number = 0;
let said = 0;
let lastHeard = 0;
let lastSaw = 0;
let lastShown = 0;
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
    else none();
  },

  frame(told) {
    if (told.number !== number + 1) {
      send('whole');
      return;
    }
    line.value = 'live';
    number = told.number;
    heard.value = number;
    if (!same(control.value, told.control)) control.value = told.control;
    if (told.alarms) alarms.value = told.alarms;
    if (told.session) session.value = told.session;
    speaks.value = told.speaks;
    if (told.change) change(told.change);
    if (told.runs) show();
    else none();
    const now = performance.now();
    // A page that is covered is looked at by nobody.
    if (now - lastSaw > SAW_MS && document.visibilityState === 'visible') {
      lastSaw = now;
      send({ saw: number });
    }
  },

  done(told) {
    answer(told.number, true);
  },

  refused(told) {
    refuse(told.why);
    answer(told.number, false);
  },
};

function answer(of, well) {
  waiting.get(of)?.(well);
  waiting.delete(of);
}

function refuse(why) {
  const own = { why };
  refusal.value = own;
  setTimeout(() => {
    if (refusal.peek() === own) refusal.value = null;
  }, REFUSED_MS);
}

function none() {
  run.look = null;
  look.value = null;
}

function all(picture) {
  run.folder = picture.folder;
  run.band = picture.band_mm;
  run.ceiling = picture.ceiling_mm;
  run.marks = Uint8Array.from(picture.marks);
  run.counts = new Array(9).fill(0);
  for (const mark of run.marks) run.counts[mark] += 1;
  run.changed = null;
  run.struck = picture.struck;
  run.samples = picture.samples;
  run.noted = 0;
  run.notes.value = picture.notes.map(numbered);
  run.look = picture.look;
  began.value += 1;
  moved.value += 1;
  lastShown = performance.now();
  look.value = run.look;
}

/** People's list of notes only grows at one end: by their numbers the page knows which are new. */
function numbered(note) {
  run.noted += 1;
  return { ...note, number: run.noted };
}

/** What must be told at once, whatever else there is. */
const urgent = (of) => of && JSON.stringify([of.stage, of.is_enabled, of.e_stop, of.parted, of.unwatched]);

function show() {
  const was = look.peek();
  if (run.look === was) return;
  const now = performance.now();
  if (now - lastShown < SHOWN_MS && urgent(run.look) === urgent(was)) return;
  lastShown = now;
  look.value = run.look;
}

function change(told) {
  for (const [turn, mark] of told.marks) {
    run.counts[run.marks[turn]] -= 1;
    run.counts[mark] += 1;
    run.marks[turn] = mark;
    run.changed?.push(turn);
  }
  // Nobody draws, as long as another step is on show.
  if (run.changed?.length > run.marks.length) run.changed = null;
  keep(run.struck, told.struck, KEPT.struck);
  keep(run.samples, told.samples, KEPT.samples);
  if (told.notes.length) run.notes.value = [...run.notes.value, ...told.notes.map(numbered)].slice(-KEPT.notes);
  run.look = told.look;
  moved.value += 1;
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
  if (socket?.readyState !== WebSocket.OPEN) {
    refuse('no_link');
    return Promise.resolve(false);
  }
  // Numbers rise over all pages' lives: a page that is loaded anew begins with the time.
  said = Math.max(said + 1, Date.now());
  const own = said;
  send({ ask: { what, epoch: control.value.epoch, number: own, saw: number } });
  return new Promise((resolve) => waiting.set(own, resolve));
}

export const pause = () => ask({ run: 'pause' });
export const resume = () => ask({ run: 'resume' });
export const newNeedle = () => ask({ run: 'newneedle' });
export const lookedAfter = () => ask('looked_after');

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
