import * as z from 'zod/mini';

const listSchema = z.array(z.string());

let known: { readonly text: string; readonly list: readonly string[] } | undefined;

/**
 * The functions that tasks of this deployment may invoke: LAMBDA_INVOKE_FUNCTIONS, a JSON list of names and ARNs.
 * None where it is not set. Throws for one that is no such list.
 */
export function allowedFunctions(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  const text = variables.LAMBDA_INVOKE_FUNCTIONS ?? '[]';
  if (known?.text !== text) known = { text, list: z.parse(listSchema, JSON.parse(text)) };
  return known.list;
}
