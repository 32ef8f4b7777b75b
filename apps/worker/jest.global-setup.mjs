import { createGlobalSetup } from '@attune/testing/global-setup';
import { migrations } from '@attune/migrations';

export default createGlobalSetup({ migrations: [...migrations] });
