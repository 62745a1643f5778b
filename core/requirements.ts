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
