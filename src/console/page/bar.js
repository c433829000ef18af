/** What is always there: where the run stands, who is in control, Pause and Stop. */

import { html } from './vendor/preact.js';
import { control, inControl, letGo, line, look, pause, self, speaks, stop, take } from './link.js';
import { STAGE_SIGNS, isOver, stageName } from './stage.js';
import { theme, turnTheme } from './theme.js';
import { LANGUAGES, language, speak, t } from './words.js';

export function Bar() {
  const over = isOver(look.value);
  return html`
    <header class="bar">
      <${Stage} />
      <${InControl} />
      <div class="settings">
        <label class="unseen" for="language">${t('language')}</label>
        <select id="language" value=${language.value} onChange=${(e) => speak(e.target.value)}>
          ${Object.entries(LANGUAGES).map(([code, name]) => html`<option value=${code}>${name}</option>`)}
        </select>
        <button class="small" onClick=${turnTheme}>${t(theme.value === 'dark' ? 'light' : 'dark')}</button>
      </div>
      <button class="pause" id="pause" onClick=${pause} disabled=${over || !speaks.value}>
        <span aria-hidden="true">❚❚</span> ${t('pause')} <kbd>${t('key.space')}</kbd>
      </button>
      <button class="stop" id="stop" onClick=${stop}>
        <span aria-hidden="true">■</span> ${t('stop')} <kbd>${t('key.shift_space')}</kbd>
      </button>
    </header>`;
}

function Stage() {
  if (line.value !== 'live') {
    return html`<p class="stage ${line.value}" role="status" id="stage"><span aria-hidden="true">${line.value === 'connecting' ? '…' : '⚠'}</span> ${t(`line.${line.value}`)}</p>`;
  }
  if (look.value === null) return html`<p class="stage" role="status" id="stage">${t('stage.none')}</p>`;
  const name = stageName(look.value);
  return html`<p class="stage ${name}" role="status" id="stage">
    <span aria-hidden="true">${STAGE_SIGNS[name]}</span> ${t(`stage.${name}`)}
  </p>`;
}

function InControl() {
  const { tab, pages } = control.value;
  if (self.value.role !== 'operator') return html`<p class="control">${t('control.watching', { n: pages })}</p>`;
  if (inControl()) {
    return html`<p class="control">${t('control.own', { n: pages })}
      <button class="small" id="let-go" onClick=${letGo}>${t('control.let_go')}</button></p>`;
  }
  return html`<p class="control">${tab === null ? t('control.nobody') : t('control.other', { tab })}
    <button class="small" id="take" onClick=${take}>${t(tab === null ? 'control.take' : 'control.take_over')}</button></p>`;
}
