import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

/** What signs requests: an identity of AWS, perhaps one for a session only. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SigningScope {
  readonly region: string;
  /** Such as `dynamodb`. */
  readonly service: string;
}

/** A POST to `/`: what all JSON services of AWS take. Header names are in lower case. */
export interface JsonRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The headers of a request with its signature, by Signature Version 4 (IAM User Guide, "Create a signed AWS API
 * request"). All headers that are given are signed. `at` is the moment of signing.
 */
export function signedHeaders(
  { headers, body }: JsonRequest,
  credentials: Credentials,
  scope: SigningScope,
  at: Date,
): Record<string, string> {
  const time = at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const date = time.slice(0, 8);
  const signed: Record<string, string> = { ...headers, 'x-amz-date': time };
  if (credentials.sessionToken) signed['x-amz-security-token'] = credentials.sessionToken;

  const names = Object.keys(signed).sort();
  const lines = names.map((name) => `${name}:${signed[name]}\n`).join('');
  const nameList = names.join(';');
  const canonical = `POST\n/\n\n${lines}\n${nameList}\n${hash('sha256', body)}`;
  const credentialScope = `${date}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${credentialScope}\n${hash('sha256', canonical)}`;
  const signature = createHmac('sha256', signingKey(credentials, scope, date))
    .update(toSign)
    .digest('hex');
  const credential = `${credentials.accessKeyId}/${credentialScope}`;
  signed.authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${nameList}, Signature=${signature}`;
  return signed;
}

const keys = new Map<string, KeyObject>();

/** A signing key serves for a day; few are ever known at a time. As an object it is made ready once. */
function signingKey(
  { secretAccessKey }: Credentials,
  { region, service }: SigningScope,
  date: string,
): KeyObject {
  const name = `${secretAccessKey}/${date}/${region}/${service}`;
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (keys.size >= 8) keys.clear();
  const secret = [date, region, service, 'aws4_request'].reduce<Buffer>(
    (above, text) => createHmac('sha256', above).update(text).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  const key = createSecretKey(secret);
  keys.set(name, key);
  return key;
}
