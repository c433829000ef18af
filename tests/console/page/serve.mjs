// Serves the page's files as the console does: from this machine to this machine, under the same policy.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const FOLDERS = { page: 'src/console/page', test: 'tests/console/page', scalps: 'configs/scalps' };
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.stl': 'model/stl' };

export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "font-src 'self'; worker-src 'self'; frame-ancestors 'none'";

/** @returns {Promise<{origin: string, close: () => void}>} */
export function serve() {
  const server = createServer(async (request, response) => {
    const [, folder, ...rest] = normalize(new URL(request.url, 'http://x').pathname).split('/');
    const file = FOLDERS[folder] && join(root, FOLDERS[folder], ...rest);
    try {
      const body = await readFile(file);
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': POLICY,
        'x-content-type-options': 'nosniff',
      });
      response.end(body);
    } catch {
      response.writeHead(404, { 'content-security-policy': POLICY }).end();
    }
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() });
    });
  });
}
