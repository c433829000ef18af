/** Files that the operator brings along, into a folder of their own: a scan with its landmarks, a design with its drawings. */

import { html, signal } from '../vendor/preact.js';
import { t } from '../words.js';
import { mayPrepare } from './step.js';

const told = signal({ kind: '', said: '', well: true });

/** `kind` is `scalps` or `designs`; `then` is called when all files are there. */
export function Upload({ kind, then }) {
  const said = told.value.kind === kind && told.value.said;
  return html`
    <details class="upload"><summary>${t(`upload.${kind}`)}</summary>
      <form class="choice" onSubmit=${(event) => send(event, kind, then)}>
        <label>${t('upload.name')}<input name="name" required autocomplete="off" /></label>
        <label>${t('upload.files')}<input name="files" type="file" multiple required /></label>
        <button disabled=${!mayPrepare()}>${t('upload.go')}</button>
      </form>
      ${said && html`<p class="notice ${told.value.well ? 'good' : 'bad'}" role="status">${said}</p>`}
    </details>`;
}

async function send(event, kind, then) {
  event.preventDefault();
  const form = event.target;
  const name = form.elements.name.value.trim();
  for (const file of form.elements.files.files) {
    const to = ['/api/upload', kind, name, nameOf(kind, file.name)].map((part, k) => (k ? encodeURIComponent(part) : part)).join('/');
    const answer = await fetch(to, { method: 'POST', body: file }).catch((error) => ({ ok: false, text: async () => String(error) }));
    if (!answer.ok) {
      told.value = { kind, said: `${file.name}: ${(await answer.text()).trim() || answer.status}`, well: false };
      return;
    }
  }
  told.value = { kind, said: t('upload.done', { name }), well: true };
  form.reset();
  then();
}

/** A scan is found by the name of its file, whatever it was called where it comes from. */
function nameOf(kind, name) {
  const ending = name.slice(name.lastIndexOf('.')).toLowerCase();
  return kind === 'scalps' && ['.stl', '.ply', '.obj'].includes(ending) ? `mesh${ending}` : kind === 'scalps' && ending === '.json' ? 'landmarks.json' : name;
}
