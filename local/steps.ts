/** Tells what is being done, with the seconds since it began. */
export interface Steps {
  /** Tells a fact. */
  readonly tell: (text: string) => void;
  /** Does a piece of work and tells how long it took. */
  readonly run: <T>(text: string, work: () => Promise<T>) => Promise<T>;
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);

/** Steps of one command; `nowMs` is a monotonic clock, `print` takes a line. */
export const createSteps = (nowMs: () => number, print: (line: string) => void): Steps => {
  const beganAtMs = nowMs();
  const tell = (text: string) => print(`[${seconds(nowMs() - beganAtMs).padStart(5)} s] ${text}`);
  return {
    tell,
    run: async (text, work) => {
      const startedAtMs = nowMs();
      const result = await work();
      tell(`${text} (${seconds(nowMs() - startedAtMs)} s)`);
      return result;
    },
  };
};
