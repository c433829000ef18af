/**
 * All that the page says, by keys: `words/en.json` and its translations. What the controller says in English of its own
 * accord (alarms, the log) is shown as it is where a translation has no words for it.
 */

import { signal } from './vendor/preact.js';

export const LANGUAGES = { en: 'English', de: 'Deutsch' };

export const language = signal(pick());
const words = signal({});
const english = signal({});

function pick() {
  const kept = localStorage.getItem('language');
  if (kept in LANGUAGES) return kept;
  const own = navigator.language.slice(0, 2);
  return own in LANGUAGES ? own : 'en';
}

export async function speak(wanted) {
  const read = async (name) => (await fetch(`/page/words/${name}.json`)).json();
  english.value = await read('en');
  words.value = wanted === 'en' ? english.value : await read(wanted);
  language.value = wanted;
  localStorage.setItem('language', wanted);
  document.documentElement.lang = wanted;
}

/** The words of a key, with `{name}` filled in. */
export function t(key, values = {}) {
  const text = words.value[key] ?? english.value[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** The words of a key, or what was said in English. */
export function orSaid(key, said) {
  return words.value[key] ?? said;
}

/** A number with so many digits after the point, as the language writes it. */
export function figure(value, digits = 2) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return value.toLocaleString(language.value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A length of time in minutes, or seconds where it is short. */
export function span(seconds) {
  if (seconds < 90) return t('seconds', { n: Math.round(seconds) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t('minutes', { n: minutes });
  return t('hours', { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, '0') });
}
