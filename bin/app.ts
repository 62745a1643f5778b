import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunctions } from '../lib/bundle-functions.ts';
import { stageConfig } from '../lib/config.ts';
import { buildTasklane } from '../lib/tasklane.ts';

const app = new App();
// A finding that no construct acknowledges with a reason fails the synth.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const config = stageConfig(app.node.tryGetContext('stage') ?? 'local');
const bundles = await bundleFunctions({ ...config, outDir: join(app.outdir, 'bundles') });
buildTasklane(app, config, (name) => Code.fromAsset(bundles[name].directory));
