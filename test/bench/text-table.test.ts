import { expect, it } from 'vitest';
import { readable, textTable } from '../../bench/text-table.ts';

it('aligns texts at the left and numbers at the right', () => {
  const rows = [
    ['what', 'ms'],
    ['api', 1.5],
    ['executor', 120],
  ];
  expect(textTable(rows)).toBe(
    ['what       ms', '--------  ---', 'api       1.5', 'executor  120'].join('\n'),
  );
});

it('prints three significant digits, whole numbers from 100 on', () => {
  expect([0.123456, 12.3456, 123.456, 1234567, Number.NaN].map(readable)).toEqual([
    '0.123',
    '12.3',
    '123',
    '1,234,567',
    'NaN',
  ]);
});
