import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Emulator } from '../../../local/emulator.ts';
import { errorOf } from './error-of.ts';
import { type LocalAws, localAws } from './local-aws.ts';
import { proofGroups } from './proofs/all.ts';
import { startTestEmulator } from './test-emulator.ts';

const withEmulator = (name: string, without: readonly string[]): (() => LocalAws) => {
  let emulator: Emulator | undefined;
  beforeAll(async () => {
    emulator = await startTestEmulator(name, { without });
  });
  afterAll(() => emulator?.stop());
  return () => localAws(emulator?.url ?? '', without);
};

describe.concurrent('given the emulator with all its patches', () => {
  const aws = withEmulator('patched', []);
  it.each(proofGroups.flat())('$patch: $states', ({ prove }) => prove(aws()));
});

describe.concurrent.each(proofGroups.map((proofs, index) => ({ proofs, index })))(
  'given the emulator without the patches of group $index',
  ({ proofs, index }) => {
    const without = proofs.map(({ patch }) => patch);
    const aws = withEmulator(`without-${index}`, without);
    it.each(proofs)('fails without $patch: $states', async ({ prove }) => {
      expect(await errorOf(prove(aws()))).toBeInstanceOf(Error);
    });
  },
);
