import { type LoginFact, renderSummary } from './summary.js';

const render = (login: LoginFact): string =>
  renderSummary({
    url: 'http://127.0.0.1:8080',
    databasePlace: 'embedded, in .attune/postgres',
    databaseKind: 'PostgreSQL 18.4 without TimescaleDB',
    dataDir: '.attune',
    login,
  });

describe('renderSummary', () => {
  it('names addresses, login, database and a first step, and ends with the way out', () => {
    const text = render({ type: 'stored', login: 'admin', password: 'secret', file: '.attune/credentials.json' });
    expect(text).toMatchInlineSnapshot(`
     "
     Attune is running.

       API       http://127.0.0.1:8080/api/v1
       Docs      http://127.0.0.1:8080/docs
       OpenAPI   http://127.0.0.1:8080/api-spec/openapi.json
       Login     admin
       Password  secret (kept in .attune/credentials.json)
       Database  embedded, in .attune/postgres
                 PostgreSQL 18.4 without TimescaleDB
       Data      .attune (logs in .attune/logs)

     Try next
       curl -s http://127.0.0.1:8080/auth/login -H 'content-type: application/json' -d @.attune/credentials.json
       npx attune db status
       docs/getting-started.md: from a webhook to the result of an action

     Ctrl-C stops everything; the data stays."
    `);
    expect(text.split('\n').at(-1)).toContain('Ctrl-C');
  });

  it('never shows a password that the person configured', () => {
    const text = render({ type: 'configured', login: 'root' });
    expect(text).toContain('Login     root, with the password you configured');
    expect(text).not.toContain('Password');
    expect(render({ type: 'unknown' })).toContain('Login     the one you created');
  });
});
