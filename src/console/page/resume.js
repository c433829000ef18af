/** Going on is never done by accident: two presses, apart, in two places, and not by the space key. */

import { html, signal, useEffect } from './vendor/preact.js';
import { inControl, look, lookedAfter, newNeedle, resume, speaks } from './link.js';
import { t } from './words.js';

/** A resume that was begun is forgotten after so long. */
const SURE_MS = 6000;
/** The second press counts only after so long: a double press is one. */
const APART_MS = 600;

const sure = signal(0);

/** Why the run cannot be resumed from this page now; null: it can. */
function hindrance(now) {
  if (!inControl()) return 'not_in_control';
  if (!speaks.value) return 'line.lost';
  if (now.is_enabled !== true) return 'refusal.not_enabled';
  return now.parted ? 'run.parted' : null;
}

export function Resume() {
  const now = look.value;
  // Who goes to another step has not resumed.
  useEffect(() => () => { sure.value = 0; }, []);
  useEffect(() => {
    if (!sure.value) return undefined;
    const timer = setTimeout(() => { sure.value = 0; }, SURE_MS);
    return () => clearTimeout(timer);
  }, [sure.value]);
  if (now.stage !== 'paused') return null;
  const why = hindrance(now);
  return html`
    <div class="resume">
      <button id="resume" disabled=${why !== null} aria-expanded=${sure.value > 0} onClick=${() => { sure.value = performance.now(); }}>${t('resume')}</button>
      ${now.parted && html`<button id="looked-after" disabled=${!inControl()} onClick=${lookedAfter}>${t('run.needle_looked_after')}</button>`}
      <button class="small" id="new-needle" disabled=${!inControl()} onClick=${newNeedle}>${t('run.new_needle')}</button>
      ${why && html`<p>${t(why)}</p>`}
      ${sure.value > 0 && why === null && html`<div class="sure" role="group" aria-label=${t('run.sure')}>
        <p>${t('run.sure')}</p>
        <button id="resume-sure" onClick=${really}>${t('run.go_on')}</button>
        <button onClick=${() => { sure.value = 0; }}>${t('cancel')}</button>
      </div>`}
    </div>`;
}

function really() {
  if (performance.now() - sure.value < APART_MS) return;
  sure.value = 0;
  resume();
}
