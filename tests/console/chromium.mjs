// Debian's chromium, drawn by the processor, as on a controller without a graphics card; for all tests of pages.
// CHROMIUM names another browser. puppeteer-core and axe-core are installed once, outside the repository; PAGE_MODULES
// names the place.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MODULES = { 'puppeteer-core': '24.43.1', 'axe-core': '4.14.1' };
const FLAGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

const place = process.env.PAGE_MODULES ?? join(tmpdir(), 'smp-page-modules');

/** Where a module is; all are installed if one is missing. */
function folderOf(name) {
  if (!existsSync(join(place, 'node_modules', name))) {
    mkdirSync(place, { recursive: true });
    const wanted = Object.entries(MODULES).map(([module, version]) => `${module}@${version}`);
    execFileSync('npm', ['install', '--prefix', place, '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...wanted]);
  }
  return join(place, 'node_modules', name);
}

/** A browser. */
export function launch(size = { width: 1280, height: 800 }, more = []) {
  folderOf('puppeteer-core');
  const module = createRequire(`${place}/`)('puppeteer-core');
  return (module.default ?? module).launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [...FLAGS, ...more],
    defaultViewport: size,
    protocolTimeout: 120_000,
  });
}

/** The script that looks for barriers. */
export function axeScript() {
  return readFileSync(join(folderOf('axe-core'), 'axe.min.js'), 'utf8');
}

/** `page.wrong` gathers what a page complains of; `passes` says which words of the browser's own are none. */
export function listen(page, passes = () => false) {
  page.wrong = [];
  page.on('pageerror', (error) => page.wrong.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !passes(message)) page.wrong.push(message.text());
  });
}
