import { type Configuration, configure, onX, put, retry, submit } from './configure.ts';
import { LARGE_CONFIGURATIONS } from './large-configurations.ts';

/** The configurations of the report that the protocol comes from, by its names, and small ones for every run of the tests. */
export const CONFIGURATIONS = {
  D1: configure(
    { deaths: 1 },
    {
      about: 'submit A on X and Y; X may fail',
      tasks: { X: 'processing', Y: 'processing', A: 'absent' },
      wishes: [submit('A', 'X', 'Y')],
      fails: ['X'],
    },
  ),
  D1b: configure(
    { deaths: 1 },
    {
      about: 'submit A on X, then B on A; X may fail',
      tasks: { X: 'processing', A: 'absent', B: 'absent' },
      wishes: [submit('A', 'X'), submit('B', 'A')],
      inOrder: true,
      fails: ['X'],
      overlap: false,
    },
  ),
  D1c: configure(
    { deaths: 3 },
    {
      about: 'submit A on X; the timers die too',
      tasks: { X: 'processing', A: 'absent' },
      wishes: [submit('A', 'X')],
      fails: ['X'],
      timersDie: true,
    },
  ),
  D2: configure(
    { deaths: 1, duplicates: 1, rewinds: 1 },
    {
      about: 'submit A on X (completion) and Y; X may fail',
      tasks: { X: 'processing', Y: 'completed', A: 'absent' },
      wishes: [submit('A', ['X', 'completion'], 'Y')],
      fails: ['X'],
      overlap: false,
    },
  ),
  D3: configure(
    { deaths: 1, duplicates: 1 },
    {
      about: 'pages of one edge; A and B wait for X',
      tasks: { X: 'processing', A: onX, B: { waitsFor: [['X', 'completion']] } },
      fails: ['X'],
      page: 1,
    },
  ),
  D3b: configure(
    { deaths: 1 },
    {
      about: 'pages of one edge; A waits for X, D is submitted beside it',
      tasks: { X: 'processing', A: onX, D: 'absent' },
      wishes: [submit('D', 'X')],
      fails: ['X'],
      page: 1,
      overlap: false,
    },
  ),
  D4: configure(
    { deaths: 1 },
    {
      about: 'submit A on the start of X, which nobody may count on to end',
      tasks: { X: 'queued', A: 'absent' },
      wishes: [submit('A', ['X', 'start'])],
      endless: ['X'],
    },
  ),
  D5: configure(
    { deaths: 1 },
    {
      about: 'two PUTs on A, on Y and Z; the tasks run until they are done',
      tasks: { X: 'processing', Y: 'processing', Z: 'processing', A: onX },
      wishes: [put('A', 'Y'), put('A', 'Z')],
      patient: ['X', 'Y', 'Z'],
    },
  ),
  D5b: configure(
    { deaths: 1 },
    {
      about: 'submit A on X, and beside it a PUT on A',
      tasks: { X: 'processing', Y: 'processing', A: 'absent' },
      wishes: [submit('A', 'X'), put('A', 'Y')],
      patient: ['Y'],
    },
  ),
  D5c: configure(
    { deaths: 1 },
    {
      about: 'a PUT on A beside its release by X',
      tasks: { X: 'processing', Y: 'processing', A: onX },
      wishes: [put('A', 'Y')],
      fails: ['Y'],
    },
  ),
  D7: configure(
    {},
    {
      about: 'a cycle: PUT P -> Q and PUT Q -> P at once',
      tasks: { X: 'processing', P: onX, Q: onX },
      wishes: [put('P', 'Q'), put('Q', 'P')],
      cycles: true,
      timers: false,
    },
  ),
  D10: configure(
    { deaths: 1 },
    {
      about: 'a batch of B, which depends on A, and A; it is sent twice',
      tasks: { A: 'absent', B: 'absent' },
      wishes: [
        { kind: 'batch', members: { B: ['A'], A: [] } },
        { kind: 'batch', members: { B: ['A'], A: [] } },
      ],
    },
  ),
  ...LARGE_CONFIGURATIONS,
  one: configure(
    { deaths: 1 },
    {
      about: 'submit A on X, which may fail',
      tasks: { X: 'processing', A: 'absent' },
      wishes: [submit('A', 'X')],
      fails: ['X'],
      overlap: false,
    },
  ),
  'one-beside': configure(
    {},
    {
      about: 'submit A on X, the timers beside it',
      tasks: { X: 'processing', A: 'absent' },
      wishes: [submit('A', 'X')],
    },
  ),
  start: configure(
    {},
    {
      about: 'submit A on the start of X, which nobody may count on to end',
      tasks: { X: 'queued', A: 'absent' },
      wishes: [submit('A', ['X', 'start'])],
      endless: ['X'],
      overlap: false,
    },
  ),
  late: configure(
    {},
    {
      about: 'X fails and is retried; B is submitted on its end',
      tasks: { X: 'processing', A: onX, B: 'absent' },
      wishes: [retry('X'), submit('B', ['X', 'completion'])],
      fails: ['X'],
      overlap: false,
    },
  ),
  pages: configure(
    {},
    {
      about: 'pages of one edge; A and B wait for X',
      tasks: { X: 'processing', A: onX, B: onX },
      page: 1,
    },
  ),
  pair: configure(
    { deaths: 1 },
    {
      about: 'A waits for X and Y, whose ends are handled together or beside each other',
      tasks: { X: 'processing', Y: 'processing', A: { waitsFor: ['X', 'Y'] } },
      fails: ['X'],
      batches: true,
    },
  ),
} satisfies Record<string, Configuration>;

export type ConfigurationName = keyof typeof CONFIGURATIONS;
