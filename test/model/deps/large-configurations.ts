import { type Configuration, configure, onX, put, remove, retry, submit } from './configure.ts';

/** Three to five times as far as the trials went that the protocol comes from. */
const UP_TO = 500_000;

/** Of millions of states, of which the nearest are explored. */
const LARGE = {
  D6: configure(
    { deaths: 1 },
    {
      upTo: UP_TO,
      about: 'DELETE A -> Y, then PUT A -> Z, beside the ends of X and Y',
      tasks: { X: 'processing', Y: 'processing', Z: 'processing', A: { waitsFor: ['X', 'Y'] } },
      wishes: [remove('A', 'Y'), put('A', 'Z')],
      inOrder: true,
      fails: ['Y'],
    },
  ),
  D7a: configure(
    { deaths: 1 },
    {
      upTo: UP_TO,
      about: 'the same; X runs until they are done, and the timers help',
      tasks: { X: 'processing', P: onX, Q: onX },
      wishes: [put('P', 'Q'), put('Q', 'P')],
      cycles: true,
      patient: ['X'],
      overlap: false,
    },
  ),
  D7b: configure(
    {},
    {
      upTo: UP_TO,
      about: 'a cycle of three PUTs',
      tasks: { X: 'processing', P: onX, Q: onX, R: onX },
      wishes: [put('P', 'Q'), put('Q', 'R'), put('R', 'P')],
      cycles: true,
      patient: ['X'],
      timers: false,
    },
  ),
  D8: configure(
    {},
    {
      upTo: UP_TO,
      about: 'cancel A in its submission; B waits for its success, D for its end',
      tasks: { X: 'processing', A: 'absent', B: 'absent', D: 'absent' },
      wishes: [
        submit('A', 'X'),
        submit('B', 'A'),
        { kind: 'cancel', task: 'A' },
        submit('D', ['A', 'completion']),
      ],
    },
  ),
  D9: configure(
    { duplicates: 1, rewinds: 1 },
    {
      upTo: UP_TO,
      about: 'X fails, and A with it; both are retried; late copies',
      tasks: { X: 'processing', A: onX },
      wishes: [retry('X'), retry('A')],
      fails: ['X'],
    },
  ),
  D9b: configure(
    { duplicates: 1, rewinds: 1 },
    {
      upTo: UP_TO,
      about: 'X fails and is retried; B is submitted on its end; late copies',
      tasks: { X: 'processing', A: onX, B: 'absent' },
      wishes: [retry('X'), submit('B', ['X', 'completion'])],
      fails: ['X'],
    },
  ),
  D11: configure(
    { duplicates: 1, rewinds: 1 },
    {
      upTo: UP_TO,
      about: 'P waits for its fallback task, A for P; P is retried',
      tasks: { P: 'processing', F1: 'absent', F2: 'absent', A: { waitsFor: ['P'] } },
      wishes: [retry('P')],
      fails: ['P', 'F1', 'F2'],
      fallbacks: { P: ['F1', 'F2'] },
    },
  ),
} satisfies Record<string, Configuration>;

const NO_FAULTS: Configuration['budget'] = { deaths: 0, duplicates: 0, rewinds: 0 };

/** The same with a fault or a task less, explored whole. */
function lesser({ upTo: _, ...large }: Configuration, less: Partial<Configuration>): Configuration {
  return { ...large, ...less };
}

/** Configurations too large to be explored whole, each with lesser ones that are. */
export const LARGE_CONFIGURATIONS = {
  ...LARGE,
  'D6-no-death': lesser(LARGE.D6, { budget: NO_FAULTS, overlap: false }),
  'D7a-no-death': lesser(LARGE.D7a, { budget: NO_FAULTS }),
  'D8-success': lesser(LARGE.D8, {
    about: 'cancel A in its submission; B waits for its success',
    tasks: { X: 'processing', A: 'absent', B: 'absent' },
    wishes: [submit('A', 'X'), submit('B', 'A'), { kind: 'cancel', task: 'A' }],
    overlap: false,
  }),
  'D8-end': lesser(LARGE.D8, {
    about: 'cancel A in its submission; D waits for its end',
    tasks: { X: 'processing', A: 'absent', D: 'absent' },
    wishes: [submit('A', 'X'), { kind: 'cancel', task: 'A' }, submit('D', ['A', 'completion'])],
    overlap: false,
  }),
  'D9-duplicate': lesser(LARGE.D9, { budget: { ...NO_FAULTS, duplicates: 1 } }),
  'D9-rewind': lesser(LARGE.D9, { budget: { ...NO_FAULTS, rewinds: 1 }, overlap: false }),
  'D9b-duplicate': lesser(LARGE.D9b, { budget: { ...NO_FAULTS, duplicates: 1 }, overlap: false }),
  'D11-duplicate': lesser(LARGE.D11, { budget: { ...NO_FAULTS, duplicates: 1 } }),
  'D11-rewind': lesser(LARGE.D11, { budget: { ...NO_FAULTS, rewinds: 1 } }),
} satisfies Record<string, Configuration>;
