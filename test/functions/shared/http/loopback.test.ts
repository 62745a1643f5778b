import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { loopbackAllowed } from '../../../../functions/shared/http/loopback.ts';

/** What the constant is in a build for a stage, in a process that has the variable set to `local`. */
async function builtFor(stage: string): Promise<{ readonly value: boolean; readonly code: string }> {
  const { outputFiles } = await build({
    entryPoints: ['functions/shared/http/loopback.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    define: { 'process.env.TASKLANE_BUILD_STAGE': JSON.stringify(stage) },
  });
  const code = outputFiles[0]?.text ?? '';
  const { loopbackAllowed: value } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return { value, code };
}

describe('loopback', () => {
  test('is allowed in a build for the stage local', async () => {
    expect((await builtFor('local')).value).toBe(true);
  });

  test.each(['dev', 'staging', 'prod', ''])(
    'is refused in a build for the stage %j, which reads no variable',
    async (stage) => {
      const { value, code } = await builtFor(stage);
      expect(value).toBe(false);
      expect(code).not.toContain('process');
    },
  );

  test('is refused where nothing was built', () => {
    expect(loopbackAllowed).toBe(false);
  });
});
