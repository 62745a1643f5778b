import { LazyObjectStore } from './adapters/lazy-object-store.ts';

/** The objects of one bucket. The client and its adapter are loaded with the first large value. */
export const buildObjectStore = (bucket: string): LazyObjectStore =>
  new LazyObjectStore(async () => (await import('./s3.apart.ts')).buildS3ObjectStore(bucket));
