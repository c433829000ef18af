// Opens the pages in Debian's chromium, drawn by the processor, as on a controller without a graphics card.
// CHROMIUM names another browser. puppeteer-core is installed once, outside the repository; PAGE_MODULES names the place.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from './serve.mjs';

const DRIVER = 'puppeteer-core@24.43.1';
const FLAGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
];

function driver() {
  const place = process.env.PAGE_MODULES ?? join(tmpdir(), 'smp-page-modules');
  if (!existsSync(join(place, 'node_modules', 'puppeteer-core'))) {
    mkdirSync(place, { recursive: true });
    execFileSync('npm', ['install', '--prefix', place, '--ignore-scripts', '--no-audit', '--no-fund', DRIVER]);
  }
  const module = createRequire(`${place}/`)('puppeteer-core');
  return module.default ?? module;
}

/** @returns {Promise<{browser: any, open: (path: string) => Promise<any>, close: () => Promise<void>}>} */
export async function start(size = { width: 1280, height: 800 }) {
  const server = await serve();
  const browser = await driver().launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
    defaultViewport: size,
    protocolTimeout: 120_000,
  });
  return {
    browser,
    /** The page, when it is ready; `page.wrong` gathers what it complains of. */
    async open(path) {
      const page = await browser.newPage();
      page.wrong = [];
      page.on('pageerror', (error) => page.wrong.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !/favicon/.test(message.location().url ?? '')) page.wrong.push(message.text());
      });
      await page.goto(server.origin + path);
      await page.waitForFunction('window.test', { polling: 100, timeout: 60_000 });
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}
