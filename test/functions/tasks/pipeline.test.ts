import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../../functions/tasks/define-task.ts';
import type { StageEnd, StageRecorder, TaskStage } from '../../../functions/tasks/pipeline.ts';
import { taskContext } from '../../support/task-context.ts';

type Stage = TaskStage<{ n: number }>;

const define = (stages: readonly Stage[]) =>
  defineTask({ type: 'sum', input: z.object({ n: z.number() }), stages });

function recorder(): StageRecorder & { readonly told: [string, StageEnd | 'begun'][] } {
  const told: [string, StageEnd | 'begun'][] = [];
  const begin = (name: string) => {
    told.push([name, 'begun']);
    return (end: StageEnd) => void told.push([name, end]);
  };
  return { told, begin };
}

const boom = new Error('boom');
const failing: Stage = { name: 'fails', run: () => Promise.reject(boom) };

function run(stages: readonly Stage[], signal?: AbortSignal) {
  const definition = define(stages);
  const stagesTold = recorder();
  const context = taskContext(definition, { n: 2 }, signal === undefined ? {} : { signal });
  return { output: Promise.resolve(definition.run(context, stagesTold)), told: stagesTold.told };
}

describe('a pipeline', () => {
  it('runs its stages in order on one context; the last output is the task’s', async () => {
    const { output, told } = run([
      { name: 'double', run: ({ payload, previous }) => [previous, payload.n * 2] },
      { name: 'add', run: async ({ payload, previous }) => [previous, payload.n + 1] },
      { name: 'show', run: ({ previous, outputs, task }) => ({ previous, outputs, type: task.type }) },
    ]);
    const double = [undefined, 4];
    const add = [double, 3];
    expect(await output).toEqual({ previous: add, outputs: { double, add }, type: 'sum' });
    const ended = { fallbackUsed: false };
    const names = ['double', 'add', 'show'];
    expect(told).toEqual(names.flatMap((name) => [name, name].map((n, i) => [n, i === 0 ? 'begun' : ended])));
  });

  it('runs without anybody who is told', async () => {
    const definition = define([{ name: 'one', run: ({ payload }) => payload.n }]);
    expect(await definition.run(taskContext(definition, { n: 7 }))).toBe(7);
  });

  it.each<[string, Stage['fallback'], unknown]>([
    ['a value', { rows: [] }, { rows: [] }],
    ['null', null, null],
    ['what a function makes of error and context', (error, { payload }) => [error, payload.n], [boom, 2]],
    ['what a function promises', async (_, { previous }) => previous, 'before'],
  ])('goes on with the fallback of a stage that throws: %s', async (_, fallback, expected) => {
    const { output, told } = run([
      { name: 'first', run: () => 'before' },
      { ...failing, ...(fallback === undefined ? {} : { fallback }) },
      { name: 'last', run: ({ previous }) => ({ previous }) },
    ]);
    expect(await output).toEqual({ previous: expected });
    expect(told).toContainEqual(['fails', { fallbackUsed: true, error: { thrown: boom } }]);
  });

  it('fails with what a stage without a fallback throws, and runs no other', async () => {
    const { output, told } = run([failing, { name: 'never', run: () => 1 }]);
    await expect(output).rejects.toBe(boom);
    expect(told.at(-1)).toEqual(['fails', { fallbackUsed: false, error: { thrown: boom } }]);
  });

  it('fails with what a fallback throws', async () => {
    const { output } = run([{ ...failing, fallback: () => Promise.reject(new Error('worse')) }]);
    await expect(output).rejects.toThrow('worse');
  });

  it('stops between two stages when its signal aborts', async () => {
    const stop = new AbortController();
    const { output, told } = run(
      [
        { name: 'first', run: () => stop.abort(new Error('time is up')) },
        { name: 'never', run: () => 1 },
      ],
      stop.signal,
    );
    await expect(output).rejects.toThrow('time is up');
    expect(told.map(([name]) => name)).toEqual(['first', 'first']);
  });

  it('uses no fallback for a stage that its signal has stopped', async () => {
    const stop = new AbortController();
    const stopped: Stage = {
      name: 'stopped',
      fallback: 1,
      run: ({ signal }) => {
        stop.abort(boom);
        signal.throwIfAborted();
      },
    };
    await expect(run([stopped], stop.signal).output).rejects.toBe(boom);
  });

  it.each<[string, readonly Stage[], RegExp]>([
    ['no stages', [], /"sum" has 0 stages; give it 1 to 50/],
    ['too many stages', Array.from({ length: 51 }, (_, n) => ({ name: `s${n}`, run: () => n })), /51 stages/],
    ['a stage without a name', [{ name: '', run: () => 1 }], /"" of the task type "sum" is no name/],
    ['a name with a space', [{ name: 'a b', run: () => 1 }], /"a b" of the task type "sum" is no name/],
    ['a name twice', [failing, failing], /two stages .* have the name "fails"; rename one/],
  ])('fails to be defined with %s', (_, stages, message) => {
    expect(() => define(stages)).toThrow(message);
  });
});
