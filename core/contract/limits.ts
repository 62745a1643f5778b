/** The limits of api.md that schemas and the edge share. Bytes are of UTF-8; a KB is 1,024 bytes. */
export const LIMITS = {
  bodyBytes: 1024 * 1024,
  /** Of a payload's or an output's JSON that the tables hold; a larger one is an object in S3. */
  tableValueBytes: 200 * 1024,
  /** Of an uploaded payload, and of an output. */
  largeValueBytes: 50 * 1024 * 1024,
  /** Of a payload that is shown with its task; a larger one is shown by a link. */
  shownPayloadBytes: 1024 * 1024,
  jsonDepth: 64,
  batchTasks: 500,
  nameCharacters: 256,
  /** Not in api.md: with all other parts at their limits a row stays far below DynamoDB's 400 KB. */
  descriptionCharacters: 4096,
  metadataKeys: 50,
  metadataBytes: 16 * 1024,
  tags: 50,
  dependencies: 100,
  /** Not in api.md: as an id. */
  tagCharacters: 128,
  typeCharacters: 128,
  /** Not in api.md: what common servers accept in a request line. */
  urlCharacters: 8192,
  /** Not in api.md: a compensation or fallback is part of the row, which may have 400 KB. */
  relatedBytes: 64 * 1024,
  maxAttempts: 100,
  delaySeconds: 86_400,
  backoffFactor: 10,
  /** The most that an executor pool may give an attempt: Lambda's limit. */
  timeoutSeconds: 900,
  idempotencyKeyCharacters: 255,
  /** 30 days. */
  cacheTtlSeconds: 2_592_000,
  pageItems: 200,
  /** Not in api.md: tasks of one claim, and leases of one heartbeat. */
  claimedTasks: 100,
  minLeaseSeconds: 10,
  maxLeaseSeconds: 3600,
  claimWaitSeconds: 20,
  waitSeconds: 25,
  /** Not in api.md: as tags. */
  capabilities: 50,
  memoryBytes: 256 * 1024,
  /** Keys that one request reads: as many as a BatchGetItem takes. */
  memoryKeys: 100,
  /** Not in api.md: a year. */
  memoryTtlSeconds: 365 * 86_400,
  /** A Lambda function may answer 6 MB, in which the text of the answer is a string: escaped, at most twice as long. */
  answerBytes: 2.5 * 1024 * 1024,
} as const;
