import { createGlobalSetup } from '@attune/testing/global-setup';
import { migrations } from './dist/index.js';

export default createGlobalSetup({ migrations: [...migrations] });
