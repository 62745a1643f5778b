import { describe, expect, it } from 'vitest';
import {
  isObjectsOfOneRow,
  objectsOf,
  outputKeyOf,
  payloadKeyOf,
  uploadKeyOf,
} from '../../core/object-keys.ts';
import { aRow, NOW_MS } from '../support/builders.ts';

const row = aRow({}, { taskId: 'task-1' });

describe('the objects of a row', () => {
  it('are below its id and its creation', () => {
    expect(payloadKeyOf(row)).toBe(`values/task-1/${NOW_MS}/payload`);
    expect(outputKeyOf(row, 2)).toBe(`values/task-1/${NOW_MS}/output-2`);
    expect(uploadKeyOf('abc')).toBe('uploads/abc');
  });

  it('are apart from those of a row that has the id later, or that another body had given it', () => {
    const later = aRow({}, { taskId: 'task-1', nowMs: NOW_MS + 1 });
    const keyed = { ...row, body_hash: 'h_-1' };
    const prefixes = [row, later, keyed].map((one) => objectsOf(one));
    expect(prefixes).toEqual([
      `values/task-1/${NOW_MS}/`,
      `values/task-1/${NOW_MS + 1}/`,
      `values/task-1/${NOW_MS}.h_-1/`,
    ]);
    for (const prefix of prefixes) expect(isObjectsOfOneRow(prefix)).toBe(true);
  });

  it.each([
    '',
    'values/',
    'values/task-1/',
    'values/task-1/1',
    'values/a/b/1/',
    'uploads/a/1/',
    '/values/a/1/',
  ])('are not all below "%s"', (prefix) => {
    expect(isObjectsOfOneRow(prefix)).toBe(false);
  });
});
