/** What the person needs to know once everything runs. */
export interface SummaryFacts {
  readonly url: string;
  /** Where it is, for example `embedded, in .attune/postgres`. */
  readonly databasePlace: string;
  /** What it is and can do, in one line. */
  readonly databaseKind: string;
  readonly dataDir: string;
  readonly login: LoginFact;
}

/**
 * - `stored`: made once and kept in `file`
 * - `configured`: the person chose the password, which is not shown
 * - `unknown`: nothing on this machine tells
 */
export type LoginFact =
  | { readonly type: 'stored'; readonly login: string; readonly password: string; readonly file: string }
  | { readonly type: 'configured'; readonly login: string }
  | { readonly type: 'unknown' };

/** The last thing `attune up` prints when everything runs. */
export function renderSummary({ url, databasePlace, databaseKind, dataDir, login }: SummaryFacts): string {
  const rows: [string, string][] = [
    ['API', `${url}/api/v1`],
    ['Docs', `${url}/docs`],
    ['OpenAPI', `${url}/api-spec/openapi.json`],
    ...loginRows(login),
    ['Database', databasePlace],
    ['', databaseKind],
    ['Data', `${dataDir} (logs in ${dataDir}/logs)`],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    '',
    'Attune is running.',
    '',
    ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
    '',
    'Try next',
    ...tryNext(url, login).map((line) => `  ${line}`),
    '',
    'Ctrl-C stops everything; the data stays.',
  ].join('\n');
}

function loginRows(login: LoginFact): [string, string][] {
  switch (login.type) {
    case 'stored':
      return [
        ['Login', login.login],
        ['Password', `${login.password} (kept in ${login.file})`],
      ];
    case 'configured':
      return [['Login', `${login.login}, with the password you configured`]];
    case 'unknown':
      return [['Login', 'the one you created']];
  }
}

function tryNext(url: string, login: LoginFact): string[] {
  const logIn =
    login.type === 'stored'
      ? [`curl -s ${url}/auth/login -H 'content-type: application/json' -d @${login.file}`]
      : [`curl -s ${url}/health/detailed`];
  return [...logIn, 'npx attune db status', 'docs/getting-started.md: from a webhook to the result of an action'];
}
