import { InMemoryAgents } from '../support/in-memory-agents.ts';
import { agentDirectoryContract } from './agent-directory-contract.ts';

agentDirectoryContract(() => new InMemoryAgents());
