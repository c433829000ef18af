import { html, signal, useEffect } from '../vendor/preact.js';
import { wish } from '../link.js';
import { choices, dotsOf } from '../numbers.js';
import { Scene } from '../scene.js';
import { figure, span, t } from '../words.js';
import { Facts, Outcome, isDue, mayPrepare, standOf } from './step.js';

const there = signal(null);
const machine = signal('gantry6');
const number = signal('');
const planned = signal(null);

export function PlanStep() {
  const { how, told } = standOf('plan');
  useEffect(() => {
    choices().then((all) => { there.value = all.machines; });
  }, []);
  useEffect(() => {
    if (how === 'done') dotsOf('plan').then((dots) => { planned.value = dots; }, () => { planned.value = null; });
  }, [how, told?.digest]);
  return html`
    <form class="choice" onSubmit=${choose}>
      <label>${t('plan.machine')}
        <input id="profile" list="profiles" required value=${machine.value} onInput=${(e) => { machine.value = e.target.value; }} autocomplete="off" />
        <datalist id="profiles">${there.value?.map((name) => html`<option value=${name} />`)}</datalist>
      </label>
      <label>${t('plan.session')}
        <input id="session-number" type="number" min="1" max="9" value=${number.value} onInput=${(e) => { number.value = e.target.value; }} />
      </label>
      <button class="go" disabled=${!mayPrepare() || !isDue('plan')}>${t('go')}</button>
    </form>
    <${Outcome} name="plan">
      ${told && html`<${Facts} rows=${facts(told)} />
        ${told.warnings?.map((warning) => html`<p class="notice warn" lang="en">${typeof warning === 'string' ? warning : JSON.stringify(warning)}</p>`)}`}
      ${planned.value && html`<${Scene} skin=${planned.value} label=${t('plan.picture')}
        use=${(head) => head?.setDots(planned.value.positions, planned.value.normals)} />`}
    <//>`;
}

function facts(told) {
  const left = Object.entries(told.rejected ?? {}).map(([why, count]) => `${count} ${why}`).join(', ');
  return [
    [t('plan.dots'), `${told.dots_planned} / ${told.dots_in}`],
    [t('plan.left_out'), left || '0'],
    [t('plan.time'), span(told.estimated_s)],
    [t('plan.spacing'), `${figure(told.min_spacing_mm)} mm`],
    [t('plan.tilt'), `${figure(told.max_tilt_deg, 1)}°`],
    [t('plan.clearance'), `${figure(told.min_clearance_mm)} mm`],
  ];
}

function choose(event) {
  event.preventDefault();
  wish({ plan: { machine: machine.value.trim(), session: number.value === '' ? null : Number(number.value) } });
}
