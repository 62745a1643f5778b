import { describe, expect, it } from 'vitest';
import { startEnd } from '../../../functions/executor/attempt-end.ts';
import { aRow, NOW_MS } from '../../support/builders.ts';

function start() {
  const stop = new AbortController();
  return { stop, end: startEnd(aRow(), { timeoutSeconds: 30 }, NOW_MS, stop.signal) };
}

describe('the signal of an attempt', () => {
  it('aborts when the attempt is stopped, and keeps its reason when that is over', () => {
    const { stop, end } = start();
    const { signal } = end;
    expect(signal.aborted).toBe(false);
    stop.abort('cancelled');
    end.over();
    expect(signal.reason).toMatchObject({ code: 'cancelled' });
  });

  it('has aborted for who asks for it only after that', () => {
    const { stop, end } = start();
    stop.abort('cancelled');
    expect(end.signal.reason).toMatchObject({ code: 'cancelled' });
    end.over();
  });

  it('tells what a handler has left running that the attempt is over', () => {
    const { end } = start();
    end.over();
    expect(end.signal.reason).toMatchObject({ code: 'aborted' });
  });
});
