import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findPython } from '../../local/python.ts';

const directory = mkdtempSync(join(tmpdir(), 'tasklane-python-'));
const interpreter = (version: string): string => {
  const file = join(directory, `python-${version}`);
  writeFileSync(file, `#!/bin/sh\necho '${version} /opt/a python/bin/python3'\n`);
  chmodSync(file, 0o755);
  return file;
};

afterAll(() => rmSync(directory, { recursive: true }));

describe('given the Python that TASKLANE_PYTHON names', () => {
  it.each(['3.10.0', '3.13.2', '4.0.0'])('takes version %s', async (version) => {
    const python = await findPython({ TASKLANE_PYTHON: interpreter(version) });
    expect(python).toEqual({ version, command: '/opt/a python/bin/python3' });
  });

  it.each(['3.9.18', '2.7.18'])('fails on version %s, naming it and what is needed', async (version) => {
    await expect(findPython({ TASKLANE_PYTHON: interpreter(version) })).rejects.toThrow(
      new RegExp(`3\\.10.*${version}`),
    );
  });

  it('fails where there is none, saying how to name one', async () => {
    await expect(findPython({ TASKLANE_PYTHON: join(directory, 'nothing') })).rejects.toThrow(
      /TASKLANE_PYTHON/,
    );
  });
});
