// Opens pages that are made for tests, with their own server.
import { launch, listen } from '../chromium.mjs';
import { serve } from './serve.mjs';

/** @returns {Promise<{browser: any, open: (path: string) => Promise<any>, close: () => Promise<void>}>} */
export async function start(size) {
  const server = await serve();
  const browser = await launch(size);
  return {
    browser,
    /** The page, when it is ready; `page.wrong` gathers what it complains of. */
    async open(path) {
      const page = await browser.newPage();
      listen(page, (message) => /favicon/.test(message.location().url ?? ''));
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
