import { InMemoryResultCache } from '../support/in-memory-result-cache.ts';
import { resultCacheContract } from './result-cache-contract.ts';

resultCacheContract(() => new InMemoryResultCache());
