import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/** Microseconds between two samples. */
const INTERVAL_MICROSECONDS = 200;

/** Runs something under V8's CPU profiler and writes the profile to a file that browsers' tools can open, too. */
export async function recordProfile<T>(file: string, run: () => Promise<T>): Promise<T> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_MICROSECONDS });
    await session.post('Profiler.start');
    const result = await run();
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
    return result;
  } finally {
    session.disconnect();
  }
}
