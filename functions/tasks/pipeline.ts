import type { TaskContext } from './task-context.ts';

/** What a stage gets: the context of its task, and what the stages before it have given. */
export interface StageContext<Payload> extends TaskContext<Payload> {
  /** The output of the stage before; undefined for the first. */
  readonly previous: unknown;
  /** The outputs of all stages so far, by name. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** One stage of a pipeline. */
export interface TaskStage<Payload> {
  /** Names the stage in results: 1 to 64 characters A-Z a-z 0-9 _ . : -, once a pipeline. */
  readonly name: string;
  readonly run: (context: StageContext<Payload>) => Promise<unknown> | unknown;
  /**
   * The stage's output when `run` has thrown: a value, or what makes one of the error. @default the attempt fails
   */
  readonly fallback?: Json | ((error: unknown, context: StageContext<Payload>) => Promise<unknown> | unknown);
}

/** How a stage went. */
export interface StageEnd {
  readonly fallbackUsed: boolean;
  /** What `run` threw. */
  readonly error?: { readonly thrown: unknown };
}

/** Is told of the stages of an attempt. */
export interface StageRecorder {
  /** A stage begins; what it returns is told how it ended. */
  begin(name: string): (end: StageEnd) => void;
}

/** Stages of one pipeline: each is an entry in every result. */
const MAX_STAGES = 50;

const STAGE_NAME = /^[A-Za-z0-9_.:-]{1,64}$/;

/** The handler that runs stages in order, on one context. Throws an Error for stages that are no pipeline. */
export function pipelineOf<Payload>(type: string, stages: readonly TaskStage<Payload>[]) {
  demandStages(type, stages);
  return async (context: TaskContext<Payload>, recorder?: StageRecorder): Promise<unknown> => {
    const outputs: Record<string, unknown> = Object.create(null);
    let previous: unknown;
    for (const stage of stages) {
      context.signal.throwIfAborted();
      previous = await runStage(
        stage,
        stageContext(context, { previous, outputs: { ...outputs } }),
        recorder,
      );
      outputs[stage.name] = previous;
    }
    return previous;
  };
}

/** Not by spreading it: what the context makes on demand stays so. */
function stageContext<Payload>(
  context: TaskContext<Payload>,
  more: Omit<StageContext<Payload>, keyof TaskContext<Payload>>,
): StageContext<Payload> {
  return Object.defineProperties(
    { ...more },
    Object.getOwnPropertyDescriptors(context),
  ) as StageContext<Payload>;
}

async function runStage<Payload>(
  stage: TaskStage<Payload>,
  context: StageContext<Payload>,
  recorder: StageRecorder | undefined,
): Promise<unknown> {
  const end = recorder?.begin(stage.name);
  try {
    const output = await stage.run(context);
    end?.({ fallbackUsed: false });
    return output;
  } catch (thrown) {
    const error = { thrown };
    // An attempt that is being stopped has no use for a stand-in.
    if (stage.fallback === undefined || context.signal.aborted) {
      end?.({ fallbackUsed: false, error });
      throw thrown;
    }
    try {
      const { fallback } = stage;
      return typeof fallback === 'function' ? await fallback(thrown, context) : fallback;
    } finally {
      end?.({ fallbackUsed: true, error });
    }
  }
}

function demandStages(type: string, stages: readonly { readonly name: string }[]): void {
  if (stages.length === 0 || stages.length > MAX_STAGES) {
    throw new Error(`the task type "${type}" has ${stages.length} stages; give it 1 to ${MAX_STAGES}`);
  }
  for (const [index, { name }] of stages.entries()) {
    if (!STAGE_NAME.test(name)) {
      throw new Error(
        `"${name}" of the task type "${type}" is no name of a stage: 1 to 64 characters A-Z a-z 0-9 _ . : -`,
      );
    }
    if (stages.findIndex((stage) => stage.name === name) < index) {
      throw new Error(`two stages of the task type "${type}" have the name "${name}"; rename one`);
    }
  }
}
