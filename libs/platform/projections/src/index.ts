export { ReadModels, type Stored } from './read-models.js';
