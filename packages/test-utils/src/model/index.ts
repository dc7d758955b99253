export { checkQZPayStorageUnderLoad, type QZPayLoadOptions } from './check-load.js';
export { checkQZPayStorageModel, type QZPayModelOptions } from './check-model.js';
