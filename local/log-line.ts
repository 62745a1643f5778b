/** A log event of a function. */
export interface LogEvent {
  readonly functionName: string;
  readonly atMs: number;
  readonly message: string;
}

/** Standing keys of each line that tell nothing to a reader in a terminal. */
const omitted = new Set([
  ...['level', 'message', 'timestamp', 'service', 'cold_start', 'sampling_rate', 'xray_trace_id'],
  ...['function_arn', 'function_name', 'function_memory_size', 'function_request_id'],
]);
const platformLine = /^(START|END|REPORT|INIT_START|EXTENSION)\b/;

/** Node's warning about the emulator's own worker script. */
const workerWarning = /\[DEP0169\]|--trace-deprecation/;

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const parse = (message: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};

/**
 * A log event as one readable line: time, level, function, message, key=value. Undefined for what only the platform
 * and the metrics read.
 */
export const logLine = ({ functionName, atMs, message }: LogEvent): string | undefined => {
  const text = message.trimEnd();
  if (text === '' || platformLine.test(text) || workerWarning.test(text)) return undefined;
  const fields = parse(text);
  if (fields && '_aws' in fields) return undefined;

  const time = typeof fields?.timestamp === 'string' ? fields.timestamp : new Date(atMs).toISOString();
  const level = typeof fields?.level === 'string' ? fields.level : '';
  const said = fields ? valueText(fields.message ?? '') : text;
  const pairs = Object.entries(fields ?? {}).filter(([key]) => !omitted.has(key));
  const rest = pairs.map(([key, value]) => ` ${key}=${valueText(value)}`).join('');
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${functionName.padEnd(11)} ${said}${rest}`;
};
