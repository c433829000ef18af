/** Runs that have not finished: one of them can be gone on with, dots that were struck are not struck again. */

import { html, signal } from '../vendor/preact.js';
import { look, run, session, wish } from '../link.js';
import { isOver } from '../stage.js';
import { t } from '../words.js';
import { mayPrepare } from './step.js';

const chosen = signal('');
const operator = signal('');
const scalp = signal(-1);

export function GoOn({ there }) {
  const goesOn = session.value.go_on;
  if (goesOn) {
    return html`<p class="notice">${t('go_on.is', { run: goesOn.run })}
      <button class="small" disabled=${!mayPrepare()} onClick=${() => wish('anew')}>${t('cancel')}</button></p>`;
  }
  const live = isOver(look.value) ? null : run.folder;
  const open = there?.unfinished.filter((name) => !live?.endsWith(`/${name}`)) ?? [];
  if (open.length === 0) return null;
  const isClients = chosen.value.startsWith('clients/');
  return html`
    <form class="choice" onSubmit=${choose}>
      <label>${t('go_on.which')}
        <select id="go-on" value=${chosen.value} onChange=${(e) => { chosen.value = e.target.value; }}>
          <option value=""></option>
          ${open.map((name) => html`<option value=${name}>${name}</option>`)}
        </select>
      </label>
      ${isClients && html`<label>${t('client.operator')}
        <input required value=${operator.value} onInput=${(e) => { operator.value = e.target.value; }} autocomplete="off" /></label>`}
      ${chosen.value && html`<label>${t('go_on.scalp')}
        <select value=${scalp.value} onChange=${(e) => { scalp.value = Number(e.target.value); }}>
          <option value="-1">${t('go_on.not_touched')}</option>
          ${there.scalps.map((one, k) => html`<option value=${k}>${one.name}</option>`)}
        </select></label>`}
      <button disabled=${!mayPrepare() || !chosen.value}>${t('go_on.go')}</button>
    </form>`;

  function choose(event) {
    event.preventDefault();
    wish({ go_on: { run: chosen.value, operator: isClients ? operator.value : null, scalp: there.scalps[scalp.value] ?? null } });
  }
}
