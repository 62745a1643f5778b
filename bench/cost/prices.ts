/**
 * What AWS charges in us-east-1, on demand, in USD for a million units. Copied from the public price pages in
 * November 2026; look there before quoting to a customer.
 */
export const PRICES_COPIED = '2026-11';

export const USD_PER_MILLION = {
  /** HTTP API; 512 KB each. */
  http_api_request: 1.0,
  lambda_request: 0.2,
  /** arm64. */
  lambda_gb_second: 13.3334,
  /** DynamoDB, 1 KB. */
  write_unit: 0.625,
  /** DynamoDB, 4 KB. */
  read_unit: 0.125,
  /** SQS standard queue; 64 KB each. */
  sqs_request: 0.4,
  /** The same with messages that have a group: 0.10 more for a fair queue. */
  sqs_fair_request: 0.5,
  /** CloudWatch Logs: 0.50 a GB ingested. */
  log_byte: 0.0005,
  /** CloudWatch: 0.30 a custom metric and month. */
  metric_month: 300_000,
  /** Cognito: 6.00 an app client of machines and month. */
  machine_client_month: 6_000_000,
} as const;

export type PricedUnit = keyof typeof USD_PER_MILLION;

/** Bytes that one charged request may have. */
export const REQUEST_BYTES = { http_api_request: 512 * 1024, sqs_fair_request: 64 * 1024 } as const;

/** Seconds of an average month. */
export const SECONDS_A_MONTH = 30.44 * 86_400;
