export { BackupError, verify as verifyMongoDb } from './backup.js';
export { MongoDbStartError, type MongoDbStartProblem } from './start-error.js';
export { type MongoDb, type MongoDbLogger, type MongoDbOptions, startMongoDb } from './start-mongo-db.js';
