import type { StackOutputs } from './deploy.ts';

/** An output of the stacks. Throws when none of them has it. */
export const requireOutput = (outputs: StackOutputs, name: string): string => {
  const value = outputs[name];
  if (value === undefined)
    throw new Error(`No stack has the output ${name}; there are ${Object.keys(outputs).join(', ')}.`);
  return value;
};
