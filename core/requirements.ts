/** What a task needs of the executor that runs it. */
export interface Requirements {
  readonly cpu_cores: number;
  readonly memory_gb: number;
  readonly storage_gb: number;
  readonly gpu_units: number;
}

/** What a task needs unless it, or its type, says otherwise. */
export const DEFAULT_REQUIREMENTS: Requirements = {
  cpu_cores: 1,
  memory_gb: 0.5,
  storage_gb: 0.5,
  gpu_units: 0,
};

/** The requirements in force: the task's parts over its type's over the platform's. */
export function requirementsOf(
  task: { readonly requirements?: Partial<Requirements> },
  defaults: { readonly requirements?: Partial<Requirements> },
): Requirements {
  return { ...DEFAULT_REQUIREMENTS, ...defaults.requirements, ...task.requirements };
}
