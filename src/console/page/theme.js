/** Dark or light: as the system has it, until the operator says otherwise. */

import { effect, signal } from './vendor/preact.js';

const system = matchMedia('(prefers-color-scheme: dark)');

export const theme = signal(localStorage.getItem('theme') ?? (system.matches ? 'dark' : 'light'));

system.addEventListener('change', () => {
  if (!localStorage.getItem('theme')) theme.value = system.matches ? 'dark' : 'light';
});

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function turnTheme() {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  localStorage.setItem('theme', theme.value);
}
