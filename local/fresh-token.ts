import { readStackOutputs } from './deploy.ts';
import { outputsFile, readOutputs } from './outputs.ts';
import { fetchToken, roles } from './tokens.ts';
import { deployDirectory } from './work-directory.ts';

/** A fresh access token of the running local deployment for the role that the arguments name. Throws when there is none. */
export const freshToken = async (args: readonly string[]): Promise<string> => {
  const role = roles.find((known) => known === args[0]);
  if (role === undefined || args.length !== 1) throw new Error(usage(args));
  const { emulator_url: endpoint } = readOutputs(outputsFile);
  return fetchToken(endpoint, readStackOutputs(deployDirectory(endpoint)), role);
};

const usage = (args: readonly string[]): string =>
  `The role is "${args.join(' ')}"; it must be one of ${roles.join(', ')}: npm run -s token -- task_submitter`;
