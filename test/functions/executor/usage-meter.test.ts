import { expect, it } from 'vitest';
import { UsageMeter } from '../../../functions/executor/usage-meter.ts';

it('divides the CPU among the attempts that ran side by side, and loses none', () => {
  let cpuMs = 0;
  const meter = new UsageMeter(() => ({ cpuMs, maxMemoryMb: 100 }));
  const endFirst = meter.start();
  cpuMs = 10;
  const endSecond = meter.start();
  cpuMs = 30;
  expect(endFirst()).toEqual({ cpu_ms: 20, max_memory_mb: 100 });
  cpuMs = 35;
  expect(endSecond().cpu_ms).toBe(15);
  cpuMs = 1000;
  expect(meter.start()().cpu_ms).toBe(0);
});
