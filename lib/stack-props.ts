import type { StackProps } from 'aws-cdk-lib';
import type { StageConfig } from './stage-schema.ts';

/** Name, tags and protection of a stack: `Tasklane-<stage>-<part>`. */
export function stackProps(config: StageConfig, part: string, holds: string): StackProps {
  return {
    stackName: `Tasklane-${config.stage}-${part}`,
    description: `Tasklane ${config.stage}: ${holds}`,
    terminationProtection: config.protectData,
    tags: { application: 'tasklane', stage: config.stage },
  };
}
