/** A Lambda function as somebody names it: by its name or its ARN, with or without a version or alias. */
export interface FunctionReference {
  /** The name or the ARN, without the qualifier. */
  readonly functionName: string;
  /** Of an ARN. */
  readonly region?: string;
  readonly name: string;
  /** A version or an alias. */
  readonly qualifier?: string;
}

/** Lambda's own rules (API reference, Invoke, FunctionName and Qualifier), without its partial ARNs. */
const REFERENCE =
  /^(?<base>(?:arn:aws[a-z-]*:lambda:(?<region>[a-z0-9-]+):\d{12}:function:)?(?<name>[A-Za-z0-9_-]{1,64}))(?::(?<qualifier>\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

/** What a text names; undefined for one that is neither a function's name nor its ARN. */
export function functionReference(text: string): FunctionReference | undefined {
  const { base, region, name, qualifier } = REFERENCE.exec(text)?.groups ?? {};
  if (base === undefined || name === undefined) return undefined;
  return {
    functionName: base,
    name,
    ...(region === undefined ? {} : { region }),
    ...(qualifier === undefined ? {} : { qualifier }),
  };
}

/** Whether a function belongs to a deployment of Tasklane: CloudFormation names them after their stack. */
export function isOwnFunction({ name }: FunctionReference): boolean {
  return /^tasklane-/i.test(name);
}

/**
 * The function of a list that a payload means: the entry that it repeats, or the only one of that short name
 * (`name` or `name:qualifier`). Undefined for one that is not on the list.
 */
export function findFunction(list: readonly string[], asked: string): FunctionReference | undefined {
  if (list.includes(asked)) return functionReference(asked);
  const named = list.flatMap((entry) => functionReference(entry) ?? []);
  const [found, ...others] = named.filter((reference) => shortName(reference) === asked);
  return others.length === 0 ? found : undefined;
}

function shortName({ name, qualifier }: FunctionReference): string {
  return qualifier === undefined ? name : `${name}:${qualifier}`;
}
