/** A step that one of several runs is about to take. */
interface Waiting {
  readonly run: string;
  readonly go: () => void;
}

/** Calls that make no difference to other runs. */
export interface Ungated {
  readonly first?: number;
  readonly methods?: readonly string[];
}

/** Lets runs take their steps one at a time, in an order that its owner chooses. */
export interface Turns {
  /** A port each of whose calls waits for its turn, but for the first so many, and those of some methods. */
  gated<Port extends object>(run: string, port: Port, but?: Ungated): Port;
}

/** One way in which the steps of several runs may follow each other. */
export interface Schedule {
  readonly turns: Turns;
  /** Takes all steps, in the order of this schedule. A run that `dies` takes no more than so many steps. */
  play(
    runs: readonly Promise<unknown>[],
    dies?: { readonly run: string; readonly after: number },
  ): Promise<void>;
}

/**
 * Calls `tryOut` with every schedule there is, and tells how many: at each step any of the runs that wait for one
 * may be next. What `tryOut` does must depend on nothing but the schedule.
 */
export async function everySchedule(tryOut: (schedule: Schedule) => Promise<void>): Promise<number> {
  let choices: { chosen: number; of: number }[] = [];
  for (let count = 1; ; count += 1) {
    const { schedule, taken } = aSchedule(choices.map(({ chosen }) => chosen));
    await tryOut(schedule);
    choices = taken;
    while (choices.length > 0 && isLast(choices.at(-1))) choices.pop();
    const last = choices.at(-1);
    if (last === undefined) return count;
    last.chosen += 1;
  }
}

function isLast(choice: { chosen: number; of: number } | undefined): boolean {
  return choice !== undefined && choice.chosen + 1 === choice.of;
}

function aSchedule(prefix: readonly number[]) {
  const waiting: Waiting[] = [];
  const taken: { chosen: number; of: number }[] = [];
  const turns: Turns = {
    gated: (run, port, { first = 0, methods = [] } = {}) => {
      let calls = 0;
      return new Proxy(port, {
        get: (target, name) => {
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== 'function') return method;
          if (methods.includes(String(name))) return method.bind(target) as unknown;
          return async (...args: unknown[]) => {
            calls += 1;
            if (calls > first) await new Promise<void>((go) => void waiting.push({ run, go }));
            return await (method.apply(target, args) as unknown);
          };
        },
      });
    },
  };
  const play: Schedule['play'] = async (runs, dies) => {
    let steps = 0;
    let isOver = false;
    const over = Promise.all(runs).then(() => {
      isOver = true;
    });
    for (;;) {
      // All that can go on without a step has done so by the next round of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return await over;
      const ready = waiting.filter(({ run }) => run !== dies?.run || steps < dies.after);
      if (ready.length === 0) return;
      const chosen = ready.length === 1 ? 0 : (prefix[taken.length] ?? 0);
      if (ready.length > 1) taken.push({ chosen, of: ready.length });
      const [next] = waiting.splice(waiting.indexOf(ready[chosen] ?? { run: '', go: () => {} }), 1);
      if (next?.run === dies?.run) steps += 1;
      next?.go();
    }
  };
  return { schedule: { turns, play }, taken };
}
