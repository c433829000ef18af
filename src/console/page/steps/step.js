/** What all steps share: how they stand, what is refused, and whether anything may be wanted. */

import { html } from '../vendor/preact.js';
import { inControl, line, look, session } from '../link.js';
import { isOver } from '../stage.js';
import { t } from '../words.js';

const asObject = (value) => (typeof value === 'string' ? { [value]: null } : value);

/** A step: what was wished, how it stands, what the command told if it is done, and what it said if it was refused. */
export function standOf(name) {
  const stand = session.value.steps.find((step) => step.step === name);
  if (!stand) return { wish: null, how: 'open', told: null, said: [], command: null };
  const [[how, of]] = Object.entries(asObject(stand.state));
  const wish = stand.wish ? Object.values(asObject(stand.wish))[0] : null;
  const [told, said] = [how === 'done' ? of : null, how === 'refused' ? of : []];
  return { wish, how, told, said, command: stand.command };
}

/** Whether all steps before this one are done. */
export function isDue(name) {
  const was = session.value.go_on ? ['client', 'scalp', 'design', 'plan'] : [];
  for (const step of session.value.steps) {
    if (step.step === name) return true;
    if (was.includes(step.step)) continue;
    if (Object.keys(asObject(step.state))[0] !== 'done') return false;
  }
  return true;
}

/** Whether this page may change the session now. */
export const mayPrepare = () => line.value === 'live' && inControl() && isOver(look.value);

/** How a step stands, below what can be chosen. */
export function Outcome({ name, children }) {
  const { how, said, command } = standOf(name);
  return html`
    <section class="outcome" aria-live="polite" data-step=${name} data-how=${how}>
      ${!mayPrepare() && html`<p class="notice">${t(inControl() ? 'not_while_running' : 'not_in_control')}</p>`}
      ${how === 'working' && html`<p class="working"><span class="turning" aria-hidden="true">◐</span> ${t('working')}</p>`}
      ${how === 'refused' && html`<div class="notice bad"><p><b>${t('was_refused')}</b></p>
        ${said.map((one) => html`<p lang="en">${one}</p>`)}</div>`}
      ${how === 'done' && children}
      ${command && html`<details><summary>${t('command')}</summary><code>${command}</code></details>`}
    </section>`;
}

/** A list of names and values. */
export function Facts({ rows }) {
  return html`<dl class="facts">${rows.filter(Boolean).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
