import type { Proof } from '../proof.ts';
import { apartWorkers } from './apart-workers.ts';
import { forwardedProto } from './forwarded-proto.ts';
import { handlerErrors } from './handler-errors.ts';
import { httpApiErrors } from './http-api-errors.ts';
import { iamLeadingKeys } from './iam-leading-keys.ts';
import { iamLogGroups } from './iam-log-groups.ts';
import { iamPartiql } from './iam-partiql.ts';
import { iamSourceMappings } from './iam-source-mappings.ts';
import { iamSqsBatches } from './iam-sqs-batches.ts';
import { jwtRefusals } from './jwt-refusals.ts';
import { partiqlDistinctKeys } from './partiql-distinct-keys.ts';
import { partiqlListAppend } from './partiql-list-append.ts';
import { partiqlParsedOnce } from './partiql-parsed-once.ts';
import { partiqlStream } from './partiql-stream.ts';
import { plainCopies } from './plain-copies.ts';
import { queueBatches } from './queue-batches.ts';
import { queueDelays } from './queue-delays.ts';
import { queueFifoParallel } from './queue-fifo-parallel.ts';
import { queueLocking } from './queue-locking.ts';
import { queueResults } from './queue-results.ts';
import { quietFunctions } from './quiet-functions.ts';
import { reservedConcurrency } from './reserved-concurrency.ts';
import { s3MissingObjects } from './s3-missing-objects.ts';
import { streamMappings } from './stream-mappings.ts';
import { tableSettings } from './table-settings.ts';
import { ttlSweep } from './ttl-sweep.ts';

/**
 * The proofs in groups that mend different services: leaving a whole group's patches out shows for each of them that
 * its proof fails, and one emulator serves them all.
 */
export const proofGroups: readonly (readonly Proof[])[] = [
  [forwardedProto, iamSqsBatches, partiqlListAppend, partiqlParsedOnce, jwtRefusals, queueBatches],
  [iamPartiql, partiqlStream, quietFunctions, handlerErrors, tableSettings, queueFifoParallel],
  [iamLeadingKeys, iamLogGroups, partiqlDistinctKeys, ttlSweep, queueResults, httpApiErrors, apartWorkers],
  [
    streamMappings,
    reservedConcurrency,
    plainCopies,
    queueLocking,
    queueDelays,
    s3MissingObjects,
    iamSourceMappings,
  ],
];
