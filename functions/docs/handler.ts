import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { DomainError } from '../../core/errors.ts';
import type { Answer } from '../shared/http-api/answer.ts';
import { createHttpHandler, type HttpDeps } from '../shared/http-api/create-http-handler.ts';
import { CONTENT_SECURITY_POLICY, PAGE, START_SCRIPT } from './page.ts';

export interface DocsDeps extends HttpDeps {
  /** Reads a file of Swagger UI that was put beside the code. */
  readonly readAsset: (name: string) => Promise<Buffer>;
}

/** The files that are served, and nothing else. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'start.js': 'text/javascript; charset=utf-8',
};

/** A day: the names do not change with the content. */
const FILE_HEADERS = { 'cache-control': 'public, max-age=86400', vary: 'accept-encoding' };

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'public, max-age=300',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'referrer-policy': 'no-referrer',
};

const compress = promisify(gzip);

/** The docs function: a readable page of the OpenAPI document, and its files. */
export function createHandler(deps: DocsDeps) {
  const compressed = new Map<string, Buffer>();

  const read = async (name: string): Promise<Buffer> =>
    name === 'start.js' ? Buffer.from(START_SCRIPT) : await deps.readAsset(name);

  const readCompressed = async (name: string): Promise<Buffer> => {
    const known = compressed.get(name) ?? (await compress(await read(name)));
    compressed.set(name, known);
    return known;
  };

  return createHttpHandler(deps, {
    getDocs: async () => ({ status: 200, headers: PAGE_HEADERS, raw: PAGE }),
    getDocsFile: async ({ params: { file }, headers }): Promise<Answer> => {
      const type = Object.hasOwn(CONTENT_TYPES, file) ? CONTENT_TYPES[file] : undefined;
      if (type === undefined) throw new DomainError('not_found', 'the page has no such file');
      const fileHeaders = { ...FILE_HEADERS, 'content-type': type };
      // The script has 1.5 MB, a third of that when compressed.
      const takesGzip = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
      return takesGzip
        ? {
            status: 200,
            headers: { ...fileHeaders, 'content-encoding': 'gzip' },
            raw: await readCompressed(file),
          }
        : { status: 200, headers: fileHeaders, raw: (await read(file)).toString() };
    },
  });
}
