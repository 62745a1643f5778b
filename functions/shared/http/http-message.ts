/** The methods that callers may name (api.md, "Built-in types"). */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export type HttpMethod = (typeof HTTP_METHODS)[number];

/** One value a name, names in lower case; a repeated header of an answer is joined by `, `. */
export type HttpHeaders = Readonly<Record<string, string>>;

export interface HttpRequest {
  readonly method: HttpMethod;
  /** An absolute http or https URL without credentials. */
  readonly url: string;
  /** Headers beside `host`, `content-length` and those of the connection, which the client sets itself. */
  readonly headers: HttpHeaders;
  readonly body?: string;
}

/** What is known of an answer before its body is read. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: HttpHeaders;
}

export interface HttpResponse extends ResponseHead {
  /** Where the answer came from, after redirects. */
  readonly url: string;
  /** The body, decompressed. */
  readonly body: Uint8Array;
  /** Whether the body was longer than what was asked for. */
  readonly cut: boolean;
}
