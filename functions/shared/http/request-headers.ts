import * as z from 'zod';

/** Headers that belong to the connection or that the client derives from the request itself. */
const RESERVED = [
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** A token of RFC 9110, 5.6.2. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Visible Latin-1 characters, space and tab: no line break or other control character can end the header. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Request headers as callers give them: any name but the reserved ones, once each whatever its case. */
export const requestHeaders = z.record(z.string(), z.string()).superRefine((headers, context) => {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const problem = seen.has(name.toLowerCase()) ? 'is given twice' : headerProblem(name, value);
    seen.add(name.toLowerCase());
    if (problem !== undefined) {
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `the header ${JSON.stringify(name)} ${problem}`,
      });
    }
  }
});

function headerProblem(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return 'has a name with characters that no header may have';
  if (RESERVED.includes(name.toLowerCase())) return 'is set by the client itself; leave it out';
  if (!VALUE.test(value)) return 'has a value with a line break, control or non-Latin-1 character';
  return undefined;
}
