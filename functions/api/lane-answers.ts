import { type RedriveDeps, redriveLane } from '../../core/usecases/redrive-lane.ts';
import { type SwitchLaneDeps, switchLane } from '../../core/usecases/switch-lane.ts';
import type { Handlers } from '../shared/http-api/api-request.ts';

export type LaneAnswersDeps = SwitchLaneDeps & RedriveDeps;

/** What the routes that operate a lane answer. */
export function createLaneAnswers(
  deps: LaneAnswersDeps,
): Handlers<'pauseLane' | 'resumeLane' | 'redriveLane'> {
  return {
    pauseLane: async ({ params }) => ({ status: 200, body: await switchLane(deps, params.lane, true) }),
    resumeLane: async ({ params }) => ({ status: 200, body: await switchLane(deps, params.lane, false) }),
    redriveLane: async ({ params, query, tenant }) => ({
      status: 200,
      body: await redriveLane(deps, { lane: params.lane, tenant, cursor: query.cursor }),
    }),
  };
}
