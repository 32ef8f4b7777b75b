import { describe, expect, it } from '@jest/globals';
import { compareModel, compareOperation, endpoints, models } from '../spec/compare-with-fixtures.js';
import { type AnyOperation, contractModels, operations } from './index.js';

/** Where we differ on purpose: `<what>: <ours> instead of <theirs>` → why. */
const deviations: Record<string, string> = {
  'DatabaseKind: ours alone': 'operators see which PostgreSQL this is',
  'HealthResponse.database_kind: ours alone': 'operators see which PostgreSQL this is',
  'HealthResponse.postgresql_version: ours alone': 'operators see which PostgreSQL this is',
  'HealthResponse.timescaledb_version: ours alone': 'operators see which PostgreSQL this is',
  'HealthResponse.messaging: ours alone': 'operators see how messages travel',
  'HealthResponse.workers_alive: ours alone': 'operators see whether anybody takes work',
  'createEvents: no such operation': 'a sensor that sees many things at once needs one request',
  'CreateEventsRequest: ours alone': 'of createEvents',
  'CreatedEvents: ours alone': 'of createEvents',
  'finishOidcLogin query iss: ours alone':
    'providers that say who they are in their answer must be believed or refused',
  'receiveWebhook query raw: ours alone': 'senders that cannot wrap their body in {"payload": …}',
  'getTriggerWebhookConfig: no such operation': 'checks nobody could set would be checks nobody makes',
  'updateTriggerWebhookConfig: no such operation': 'checks nobody could set would be checks nobody makes',
  'listEvents query per_page cap: 1000 instead of none': 'one request must not read a whole hypertable',
  'listEnforcements query per_page cap: 1000 instead of none': 'one request must not read a whole hypertable',
  'RetentionConfig.targets default: {} instead of "see RetentionTargetsConfig defaults"': 'each target has its own',
  'RetentionTargetsConfig.events default: {"max_age_seconds":7776000} instead of {"max_age_seconds":2592000}':
    'what its table begins with: leaving it out never shortens it',
  'RetentionTargetsConfig.enforcements default: {"max_age_seconds":7776000} instead of {"max_age_seconds":2592000}':
    'what its table begins with: leaving it out never shortens it',
  'RetentionTargetsConfig.executions default: {"max_age_seconds":7776000} instead of {"max_age_seconds":2592000}':
    'what its table begins with: leaving it out never shortens it',
  'RetentionTargetsConfig.execution_history default: {"max_age_seconds":7776000} instead of {"max_age_seconds":2592000}':
    'what its table begins with: leaving it out never shortens it',
  'RetentionTargetsConfig.worker_history default: {"max_age_seconds":15552000} instead of {"max_age_seconds":2592000}':
    'what its table begins with: leaving it out never shortens it',
  'RetentionTargetsConfig.continuous_aggregates default: {"max_age_seconds":null} instead of {"max_age_seconds":2592000}':
    'hourly sums are small, and outlive the rows they count',
  'listWorkQueues query per_page cap: 1000 instead of none': 'one request must not read a whole table',
  'listPackQueues query per_page cap: 1000 instead of none': 'one request must not read a whole table',
  'listWorkQueueItems query per_page cap: 1000 instead of none': 'one request must not read a whole table',
  'listKeys query per_page cap: 1000 instead of none': 'one request must not read a whole table',
  'listInquiriesByStatus path status values: ["pending","responded","timeout","canceled","cancelled"] instead of ["pending","responded","timeout","canceled"]':
    'everywhere else it is spelt cancelled',
  'createSensorToken auth: "access|worker" instead of "access|execution|sensor|worker"':
    'an action or a sensor has no business making tokens',
  'createInternalSensorToken auth: "worker" instead of "none"': 'nobody gets a token without one',
  'readInternalFile auth: "worker" instead of "access|execution|sensor|worker"': 'between our own services only',
  'headInternalFile auth: "worker" instead of "access|execution|sensor|worker"': 'between our own services only',
  'writeInternalFile auth: "worker" instead of "access|execution|sensor|worker"': 'between our own services only',
  'appendInternalFile auth: "worker" instead of "access|execution|sensor|worker"': 'between our own services only',
  'deleteInternalFile auth: "worker" instead of "access|execution|sensor|worker"': 'between our own services only',
  'downloadPackArchive auth: "worker" instead of "access|execution|sensor|worker"': 'between our own services only',
  'streamArtifact auth: "access|execution|sensor|worker" instead of "access|execution|sensor|worker|refresh"':
    'a refresh token only makes new tokens',
};

/** Models of the fixtures that are no schema of ours, and why. */
const notModels: Record<string, string> = {
  ApiResponse: 'the envelope of the shape `data`',
  PaginatedResponse: 'the envelope of the shape `paginated`',
  AuditEventType: 'an open set of texts',
  AuthErrorResponse: 'AuthErrorBody under the key `error`',
};

/** Paths that are served without being operations. */
const servedBesides: Record<string, string> = {
  'GET /docs': 'the documentation is no part of itself',
  'GET /docs/{rest}': 'the documentation is no part of itself',
  'GET /api-spec/openapi.json': 'the documentation is no part of itself',
};

/** Operations for callers with any token their list of types names, and why no grant is asked for. */
const needsNoGrant: Record<string, string> = {
  getCurrentUser: 'everybody may know who they are',
  updateCurrentUser: 'everybody may say what they are called',
  changePassword: 'everybody may change their own, knowing the old one',
  getQueueStats: 'counts only',
  createInternalSensorToken: 'workers only',
  readInternalFile: 'workers only, and their own paths',
  headInternalFile: 'workers only, and their own paths',
  writeInternalFile: 'workers only, and their own paths',
  appendInternalFile: 'workers only, and their own paths',
  deleteInternalFile: 'workers only, and their own paths',
  downloadPackArchive: 'workers only',
};

describe('the contract', () => {
  it('has exactly the models that were promised', () => {
    const differences = [...contractModels].flatMap(([schema, { id, kind }]) => compareModel(id, schema, kind));
    expect(differences.filter((difference) => !deviations[difference])).toEqual([]);
  });

  it('has exactly the operations that were promised', () => {
    const differences = Object.values<AnyOperation>(operations).flatMap(compareOperation);
    expect(differences.filter((difference) => !deviations[difference])).toEqual([]);
  });

  it('leaves nothing out', () => {
    const ours = new Set([...contractModels.values()].map(({ id }) => id));
    const missing = Object.entries(models).filter(([id, { kind }]) => kind !== 'query' && !ours.has(id));
    expect(missing.map(([id]) => id).filter((id) => !notModels[id])).toEqual([]);
    const paths = new Set(Object.values<AnyOperation>(operations).map(({ method, path }) => `${method} ${path}`));
    const unserved = endpoints.map(({ method, path }) => `${method} ${path}`).filter((path) => !paths.has(path));
    expect(unserved.filter((path) => !servedBesides[path])).toEqual([]);
  });

  it('asks every caller with a token for a permission, but for what is in the list', () => {
    const open = Object.values<AnyOperation>(operations).filter(
      ({ auth, permission }) => Array.isArray(auth) && permission === null,
    );
    expect(open.map(({ operationId }) => operationId).filter((id) => !needsNoGrant[id])).toEqual([]);
  });

  it('names every operation after its key', () => {
    for (const [name, { operationId }] of Object.entries(operations)) expect(operationId).toBe(name);
  });

  it('reads absent and null alike in requests, and cuts large pages', () => {
    const query = operations.listRules.query.parse({ page: 0, page_size: 500 });
    expect(query).toEqual({ page: 1, page_size: 100 });
    // An empty page that is followed by another would have a reader turn pages for ever.
    expect(operations.listExecutions.query.parse({ per_page: 0 }).per_page).toBe(1);
    const rule = operations.updateRule.body.parse({ label: null, permission_set_refs: null, unknown: 1 });
    expect(rule).toEqual({ permission_set_refs: null });
  });
});
