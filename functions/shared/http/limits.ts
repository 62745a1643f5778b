/** Bytes of a response body, decompressed or on the wire, whichever is more: 5 MB. */
export const MAX_RESPONSE_BYTES = 5 * 1024 * 1024;

/** Redirects that are followed for one request. */
export const MAX_REDIRECTS = 5;

/** Seconds that connecting, TLS included, may take; short, so that an attempt of 30 s can still try again. */
export const CONNECT_TIMEOUT_SECONDS = 10;

/** Levels of nested arrays and objects in a JSON body (api.md, "Limits": JSON depth 64). */
export const MAX_JSON_DEPTH = 64;

/** Content codings that may lie on top of each other; more is no server's habit, only an attack's. */
export const MAX_CONTENT_CODINGS = 3;
