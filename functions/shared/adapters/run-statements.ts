import {
  BatchExecuteStatementCommand,
  type BatchStatementError,
  type BatchStatementRequest,
  type BatchStatementResponse,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { type BackOff, chunksOf, MAX_TRIES, waitBeforeRetry } from './back-off.ts';

/** What came of one statement. */
export type StatementOutcome =
  | { readonly kind: 'done'; readonly item: BatchStatementResponse['Item'] }
  | { readonly kind: 'refused'; readonly item: BatchStatementError['Item'] }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'unconfirmed'; readonly reason: string };

/** BatchExecuteStatement takes 25 statements. */
const STATEMENTS_A_CALL = 25;

/**
 * Runs write statements, 25 a call, the calls side by side; no two of them may name one key, or DynamoDB
 * refuses the whole call. Only `ConditionalCheckFailed` and `DuplicateItem` are answers; every other code
 * beside them in the HTTP 200, and a call that fails as a whole, is tried again and in the end `unconfirmed`.
 */
export async function runStatements(
  client: DynamoDBClient,
  backOff: BackOff,
  statements: readonly BatchStatementRequest[],
): Promise<StatementOutcome[]> {
  const parts = chunksOf(statements, STATEMENTS_A_CALL);
  const outcomes = await Promise.all(parts.map((part) => runPart(client, backOff, part)));
  return outcomes.flat();
}

async function runPart(
  client: DynamoDBClient,
  backOff: BackOff,
  statements: readonly BatchStatementRequest[],
): Promise<StatementOutcome[]> {
  const outcomes: StatementOutcome[] = statements.map(() => ({ kind: 'unconfirmed', reason: 'not run' }));
  let open = statements.map((_, index) => index);
  for (let tries = 1; open.length > 0 && tries <= MAX_TRIES; tries += 1) {
    if (tries > 1) await waitBeforeRetry(backOff, tries - 1);
    const answers = await call(
      client,
      open.flatMap((index) => statements[index] ?? []),
    );
    open.forEach((index, place) => {
      outcomes[index] = answers[place] ?? { kind: 'unconfirmed', reason: 'no answer at its place' };
    });
    open = open.filter((index) => outcomes[index]?.kind === 'unconfirmed');
  }
  return outcomes;
}

async function call(
  client: DynamoDBClient,
  statements: BatchStatementRequest[],
): Promise<StatementOutcome[]> {
  try {
    const { Responses = [] } = await client.send(
      new BatchExecuteStatementCommand({ Statements: statements }),
    );
    return Responses.map(outcomeOf);
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return statements.map(() => ({ kind: 'unconfirmed', reason }));
  }
}

function outcomeOf({ Error: error, Item: item }: BatchStatementResponse): StatementOutcome {
  if (error === undefined) return { kind: 'done', item };
  if (error.Code === 'ConditionalCheckFailed') return { kind: 'refused', item: error.Item };
  if (error.Code === 'DuplicateItem') return { kind: 'duplicate' };
  return { kind: 'unconfirmed', reason: `${error.Code}: ${error.Message}` };
}
