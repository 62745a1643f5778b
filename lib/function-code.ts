import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from './function-name.ts';

/** Where a function's code comes from: the bundler at a real synth, a line of text in the tests of the templates. */
export type FunctionCode = (name: FunctionName) => Code;
