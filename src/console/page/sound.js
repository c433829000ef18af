/**
 * Sounds of alarms, after IEC 60601-1-8: bursts of ten, three or two pulses. A browser lets a page sound only after somebody
 * has pressed something on it; until then the page says so. Bursts are begun by what is heard from the console, for timers
 * of a page that nobody looks at are slowed down; a timer begins them when nothing is heard.
 */

import { effect, signal } from './vendor/preact.js';
import { alarms, heard } from './link.js';

/** For how long sounds can be paused, s; an alarm that comes meanwhile breaks through. */
const PAUSE_S = 120;
/** Pulses of a burst: when each begins, s; and from one burst to the next, s. */
const BURSTS = {
  high: { at: [0, 0.22, 0.44, 0.78, 1.0, 1.72, 1.94, 2.16, 2.5, 2.72], every: 6, hz: 784 },
  medium: { at: [0, 0.35, 0.7], every: 12, hz: 523 },
  low: { at: [0, 0.4], every: 30, hz: 392 },
};

export const sound = signal({ state: 'blocked', left: 0 });

let context = null;
let paused = { until: 0, last: 0 };
let next = 0;

function wake() {
  context ??= new AudioContext();
  context.resume().then(() => {
    if (sound.value.state === 'blocked') sound.value = { state: 'on', left: 0 };
  });
}
addEventListener('pointerdown', wake);
addEventListener('keydown', wake);

export function pauseSound() {
  paused = { until: performance.now() + PAUSE_S * 1000, last: newest() };
  turn();
}

const unseen = () => alarms.value.filter((alarm) => alarm.acknowledged === null);
const newest = () => Math.max(0, ...unseen().map((alarm) => alarm.id));

/** Whatever is due now. */
export function turn() {
  const [first] = unseen();
  const now = performance.now();
  const left = Math.ceil((paused.until - now) / 1000);
  const isPaused = left > 0 && newest() <= paused.last;
  if (context?.state === 'running') {
    const state = isPaused ? 'paused' : 'on';
    const was = sound.peek();
    if (was.state !== state || (isPaused && was.left !== left)) sound.value = { state, left: Math.max(0, left) };
  }
  if (!first || isPaused || context?.state !== 'running' || now < next) return;
  const burst = BURSTS[first.priority];
  next = now + burst.every * 1000;
  for (const at of burst.at) pulse(context.currentTime + at, burst.hz);
}

function pulse(at, hz) {
  const [tone, loudness] = [context.createOscillator(), context.createGain()];
  tone.frequency.value = hz;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.4, at + 0.02);
  loudness.gain.setValueAtTime(0.4, at + 0.13);
  loudness.gain.linearRampToValueAtTime(0, at + 0.16);
  tone.connect(loudness).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.17);
}

// A new alarm sounds at once.
let known = 0;
effect(() => {
  const last = newest();
  if (last > known) next = 0;
  known = Math.max(known, last);
  turn();
});
effect(() => {
  if (heard.value > 0) turn();
});
setInterval(turn, 500);
