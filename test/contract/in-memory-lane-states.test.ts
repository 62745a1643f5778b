import { InMemoryLaneStates } from '../support/in-memory-lane-states.ts';
import { laneStatesContract } from './lane-states-contract.ts';

laneStatesContract(() => new InMemoryLaneStates());
