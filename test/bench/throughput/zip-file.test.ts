import { expect, it } from 'vitest';
import { zipOf } from '../../../bench/throughput/zip-file.ts';

it('names its one file and holds it as it is', () => {
  const zip = zipOf('index.js', 'exports.handler = 1');
  const end = zip.length - 22;
  const central = zip.readUInt32LE(end + 16);
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  expect(zip.readUInt32LE(central)).toBe(0x02014b50);
  expect(zip.subarray(central + 46, central + 54).toString()).toBe('index.js');
  expect(zip.readUInt32LE(0)).toBe(0x04034b50);
  expect(zip.subarray(30 + 8, central).toString()).toBe('exports.handler = 1');
});
