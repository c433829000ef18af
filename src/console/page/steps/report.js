import { html, signal, useEffect } from '../vendor/preact.js';
import { began, look, run, wish } from '../link.js';
import { isOver, stageName } from '../stage.js';
import { t } from '../words.js';
import { mayPrepare } from './step.js';

const there = signal([]);
/** From one look for the report to the next. */
const AGAIN_MS = 700;

export function ReportStep() {
  const over = look.value !== null && isOver(look.value);
  useEffect(() => {
    if (!over) return undefined;
    there.value = [];
    let timer = null;
    const seek = async () => {
      there.value = await fetch('/api/report').then((answer) => answer.json()).catch(() => []);
      if (!there.value.includes('report.html')) timer = setTimeout(seek, AGAIN_MS);
    };
    seek();
    return () => clearTimeout(timer);
  }, [over, began.value]);
  if (!over) return html`<p>${t('report.none')}</p>`;
  return html`
    <p>${t(`stage.${stageName(look.value)}`)}: <b>${look.value.done}</b> / ${run.marks.length} ${t('dots')}</p>
    ${there.value.includes('report.html')
      ? html`<p><a class="go" id="report" href="/report/report.html" target="_blank">${t('report.open')}</a>
          ${there.value.includes('report.pdf') && html`<a class="go" href="/report/report.pdf" target="_blank">${t('report.pdf')}</a>`}</p>`
      : html`<p class="working">${t('report.making')}</p>`}
    <p><code>${run.folder}</code></p>
    <button id="anew" disabled=${!mayPrepare()} onClick=${() => wish('anew')}>${t('report.anew')}</button>`;
}
