import { readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Whose code a sample belongs to. Node's own functions count for whoever called them; `short_way` is our code that
 * makes the first try of a call past the SDK; `sockets` is what Node does for nobody on the stack: answers that
 * arrive, timers.
 */
export const OWNERS = ['tasklane', 'sdk', 'short_way', 'libraries', 'sockets', 'garbage', 'rest'] as const;

export type Owner = (typeof OWNERS)[number];

/** Part of the CPU by owner; together 1. */
export type Shares = Readonly<Record<Owner, number>>;

/** Where a profiled function comes from: the path of its source, or undefined for what Node or V8 brings. */
export type SourceOf = (frame: Profiler.ProfileNode['callFrame']) => string | undefined;

/** The shares of a profile, idle time left out. */
export function sharesOf(profile: Profiler.Profile, sourceOf: SourceOf): Shares {
  const hits = Object.fromEntries(OWNERS.map((owner) => [owner, 0])) as Record<Owner, number>;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const visit = (node: Profiler.ProfileNode, caller: Owner | undefined): void => {
    const { functionName } = node.callFrame;
    const owner = ownerOf(node, sourceOf) ?? caller;
    if (functionName !== '(idle)') hits[owner ?? rootOwner(functionName)] += node.hitCount ?? 0;
    for (const id of node.children ?? []) {
      const child = nodes.get(id);
      if (child !== undefined) visit(child, owner);
    }
  };
  const [root] = profile.nodes;
  if (root !== undefined) visit(root, undefined);
  const total = Object.values(hits).reduce((sum, count) => sum + count, 0);
  return Object.fromEntries(OWNERS.map((owner) => [owner, hits[owner] / Math.max(total, 1)])) as Record<
    Owner,
    number
  >;
}

/** Sources by the source maps that stand beside a bundle's files. */
export function sourcesOfBundles(): SourceOf {
  const maps = new Map<string, SourceMap>();
  const mapOf = (url: string): SourceMap => {
    const known =
      maps.get(url) ?? new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')));
    maps.set(url, known);
    return known;
  };
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.startsWith('file:') || !url.endsWith('.mjs')) return undefined;
    const entry = mapOf(url).findEntry(lineNumber, columnNumber);
    return 'originalSource' in entry ? entry.originalSource : undefined;
  };
}

function ownerOf({ callFrame }: Profiler.ProfileNode, sourceOf: SourceOf): Owner | undefined {
  const source = sourceOf(callFrame);
  if (source === undefined) return undefined;
  if (/node_modules\/@(aws-sdk|smithy|aws-crypto|aws)\//.test(source)) return 'sdk';
  if (source.includes('node_modules/')) return 'libraries';
  return source.includes('functions/shared/aws/') ? 'short_way' : 'tasklane';
}

function rootOwner(functionName: string): Owner {
  if (functionName === '(garbage collector)') return 'garbage';
  return functionName.startsWith('(') ? 'rest' : 'sockets';
}
