/** Keeps the screen awake while a run is under way, where the browser can. */

import { effect } from './vendor/preact.js';
import { look } from './link.js';
import { isOver } from './stage.js';

let held = null;

async function hold() {
  if (held || document.visibilityState !== 'visible' || !navigator.wakeLock) return;
  held = await navigator.wakeLock.request('screen').catch(() => null);
  held?.addEventListener('release', () => { held = null; });
}

effect(() => {
  if (isOver(look.value)) held?.release();
  else hold();
});
document.addEventListener('visibilitychange', () => {
  if (!isOver(look.value)) hold();
});
