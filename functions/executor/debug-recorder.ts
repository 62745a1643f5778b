import {
  type DebugEvent,
  type DebugReport,
  type MemoryFigures,
  memoryGrowthMb,
  memoryWarnings,
} from '../../core/debug-report.ts';
import { decodeHistory } from '../../core/history.ts';
import type { Clock } from '../../core/ports.ts';
import type { TaskRow } from '../../core/task-row.ts';
import type { TaskLog } from '../tasks/task-context.ts';
import type { StageTimes } from './attempt-notes.ts';

export interface DebugDeps {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly memory: () => MemoryFigures;
  readonly process: () => DebugReport['process'];
  /** Growth of memory above which an attempt is warned of. */
  readonly memoryGrowthMb: number;
}

/** What is known of an attempt when its report is made. */
export interface AttemptEnd {
  readonly stages: readonly StageTimes[];
  /** JSON text. */
  readonly output: string | undefined;
  readonly log: TaskLog;
}

/** Records one attempt at a task with `debug`, from when its payload was in hand. */
export class DebugRecorder {
  readonly #deps: DebugDeps;
  readonly #before: MemoryFigures;
  readonly #payloadBytes: number;
  readonly #process: DebugReport['process'];
  readonly #events: DebugEvent[] = [];

  constructor(deps: DebugDeps, row: TaskRow, payloadText: string | undefined) {
    this.#deps = deps;
    this.#process = deps.process();
    this.#payloadBytes = Buffer.byteLength(payloadText ?? '');
    const claim = decodeHistory(row.history).at(-1);
    if (claim !== undefined) this.#events.push({ at: claim.at, event: 'claimed' });
    this.#note('payload_read');
    this.#before = deps.memory();
  }

  handlerStarts(): void {
    this.#note('handler_started');
  }

  handlerEnded(): void {
    this.#note('handler_ended');
  }

  /** The report; memory that grew too much is told in the log as well. */
  report({ stages, output, log }: AttemptEnd): DebugReport {
    const after = this.#deps.memory();
    const growth_mb = memoryGrowthMb(this.#before, after);
    const warnings = memoryWarnings(growth_mb, this.#deps.memoryGrowthMb);
    for (const warning of warnings) log.warn(warning);
    return {
      process: this.#process,
      events: this.#eventsWith(stages),
      memory: { before: this.#before, after, growth_mb },
      sizes: {
        payload_bytes: this.#payloadBytes,
        output_bytes: output === undefined ? null : Buffer.byteLength(output),
      },
      warnings,
    };
  }

  /** The stages lie between the start of the handler and its end. */
  #eventsWith(stages: readonly StageTimes[]): readonly DebugEvent[] {
    const isEnd = ({ event }: DebugEvent) => event === 'handler_ended';
    const before = this.#events.filter((event) => !isEnd(event));
    return [...before, ...stages.flatMap(eventsOf), ...this.#events.filter(isEnd)];
  }

  #note(event: DebugEvent['event']): void {
    this.#events.push({ at: this.#deps.clock.nowMs(), event });
  }
}

function eventsOf({ name, startedAtMs, endedAtMs }: StageTimes): readonly DebugEvent[] {
  return [
    { at: startedAtMs, event: 'stage_started', stage: name },
    { at: endedAtMs, event: 'stage_ended', stage: name },
  ];
}
