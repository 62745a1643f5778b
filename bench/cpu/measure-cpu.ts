import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../path/lab.ts';
import { PATH_FUNCTIONS, type PathFunction } from '../path/path-functions.ts';
import { walkPath } from '../path/walk-path.ts';
import { type Spread, spreadOf } from '../spread.ts';
import { type Shares, sharesOf, sourcesOfBundles } from './profile-shares.ts';

/** CPU of one function for batches of one size. */
export interface CpuFigure {
  readonly function: PathFunction;
  readonly batch: number;
  readonly cpu_ms_per_task: Spread;
  readonly tasks_per_second_per_vcpu: number;
  /** Whose code it is spent in. */
  readonly shares: Shares;
}

export interface CpuPlan {
  readonly batch: number;
  /** Tasks of each round, and of the rounds that are not counted. */
  readonly tasksARound: number;
  readonly rounds: number;
  readonly warmUpTasks: number;
}

/** Measures all functions of the path for one size of batch, each in rounds of real events. */
export async function measureCpu(lab: Lab, plan: CpuPlan, directory: string): Promise<readonly CpuFigure[]> {
  const { batch, tasksARound: tasks, rounds } = plan;
  const sizes = { api: batch, dispatcher: batch, executor: batch };
  const measured: Record<PathFunction, number[]> = { api: [], dispatcher: [], executor: [] };
  for (let left = plan.warmUpTasks; left > 0; left -= tasks) await walkPath(lab, { sizes, tasks });
  for (let round = 0; round < rounds; round += 1) {
    const report = await walkPath(lab, { sizes, tasks });
    for (const name of PATH_FUNCTIONS) measured[name].push(report[name].cpuMs / tasks);
  }
  const profileTo = (name: PathFunction) => join(directory, `${name}-${batch}.cpuprofile`);
  await walkPath(lab, { sizes, tasks, profileTo });
  const sourceOf = sourcesOfBundles();
  return PATH_FUNCTIONS.map((name) => {
    const spread = spreadOf(measured[name]);
    return {
      function: name,
      batch,
      cpu_ms_per_task: spread,
      tasks_per_second_per_vcpu: 1000 / spread.median,
      shares: sharesOf(JSON.parse(readFileSync(profileTo(name), 'utf8')), sourceOf),
    };
  });
}
