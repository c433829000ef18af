import { html } from '../vendor/preact.js';
import { begin, session, wish } from '../link.js';
import { t } from '../words.js';
import { Outcome, mayPrepare } from './step.js';

const SIGNS = { good: '✓', open: '○', bad: '✕' };

export function PreflightStep() {
  const items = session.value.preflight;
  const ready = items.length > 0 && items.every((item) => item.proof === 'good');
  return html`
    <ul class="preflight">${items.map((item) => html`<li class=${item.proof}>
      ${item.is_signed
        ? html`<label><input type="checkbox" id=${item.item} checked=${item.proof === 'good'} disabled=${!mayPrepare()}
            onChange=${(e) => wish({ confirm: { item: item.item, yes: e.target.checked } })} /> ${t(`item.${item.item}`)}</label>`
        : html`<span aria-hidden="true">${SIGNS[item.proof]}</span> ${t(`item.${item.item}`)}
            <span class="unseen">: ${t(`proof.${item.proof}`)}</span>`}
    </li>`)}</ul>
    <p>${t('preflight.begins_paused')}</p>
    <button class="go" id="begin" disabled=${!ready || !mayPrepare()} onClick=${() => begin('run')}>${t('preflight.begin')}</button>
    <${Outcome} name="run" />`;
}
