/**
 * Who may import whom: the table of docs/architecture.md, "Layers", as rules. Run by `npm test`.
 * `$1` stands for what the first group of the `from` path has matched.
 */
const allow = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: '^(bench|local|test)/' },
  to: { path: '^(bin|core|lib|functions|client|workflows|console|local|bench|test)/', pathNot: to },
});

const notAtRuntime = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: to, dependencyTypesNot: ['type-only'] },
});

export default {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^aws-lambda$' },
    },
    allow('core-is-pure', '^core/', '^core/', 'core knows nothing but itself'),
    {
      name: 'core-has-no-io',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: 'node_modules/(@aws-sdk|@aws-lambda-powertools|@smithy|aws-cdk-lib|undici|hono)' },
    },
    {
      name: 'core-has-no-io-of-node',
      severity: 'error',
      from: { path: '^core/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    allow('shared-serves-all', '^functions/shared/', '^(core|functions/shared)/'),
    allow('tasks-stand-alone', '^functions/tasks/', '^(core|functions/shared|functions/tasks)/'),
    allow(
      'functions-stand-alone',
      '^functions/(?!shared/|tasks/)([^/]+)/',
      '^(core|functions/shared|functions/tasks|functions/$1)/',
    ),
    allow('lib-deploys', '^lib/', '^(core|lib|functions/[^/]+/env\\.ts$|functions/shared/env\\.ts$)'),
    notAtRuntime(
      'lib-takes-types-of-env',
      '^lib/',
      '^functions/',
      'lib may only `import type` from functions',
    ),
    {
      name: 'only-lib-knows-cdk',
      severity: 'error',
      from: { pathNot: '^(lib/|bin/app\\.ts|test/|node_modules/)' },
      to: { path: 'node_modules/(aws-cdk-lib|constructs|cdk-nag)/' },
    },
    allow('client-talks-http', '^client/', '^(core|client)/'),
    notAtRuntime(
      'client-takes-types-of-core',
      '^client/',
      '^core/',
      'client may only `import type` from core',
    ),
    allow('workflows-are-data', '^workflows/', '^(core|workflows)/'),
    allow('app-wires-lib', '^bin/app\\.ts', '^(lib|core)/'),
    {
      name: 'nobody-imports-tools',
      severity: 'error',
      from: { path: '^(core|lib|functions|client|workflows)/' },
      to: { path: '^(bench|local|test|bin)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.local|cdk\\.out|coverage)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
