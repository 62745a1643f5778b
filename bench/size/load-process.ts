import { pathToFileURL } from 'node:url';

/** Loads the bundle that the argument names, as a cold start does, and prints what it took. */
const startedAtMs = performance.now();
const before = process.cpuUsage();
await import(pathToFileURL(process.argv[2] ?? '').href);
const loadMs = performance.now() - startedAtMs;
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ loadMs, cpuMs: (user + system) / 1000 }));
process.exit(0);
