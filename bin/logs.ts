import { watchLifetime } from '../local/lifetime.ts';
import { printLogs } from '../local/print-logs.ts';

const lifetime = watchLifetime();
try {
  await printLogs(process.argv.slice(2), console.log, lifetime.signal);
  process.exit(lifetime.exitCode());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
