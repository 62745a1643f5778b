import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { type MemoryItem, type MemoryWrite, writtenItem } from '../../../core/agents/memory-write.ts';

/** Where the new version comes from: the clock, for an entry that is older, or the entry's own version. */
export type Stamp = 'clock' | 'next';

type Attribute = keyof MemoryItem;

/** Attributes that a write takes away where it does not set them. */
const OPTIONAL = ['value', 'forgotten_at', 'expires_at'] as const;

const REMEMBERED =
  '(attribute_exists(#value) AND (attribute_not_exists(#forgotten_at) OR #forgotten_at > :now))';

/** A conditional write of an entry as the parts of an UpdateItem; what it demands is what `judgeMemoryWrite` says. */
export function memoryUpdate(
  write: MemoryWrite,
  stamp: Stamp,
  encode: (name: Attribute, value: unknown) => AttributeValue,
): Pick<
  UpdateItemCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
> {
  const item: Partial<Record<Attribute, unknown>> = writtenItem(write);
  const set = Object.entries(item) as [Attribute, unknown][];
  const remove = OPTIONAL.filter((name) => item[name] === undefined);
  const version = versionOf(write, stamp);
  const assignments = [
    ...set.map(([name]) => `#${name} = :${name}`),
    version === undefined ? '#version = #version + :one' : '#version = :version',
  ];
  const removals = remove.length === 0 ? '' : ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}`;
  const condition = conditionOf(write, stamp);
  const values: Record<string, AttributeValue> = {
    ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, encode(name, value)])),
    ...(version === undefined ? { ':one': { N: '1' } } : { ':version': { N: String(version) } }),
  };
  if (condition.includes(':now')) values[':now'] = { N: String(write.nowMs) };
  if (write.expect.kind === 'version') values[':expected'] = { N: String(write.expect.version) };
  const names = [...set.map(([name]) => name), ...remove, 'version', 'forgotten_at', 'value'];
  const update = `SET ${assignments.join(', ')}${removals}`;
  return {
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.fromEntries(
      names.filter((name) => `${update} ${condition}`.includes(`#${name}`)).map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: values,
  };
}

/** Undefined where only the entry knows. */
function versionOf({ expect, nowMs }: MemoryWrite, stamp: Stamp): number | undefined {
  if (expect.kind === 'version') return Math.max(nowMs, expect.version + 1);
  if (expect.kind === 'older') return expect.thanMs;
  return stamp === 'clock' ? nowMs : undefined;
}

function conditionOf({ expect, value }: MemoryWrite, stamp: Stamp): string {
  const older = '(attribute_not_exists(#version) OR #version < :version)';
  const fits = stamp === 'clock' ? older : '#version >= :now';
  switch (expect.kind) {
    case 'any':
      return value === undefined ? `${REMEMBERED} AND ${fits}` : fits;
    case 'absent':
      return `NOT ${REMEMBERED} AND ${fits}`;
    case 'present':
      return `${REMEMBERED} AND ${fits}`;
    case 'version':
      return `#version = :expected AND ${REMEMBERED}`;
    case 'older':
      return older;
  }
}
