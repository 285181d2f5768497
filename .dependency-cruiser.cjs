// The layers of ARCHITECTURE.md. A folder may import itself, and what its line names.
const layers = {
  core: [],
  contracts: ['core'],
  nn: ['core'],
  stats: ['core'],
  prompt: ['contracts', 'core'],
  sandbox: ['core'],
  tasks: ['contracts', 'core', 'sandbox'],
  store: ['contracts', 'core'],
  queue: ['contracts', 'core'],
  testing: ['contracts', 'core', 'episode'],
  models: ['contracts', 'core', 'nn', 'prompt'],
  strategies: ['contracts', 'core', 'nn'],
  training: ['contracts', 'core', 'nn'],
  tuning: ['contracts', 'core', 'nn'],
  episode: ['contracts', 'core', 'prompt'],
  study: ['contracts', 'core', 'prompt', 'episode'],
  analysis: ['contracts', 'core', 'stats'],
  report: ['contracts', 'core', 'analysis'],
  server: ['contracts', 'core', 'analysis', 'report'],
  team: ['contracts', 'core', 'prompt', 'episode'],
  // The page of the live view: built for the browser, never imported.
  viewer: ['contracts', 'core', 'report', 'server'],
  api: [
    'core',
    'contracts',
    'nn',
    'stats',
    'prompt',
    'sandbox',
    'tasks',
    'store',
    'queue',
    'testing',
    'models',
    'strategies',
    'training',
    'tuning',
    'episode',
    'study',
    'team',
    'analysis',
    'report',
    'server',
  ],
  cli: ['api', 'core'],
};

// Tests, which the build leaves out.
const tests = '\\.test\\.ts$';

const layerRules = Object.entries(layers).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  comment: `src/${layer} may import: ${[layer, ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${layer}/`, pathNot: tests },
  to: { path: '^src/', pathNot: `^src/(${[layer, ...allowed].join('|')})/` },
}));

const siblingRules = ['tasks', 'models', 'strategies'].map((layer) => ({
  name: `siblings-${layer}`,
  comment: `Files of src/${layer} share code through parts/ only; index.ts is the catalogue.`,
  severity: 'error',
  from: { path: `^src/${layer}/([^/]+)\\.ts$`, pathNot: `^src/${layer}/(index|.*\\.test)\\.ts$` },
  to: { path: `^src/${layer}/[^/]+\\.ts$` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    ...siblingRules,
    {
      name: 'engine-behind-nn',
      comment: 'Only src/nn imports the tensor engine.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/nn/' },
      to: { path: 'node_modules/@jax-js/' },
    },
    {
      name: 'interpreter-behind-sandbox',
      comment: 'Only src/sandbox imports what runs programs.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/sandbox/' },
      to: { path: 'node_modules/(quickjs-emscripten-core|@jitl)/' },
    },
    {
      name: 'commands-start-light',
      comment:
        'Commands import the library when they act (await import), so that help and completion start at once.',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^src/api/',
        pathNot: '^src/api/(places|version)\\.ts$',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-orphan-dependency',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      // `ai` is an optional peer, and a development dependency for the tests and examples that use it.
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'unknown'], pathNot: 'node_modules/ai/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
