import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { LambdaLaneMappings } from '../../../functions/lane-switch/lambda-lane-mappings.ts';

/** Mappings in the given states; a change of one that is changing is refused. */
function setup(states: Record<string, string>) {
  const updates: unknown[] = [];
  const send = async (command: unknown) => {
    if (command instanceof GetEventSourceMappingCommand) return { State: states[command.input.UUID ?? ''] };
    if (!(command instanceof UpdateEventSourceMappingCommand)) throw new Error('no other call is made');
    if (/ing$/.test(states[command.input.UUID ?? ''] ?? '')) {
      throw Object.assign(new Error('it is changing'), { name: 'ResourceInUseException' });
    }
    updates.push(command.input);
    return {};
  };
  const client = { send } as unknown as LambdaClient;
  return { updates, mappings: new LambdaLaneMappings(client, { low: Object.keys(states) }) };
}

describe("a lane's mappings", () => {
  it('are stopped in all pools, and are known to be so when asked again', async () => {
    const { updates, mappings } = setup({ a: 'Enabled', b: 'Disabled' });
    expect(await mappings.serve('low', false)).toBe(false);
    expect(updates).toEqual([{ UUID: 'a', Enabled: false }]);
  });

  it.each([
    ['Disabled', false],
    ['Enabled', true],
  ])('are left alone where they are %s already', async (state, isServed) => {
    const { updates, mappings } = setup({ a: state, b: state });
    expect(await mappings.serve('low', isServed)).toBe(true);
    expect(updates).toEqual([]);
  });

  it.each([
    ['on their way there', 'Enabling', true],
    ['on their way elsewhere, and refuse', 'Disabling', true],
    ['changed by somebody else', 'Updating', false],
  ])('are not known to be right while they are %s', async (_, state, isServed) => {
    const { updates, mappings } = setup({ a: state });
    expect(await mappings.serve('low', isServed)).toBe(false);
    expect(updates).toEqual([]);
  });

  it('fail when Lambda does', async () => {
    const client = { send: () => Promise.reject(new Error('AccessDenied')) } as unknown as LambdaClient;
    await expect(new LambdaLaneMappings(client, { low: ['a'] }).serve('low', false)).rejects.toThrow();
  });

  it('of a lane without any are right', async () => {
    expect(await setup({}).mappings.serve('high', true)).toBe(true);
  });
});
