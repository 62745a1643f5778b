/** An error as JSONata reports it. */
export interface ExpressionError {
  readonly message: string;
  readonly code?: string;
  /** Characters from the expression's start to behind the token. */
  readonly position?: number;
  readonly token?: string;
}

/** Reads what JSONata throws: objects with `code`, `position` and `token`, at times a plain Error. */
export function expressionError(thrown: unknown): ExpressionError {
  if (typeof thrown !== 'object' || thrown === null) return { message: String(thrown) };
  const { message, code, position, token } = thrown as Readonly<Record<string, unknown>>;
  return {
    message: typeof message === 'string' && message !== '' ? message : 'it failed without saying why',
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof position === 'number' ? { position } : {}),
    ...(typeof token === 'string' ? { token: token.slice(0, 64) } : {}),
  };
}
