import { describe, expect, test } from 'vitest';
import { createSlots } from '../../../../functions/shared/expressions/slots.ts';

const never = new AbortController().signal;

describe('slots', () => {
  test('are given at once while some are free, then in the order of the line', async () => {
    // GIVEN
    const slots = createSlots(2);
    const order: string[] = [];
    const take = (name: string) => slots.take(never).then(() => order.push(name));
    // WHEN
    await Promise.all([take('a'), take('b')]);
    const waiting = [take('c'), take('d')];
    expect(order).toEqual(['a', 'b']);
    slots.give();
    await waiting[0];
    expect(order).toEqual(['a', 'b', 'c']);
    slots.give();
    await waiting[1];
    // THEN
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  test('pass over who gave up waiting', async () => {
    const slots = createSlots(1);
    const controller = new AbortController();
    await slots.take(never);
    const impatient = slots.take(controller.signal);
    const patient = slots.take(never);
    controller.abort(new Error('time is over'));
    await expect(impatient).rejects.toThrow('time is over');
    slots.give();
    await patient;
  });

  test('fail for who has given up before', () => {
    const slots = createSlots(1);
    expect(() => slots.take(AbortSignal.abort(new Error('time is over')))).toThrow('time is over');
  });
});
