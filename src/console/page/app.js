/** The page: the bar that is always there, the steps at its side, and the step that is shown. */

import { computed, effect, html, render, signal } from './vendor/preact.js';
import { Bar } from './bar.js';
import { Alarms } from './alarms.js';
import { connect, isSurvey, line, look, pause, run, session, stop } from './link.js';
import { language, speak, t } from './words.js';
import './sound.js';
import './wake.js';
import { isOver, stageName } from './stage.js';
import { ClientStep } from './steps/client.js';
import { ScalpStep } from './steps/scalp.js';
import { DesignStep } from './steps/design.js';
import { PlanStep } from './steps/plan.js';
import { MachineStep } from './steps/machine.js';
import { RegistrationStep } from './steps/registration.js';
import { PreflightStep } from './steps/preflight.js';
import { RunStep } from './steps/run.js';
import { ReportStep } from './steps/report.js';

const STEPS = {
  client: ClientStep,
  scalp: ScalpStep,
  design: DesignStep,
  plan: PlanStep,
  machine: MachineStep,
  registration: RegistrationStep,
  preflight: PreflightStep,
  run: RunStep,
  report: ReportStep,
};

/** The step on show; null: the one that is due. */
export const shown = signal(null);

const active = computed(() => !isOver(look.value));

/** What comes before the list; of a run that goes on the first four were done when it began. */
const PREPARES = ['client', 'scalp', 'design', 'plan', 'machine', 'registration'];

/** How a step stands: open, working, done or refused. */
function state(name) {
  if (session.value.go_on && PREPARES.indexOf(name) >= 0 && PREPARES.indexOf(name) < 4) return 'done';
  if (name === 'preflight') {
    const all = session.value.preflight;
    if (all.some((item) => item.proof === 'bad')) return 'refused';
    return all.length > 0 && all.every((item) => item.proof === 'good') ? 'done' : 'open';
  }
  const runs = look.value && !isSurvey(run);
  if (name === 'run' && runs) return active.value ? 'working' : 'done';
  if (name === 'report') return runs && !active.value ? 'done' : 'open';
  const stand = session.value.steps.find((step) => step.step === name);
  return stand ? Object.keys(asObject(stand.state))[0] : 'open';
}

const asObject = (value) => (typeof value === 'string' ? { [value]: null } : value);

const due = computed(() => {
  if (active.value) return isSurvey(run) ? 'registration' : 'run';
  const open = PREPARES.find((name) => state(name) !== 'done');
  if (open) return open;
  return look.value && !isSurvey(run) ? 'report' : 'preflight';
});

const SIGNS = { open: '○', working: '◐', done: '✓', refused: '✕' };

function Steps({ now }) {
  return html`
    <nav aria-label=${t('steps')}>
      <ol>
        ${Object.keys(STEPS).map((name) => {
          const how = state(name);
          return html`<li>
            <button class="step ${how}" aria-current=${name === now ? 'step' : undefined}
              onClick=${() => { shown.value = name; }}>
              <span aria-hidden="true">${SIGNS[how]}</span> ${t(`step.${name}`)}
              <span class="unseen">, ${t(`state.${how}`)}</span>
            </button>
          </li>`;
        })}
      </ol>
    </nav>`;
}

function Page() {
  const now = shown.value ?? due.value;
  const Step = STEPS[now];
  return html`
    <a class="skip" href="#main">${t('skip')}</a>
    <${Bar} />
    <${Alarms} />
    <div class="body">
      <${Steps} now=${now} />
      <main id="main" tabindex="-1" aria-labelledby="title">
        ${line.value === 'barred' && html`<p class="notice bad" role="alert">${t('barred')}</p>`}
        <h1 id="title">${t(`step.${now}`)}</h1>
        <${Step} />
      </main>
    </div>`;
}

/** Space pauses, with shift it stops; on no button does it do anything else while a run is under way. */
function keys(event) {
  if (event.code !== 'Space' || !active.value) return;
  const typing = event.target instanceof HTMLElement && event.target.matches('textarea, input:not([type]), input[type=text], input[type=number]');
  if (typing) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.type === 'keydown' && !event.repeat) (event.shiftKey ? stop : pause)();
}
addEventListener('keydown', keys, true);
addEventListener('keyup', keys, true);

/** A run that begins is shown, and so is the next step once one is done. */
let was = null;
effect(() => {
  if (due.value !== was) {
    was = due.value;
    shown.value = null;
  }
});

effect(() => {
  const { value } = look;
  document.title = value ? `${t(`stage.${stageName(value)}`)} ${value.done} – smp` : 'smp';
});

// A page whose words do not come has its buttons all the same.
const words = () => speak(language.value).catch(() => { setTimeout(words, 1000); });
await Promise.race([words(), new Promise((resolve) => { setTimeout(resolve, 1000); })]);
render(html`<${Page} />`, document.body);
connect();
