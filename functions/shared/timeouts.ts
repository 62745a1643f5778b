/** Time-outs of one try of a call of AWS, in milliseconds; without the last line the SDK would only log a warning. */
export const TIMEOUTS = {
  connectionTimeout: 1000,
  requestTimeout: 5000,
  throwOnRequestTimeout: true,
};
