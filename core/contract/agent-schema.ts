import * as z from 'zod';
import { TASK_STATUSES } from '../status.ts';
import { idSchema, momentSchema, textSchema } from './identifiers.ts';
import type { Immutable } from './immutable.ts';
import { LIMITS } from './limits.ts';
import { factsSchema } from './metadata-schema.ts';

/** What an agent says of itself; all of it is replaced at each registration. */
export const registrationSchema = z.strictObject({
  name: textSchema(LIMITS.nameCharacters).exactOptional(),
  role: textSchema(LIMITS.nameCharacters).exactOptional(),
  capabilities: z
    .array(idSchema)
    .max(LIMITS.capabilities)
    .exactOptional()
    .meta({ description: 'What kinds of work it takes.' }),
  config: factsSchema('config').exactOptional(),
  metadata: factsSchema('metadata').exactOptional(),
});

const count = z.int().min(0);
const counts = Object.fromEntries(TASK_STATUSES.map((status) => [status, count])) as Record<
  (typeof TASK_STATUSES)[number],
  typeof count
>;

/** An agent: its registration, what came of its tasks, and what was last heard of it. */
export const agentSchema = z.strictObject({
  agent_id: idSchema,
  name: z.string(),
  role: z.string(),
  capabilities: z.array(idSchema),
  config: z.record(z.string(), z.unknown()),
  metadata: z.record(z.string(), z.unknown()),
  registered_at: momentSchema.meta({ description: 'The first time.' }),
  updated_at: momentSchema.meta({ description: 'The last time it was registered.' }),
  totals: z
    .strictObject({ total: count, ...counts })
    .meta({ description: 'Its tasks that are kept, by state.' }),
  totals_complete: z.boolean().meta({
    description: 'False while the oldest tasks alone are counted: ask again, and it goes on from there.',
  }),
  success_rate: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .meta({ description: 'completed / (completed + failed); null where none did either.' }),
  resources: z.record(z.string(), z.number()).meta({ description: 'What its last heartbeat said of them.' }),
  last_seen: momentSchema.meta({ description: 'Its last registration, heartbeat or claim.' }),
  available: z.boolean().meta({ description: 'Whether it was heard of within five minutes.' }),
});

/** A page of agents, the newest first. */
export const agentPageSchema = z.strictObject({
  items: z.array(agentSchema).meta({ description: 'Perhaps fewer than `limit`.' }),
  next_cursor: z.string().nullable().meta({ description: 'Null where the list ends.' }),
});

/** What a caller may register. */
export type RegistrationInput = z.input<typeof registrationSchema>;
export type Agent = Immutable<z.output<typeof agentSchema>>;
export type AgentPage = Immutable<z.output<typeof agentPageSchema>>;
