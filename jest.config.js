export default {
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.spec.js'],
  transform: {},
  // A bound for a hung spec, not a measure: machines that build and test at once are slow.
  testTimeout: 60_000,
  maxWorkers: '100%',
  workerIdleMemoryLimit: '400MB',
  coverageProvider: 'v8',
  collectCoverageFrom: ['dist/{apps,libs}/**/*.js', '!**/*.spec.js'],
};
