import { describe, expect, it } from 'vitest';
import { fairnessGroupOf, GROUPS_A_TENANT } from '../../core/fairness.ts';
import { groupIdOf } from '../../core/group-id.ts';

const keys = Array.from({ length: 1000 }, (_, n) => `key-${n}`);

describe('the group of a lane message', () => {
  it('stands for the fairness key, else the agent, else the tenant', () => {
    const tenant = 'acme';
    const ofKey = fairnessGroupOf({ tenant, fairness_key: 'a', agent_id: 'b' });
    expect(ofKey).toBe(fairnessGroupOf({ tenant, fairness_key: 'a' }));
    expect(ofKey).toBe(fairnessGroupOf({ tenant, agent_id: 'a' }));
    expect(fairnessGroupOf({ tenant })).toBe(fairnessGroupOf({ tenant, fairness_key: '' }));
  });

  it('is one of eight of its tenant: nobody looks quiet by inventing keys', () => {
    const groups = new Set(keys.map((fairness_key) => fairnessGroupOf({ tenant: 'acme', fairness_key })));
    expect(groups.size).toBe(GROUPS_A_TENANT);
  });

  it('is never another tenant’s', () => {
    const groups = new Set(keys.map((tenant) => fairnessGroupOf({ tenant, fairness_key: 'same' })));
    expect(groups.size).toBe(keys.length);
  });
});

describe('the id of a group', () => {
  it('is what SQS takes, whatever the texts behind it', () => {
    for (const text of ['', 'a b', '\u{1f600}'.repeat(64), 'x'.repeat(10_000)])
      expect(groupIdOf(text)).toMatch(/^[\w-]{22}$/);
  });

  it('tells parts apart whose texts run together', () => {
    expect(groupIdOf('a', 'bc')).not.toBe(groupIdOf('ab', 'c'));
    expect(groupIdOf('a', 'bc')).toBe(groupIdOf('a', 'bc'));
  });
});
