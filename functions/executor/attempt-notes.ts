import type { AttemptUsage, StageUsage } from '../../core/attempt-result.ts';
import type { Clock } from '../../core/ports.ts';
import { failureOf } from '../../core/task-failure.ts';
import type { StageEnd, StageRecorder } from '../tasks/pipeline.ts';
import type { TaskLog } from '../tasks/task-context.ts';

/** Names of a handler's own metrics that one attempt keeps: each is an entry in its result. */
const MAX_METRICS = 20;

const METRIC_NAME = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Characters of a stage's error that are kept: up to 50 stages have one. */
const MAX_STAGE_ERROR = 256;

/** A stage, as far as it has come. */
interface Stage {
  readonly name: string;
  readonly startedAtMs: number;
  readonly startedMonotonicMs: number;
  endedMonotonicMs?: number;
  end?: StageEnd;
}

/** When a stage ran, in milliseconds since 1970. */
export interface StageTimes {
  readonly name: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** What a handler notes about its attempt beside its output. What comes after the attempt's end is not noted. */
export class AttemptNotes implements StageRecorder {
  readonly #clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  readonly #log: TaskLog;
  readonly #stages: Stage[] = [];
  #metrics: Map<string, number> | undefined;
  #isOver = false;

  constructor(clock: Pick<Clock, 'nowMs' | 'monotonicMs'>, log: TaskLog) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Adds to a metric; one that cannot be kept is told in the log. */
  count(name: string, value: number): void {
    if (this.#isOver) return;
    this.#metrics ??= new Map();
    const sum = (this.#metrics.get(name) ?? 0) + value;
    const isKept = METRIC_NAME.test(name) && Number.isFinite(sum);
    if (isKept && (this.#metrics.has(name) || this.#metrics.size < MAX_METRICS)) this.#metrics.set(name, sum);
    else this.#log.warn('a metric is not kept', { name: String(name).slice(0, 64), value, max: MAX_METRICS });
  }

  begin(name: string): (end: StageEnd) => void {
    const stage: Stage = {
      name,
      startedAtMs: this.#clock.nowMs(),
      startedMonotonicMs: this.#clock.monotonicMs(),
    };
    if (!this.#isOver) this.#stages.push(stage);
    return (end) => {
      if (this.#isOver) return;
      stage.endedMonotonicMs = this.#clock.monotonicMs();
      stage.end = end;
    };
  }

  /** The attempt is over: a stage that still runs ends here. */
  over(): void {
    this.#isOver = true;
    for (const stage of this.#stages) stage.endedMonotonicMs ??= this.#clock.monotonicMs();
  }

  /** What of it is part of the usage; nothing for a handler that notes nothing. Call it when the attempt is over. */
  usage(): Pick<AttemptUsage, 'custom' | 'stages'> {
    return {
      ...(this.#metrics === undefined || this.#metrics.size === 0
        ? {}
        : { custom: Object.fromEntries(this.#metrics) }),
      ...(this.#stages.length === 0 ? {} : { stages: this.#stages.map(usageOf) }),
    };
  }

  /** When each stage ran. Call it when the attempt is over. */
  times(): readonly StageTimes[] {
    return this.#stages.map((stage) => ({
      name: stage.name,
      startedAtMs: stage.startedAtMs,
      endedAtMs: stage.startedAtMs + Math.floor(durationOf(stage)),
    }));
  }

  /** Whether a stage's output is its fallback. */
  usedFallback(): boolean {
    return this.#stages.some(({ end }) => end?.fallbackUsed === true);
  }
}

function usageOf(stage: Stage): StageUsage {
  const { name, end } = stage;
  return {
    name,
    duration_ms: durationOf(stage),
    fallback_used: end?.fallbackUsed === true,
    error: end?.error === undefined ? null : shortened(end.error.thrown),
  };
}

function durationOf({ startedMonotonicMs, endedMonotonicMs = startedMonotonicMs }: Stage): number {
  return Math.round((endedMonotonicMs - startedMonotonicMs) * 1000) / 1000;
}

function shortened(thrown: unknown): StageUsage['error'] {
  const { code, message } = failureOf(thrown);
  return { code, message: message.slice(0, MAX_STAGE_ERROR) };
}
