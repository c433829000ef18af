import { html, signal } from '../vendor/preact.js';
import { begin, isSurvey, look, run, session, wish } from '../link.js';
import { Resume } from '../resume.js';
import { isOver } from '../stage.js';
import { figure, t } from '../words.js';
import { Facts, Outcome, isDue, mayPrepare, standOf } from './step.js';

const how = signal('touches');
const text = signal('');

export function RegistrationStep() {
  const { told } = standOf('registration');
  return html`
    <form class="choice" onSubmit=${choose}>
      <fieldset>
        <legend>${t('registration.how')}</legend>
        ${(session.value.go_on ? ['kept', 'touches', 'fixed'] : ['touches', 'survey', 'fixed']).map((name) => html`<label class="radio">
          <input type="radio" name="how" id=${`how-${name}`} checked=${how.value === name} onChange=${() => { how.value = name; }} />
          ${t(`registration.${name}`)}</label>`)}
      </fieldset>
      ${['touches', 'survey'].includes(how.value) && html`<label>${t(how.value === 'survey' ? 'registration.landmarks' : 'registration.text')}
        <textarea id="touches" rows="8" required spellcheck="false" value=${text.value} onInput=${(e) => { text.value = e.target.value; }}></textarea>
        <input type="file" accept=".toml" aria-label=${t('registration.file')} onChange=${read} /></label>`}
      <button class="go" disabled=${!mayPrepare() || !isDue('registration')}>${t(how.value === 'survey' ? 'registration.begin' : 'go')}</button>
    </form>
    <${Survey} />
    <${Outcome} name="registration">
      ${told?.fixed || told?.kept ? html`<p>${t(told.kept ? 'registration.is_kept' : 'registration.is_fixed')}</p>` : told && html`<${Facts} rows=${facts(told)} />`}
    <//>`;
}

/** A survey under way: how many places are touched, and how well the head is registered by them. */
function Survey() {
  const now = look.value;
  if (now === null || isOver(now) || !isSurvey(run)) return null;
  const { fit } = now;
  return html`<section class="survey" aria-label=${t('registration.survey')}>
    <${Resume} />
    <div class="big"><span id="touched">${now.done}</span> <small>/ ${run.marks.length} ${t('registration.places')}</small></div>
    <progress max=${run.marks.length} value=${now.done} aria-label=${t('registration.places')}></progress>
    ${fit?.error && html`<${Facts} rows=${[
      [t('registration.rms'), `${figure(fit.error.rms_mm)} mm`],
      [t('registration.worst'), `95 %: ${figure(fit.error.worst_p95_mm)} mm`],
      [t('registration.residual'), `${figure(fit.error.residual_mm)} mm`],
    ]} />`}
    ${fit?.wants && html`<p lang="en">${fit.wants}</p>`}
  </section>`;
}

function facts(told) {
  const worst = told.target_error_worst;
  return [
    [t('registration.rms'), `${figure(told.target_error_rms_mm)} mm`],
    [t('registration.worst'), `${figure(worst?.rms_mm)} mm (95 %: ${figure(worst?.p95_mm)} mm)`],
    [t('registration.checks'), `${figure(told.check_worst_mm)} mm`],
    [t('registration.residual'), `${figure(told.residual_rms_mm)} mm`],
    [t('registration.used'), `${told.touches_used} / ${told.touches_used + told.touches_rejected}`],
  ];
}

async function read(event) {
  const [file] = event.target.files;
  if (file) text.value = await file.text();
}

async function choose(event) {
  event.preventDefault();
  const wanted = { touches: { touches: { text: text.value } }, survey: { survey: { landmarks: text.value } }, fixed: 'fixed', kept: 'kept' };
  const done = await wish({ registration: wanted[how.value] });
  if (done && how.value === 'survey') begin('survey');
}
