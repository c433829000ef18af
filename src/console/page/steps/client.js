import { html, signal, useEffect } from '../vendor/preact.js';
import { run, session, wish } from '../link.js';
import { choices } from '../numbers.js';
import { t } from '../words.js';
import { GoOn } from './goon.js';
import { Outcome, mayPrepare, standOf } from './step.js';

const there = signal(null);
const chosen = signal({ name: 'phantom', operator: '', pigment: '', cartridge: '', answers: {} });

async function look() {
  there.value = await choices();
}

export function ClientStep() {
  useEffect(() => { look(); }, [run.began]);
  const { told } = standOf('client');
  const { name } = chosen.value;
  const set = (key) => (event) => { chosen.value = { ...chosen.value, [key]: event.target.value }; };
  if (session.value.go_on) return html`<${GoOn} there=${there.value} />`;
  return html`
    <${GoOn} there=${there.value} />
    <form class="choice" onSubmit=${choose}>
      <label>${t('client.who')}
        <select id="client" value=${name} onChange=${(e) => { chosen.value = { ...chosen.value, name: e.target.value, answers: {} }; }}>
          <option value="phantom">${t('client.phantom')}</option>
          ${there.value?.clients.map((client) => html`<option value=${client}>${client}</option>`)}
        </select>
      </label>
      ${name !== 'phantom' && ['operator', 'pigment', 'cartridge'].map((key) => html`
        <label>${t(`client.${key}`)}
          <input id=${key} required value=${chosen.value[key]} onInput=${set(key)} autocomplete="off" />
        </label>`)}
      <button class="go" disabled=${!mayPrepare()}>${t('go')}</button>
    </form>
    <${Outcome} name="client">
      ${told?.phantom ? html`<p>${t('client.is_phantom')}</p>` : html`<${Refusals} told=${told} />`}
    <//>`;
}

/** What speaks against a run: some of it can be answered, with a reason. */
function Refusals({ told }) {
  if (!told?.refusals?.length) return html`<p class="notice good">${t('client.in_order')}</p>`;
  const answer = (refusal) => (event) => {
    chosen.value = { ...chosen.value, answers: { ...chosen.value.answers, [refusal]: event.target.value } };
  };
  return html`<ul class="refusals">${told.refusals.map((row) => html`<li class="notice ${row.answerable ? 'warn' : 'bad'}">
    <b>${t(`client_refusal.${row.refusal.split(':')[0]}`)}</b> <span lang="en">${row.found}; ${row.remedy}</span>
    ${row.answerable && html`<label>${t('client.reason')}
      <input value=${chosen.value.answers[row.refusal] ?? ''} onInput=${answer(row.refusal)} /></label>`}
  </li>`)}</ul>`;
}

function choose(event) {
  event.preventDefault();
  const { name, operator, pigment, cartridge, answers } = chosen.value;
  const given = Object.entries(answers).filter(([, why]) => why.trim() !== '');
  wish({ client: name === 'phantom' ? 'phantom' : { record: { name, operator, pigment, cartridge, answers: given } } });
}
