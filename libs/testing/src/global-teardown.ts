export { teardownTestRun as default } from './global-setup.js';
