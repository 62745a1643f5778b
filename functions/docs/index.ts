import { readFile } from 'node:fs/promises';
import { systemClock } from '../shared/system-clock.ts';
import { buildLogger } from '../shared/telemetry.ts';
import { createHandler } from './handler.ts';

const assets = new URL('./assets/', import.meta.url);
const readAsset = (name: string) => readFile(new URL(name, assets));

export const handler = createHandler({ readAsset, clock: systemClock, log: buildLogger() });
