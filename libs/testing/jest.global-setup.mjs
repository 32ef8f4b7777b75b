import { createGlobalSetup } from './dist/global-setup.js';

class CreateGreeting1767225600001 {
  name = 'CreateGreeting1767225600001';
  up = (queryRunner) => queryRunner.query(`create table greeting as select 'hello' as word`);
  down = (queryRunner) => queryRunner.query('drop table greeting');
}

export default createGlobalSetup({ migrations: [CreateGreeting1767225600001] });
