import { DomainError } from '../errors.ts';

export function agentNotFound(agentId: string): DomainError {
  return new DomainError(
    'agent_not_found',
    `no agent is registered as ${agentId}; register it with PUT /agents/${agentId}`,
  );
}

export function notYourAgent(agentId: string): DomainError {
  return new DomainError(
    'forbidden',
    `somebody else has registered ${agentId}; only they, or an admin, may act for it`,
  );
}

export function memoryNotFound(agentId: string, key: string): DomainError {
  return new DomainError('memory_not_found', `${agentId} remembers nothing under ${key}, or no longer`);
}

/** `version` is the entry's own, undefined where there is none. */
export function memoryChanged(key: string, version: number | undefined): DomainError {
  const found = version === undefined ? 'there is no such entry' : `its version is ${version}`;
  return new DomainError('version_mismatch', `${key} is not as expected: ${found}; read it again`, {
    ...(version === undefined ? {} : { version }),
  });
}

export function answerTooLarge(bytes: number, limit: number): DomainError {
  const text = `the entries have ${bytes} bytes together; at most ${limit} are answered: ask for fewer keys`;
  return new DomainError('answer_too_large', text, { limit, value: bytes });
}
