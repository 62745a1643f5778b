export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface ListOptions extends CallOptions {
  /** Items of each page that is fetched, 1 to 200. @default 50 */
  readonly pageSize?: number;
}
