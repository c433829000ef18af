/** Alarms: by sign, colour and words; what, what the machine did, what to do. */

import { html } from './vendor/preact.js';
import { acknowledge, alarms, epochMs, refusal, self } from './link.js';
import { pauseSound, sound } from './sound.js';
import { language, orSaid, t } from './words.js';

const SIGNS = { high: '!!!', medium: '!!', low: '!' };

/** A condition as one key: `parted`, or `ended.e_stop`. */
export const keyOf = (condition) =>
  typeof condition === 'string' ? condition : Object.entries(condition)[0].join('.');

/** What the console says in passing, as a sentence. */
const sentence = (said) => `${said[0].toUpperCase()}${said.slice(1)}${said.endsWith('.') ? '' : '.'}`;

export function Alarms() {
  const open = alarms.value.filter((alarm) => alarm.acknowledged === null);
  return html`
    <section class="alarms" aria-label=${t('alarms')}>
      <div role="alert">${alarms.value.map((alarm) => html`<${Alarm} key=${alarm.id} alarm=${alarm} />`)}</div>
      ${open.length > 0 && html`<${Sound} />`}
      ${refusal.value && html`<p class="notice warn" role="status">
        ${t('refused')}: ${t(`refusal.${refusal.value.why}`)}</p>`}
    </section>`;
}

function Alarm({ alarm }) {
  const { id, condition, priority, words, detail, since, is_present, acknowledged } = alarm;
  const key = `alarm.${keyOf(condition)}`;
  const at = new Date(epochMs + since / 1e6).toLocaleTimeString(language.value);
  const seen = acknowledged !== null;
  return html`
    <article class="alarm ${priority} ${seen ? 'seen' : 'sounding'}" data-condition=${keyOf(condition)}>
      <b class="sign" aria-hidden="true">${SIGNS[priority]}</b>
      <p class="what"><span class="unseen">${t(`priority.${priority}`)}: </span>
        <strong>${sentence(orSaid(`${key}.what`, words.what))}</strong>
        ${detail && html`<span class="detail" lang="en"> – ${detail}</span>`}
        <time>${at}</time>${!is_present && html` <em>${t('alarm_past')}</em>`}</p>
      <p><b>${t('machine_does')}</b> ${sentence(orSaid(`${key}.machine`, words.machine))}</p>
      <p><b>${t('do_this')}</b> ${sentence(orSaid(`${key}.person`, words.person))}</p>
      ${!seen && self.value.role === 'operator' && html`
        <button class="acknowledge" onClick=${() => acknowledge(id)}>${t('acknowledge')}</button>`}
      ${seen && html`<p class="by">${t('acknowledged')}</p>`}
    </article>`;
}

function Sound() {
  if (sound.value.state === 'blocked') return html`<p class="notice warn">${t('sound.blocked')}</p>`;
  if (sound.value.state === 'paused') {
    return html`<p class="notice warn">${t('sound.paused', { n: sound.value.left })}</p>`;
  }
  return html`<button class="small" onClick=${pauseSound}>${t('sound.pause')}</button>`;
}
