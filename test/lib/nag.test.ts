import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { STAGES } from '../../lib/stage-schema.ts';
import { appOf, type Overrides } from './synthesized-stage.ts';

const findings = (stage: (typeof STAGES)[number], overrides: Overrides = {}) => {
  const { app } = appOf(stage, overrides);
  return new AwsSolutionsChecks(app).validateScope(app).violations;
};

describe('cdk-nag', () => {
  it.each(STAGES)(
    'finds nothing in %s that has no written reason',
    (stage) => {
      expect(findings(stage)).toEqual([]);
    },
    30_000,
  );

  it('finds nothing with a key of the account, a foreign issuer and other origins', () => {
    const overrides: Overrides = {
      customerManagedKey: true,
      identity: { kind: 'oidc', issuer: 'https://id.example.com/', audience: ['tasklane'] },
      http: { ratePerSecond: 10, burst: 10, corsOrigins: ['https://console.example.com'] },
    };
    expect(findings('prod', overrides)).toEqual([]);
  }, 30_000);
});
