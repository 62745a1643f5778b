import type { DebugReport, MemoryFigures } from '../../core/debug-report.ts';

const MB = 1024 * 1024;

/** The running process, as debug reports tell of it. */
export class ExecutorProcess {
  readonly #version: string;
  readonly #memoryLimitMb: number | null;
  #isCold = true;

  /** `variables` are those that Lambda sets. */
  constructor(variables: Readonly<Record<string, string | undefined>>) {
    this.#version = variables.AWS_LAMBDA_FUNCTION_VERSION ?? '';
    const limit = Number(variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
    this.#memoryLimitMb = limit > 0 ? limit : null;
  }

  /** From now on the process is warm. */
  hasRun(): void {
    this.#isCold = false;
  }

  facts(): DebugReport['process'] {
    return { cold: this.#isCold, function_version: this.#version, memory_limit_mb: this.#memoryLimitMb };
  }

  memory(): MemoryFigures {
    const { rss, heapUsed } = process.memoryUsage();
    return { rss_mb: tenthsOf(rss), heap_mb: tenthsOf(heapUsed) };
  }
}

function tenthsOf(bytes: number): number {
  return Math.round((bytes / MB) * 10) / 10;
}
