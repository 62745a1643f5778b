import { watchLifetime } from '../local/lifetime.ts';
import { runLocal } from '../local/start.ts';
import { createSteps } from '../local/steps.ts';

const lifetime = watchLifetime();
try {
  await runLocal(
    createSteps(() => performance.now(), console.log),
    lifetime,
  );
  process.exit(lifetime.exitCode());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
