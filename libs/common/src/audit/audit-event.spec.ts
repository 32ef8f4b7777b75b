import { apiEvent, auditEvent, type AuditOrigin, outcomeOf, systemOrigin } from './audit-event.js';

const origin: AuditOrigin = {
  identityId: 7,
  login: 'ada',
  tokenType: 'execution',
  ip: '10.0.0.1',
  userAgent: 'curl/8',
  requestId: '0199c8a0-0000-7000-8000-000000000000',
  chain: { execution_id: 12 },
};

describe('audit events', () => {
  it('tell who, what and how it ended', () => {
    const record = {
      type: 'pack.deleted',
      resource: { type: 'pack', id: 3, ref: 'demo' },
      chain: { rule_id: 4 },
    } as const;
    expect(auditEvent(origin, record)).toEqual({
      category: 'pack',
      event_type: 'pack.deleted',
      outcome: 'success',
      actor_identity: 7,
      actor_login: 'ada',
      actor_token_type: 'execution',
      actor_ip: '10.0.0.1',
      actor_user_agent: 'curl/8',
      request_id: origin.requestId,
      resource_type: 'pack',
      resource_id: 3,
      resource_ref: 'demo',
      http_method: null,
      http_path: null,
      http_status: null,
      duration_ms: null,
      details: {},
      correlation_chain: { execution_id: 12, rule_id: 4 },
    });
  });

  it('end as their type says, unless the record says otherwise', () => {
    expect(auditEvent(origin, { type: 'auth.login.failure' }).outcome).toBe('failure');
    expect(auditEvent(origin, { type: 'auth.login.failure', outcome: 'denied' }).outcome).toBe('denied');
    expect(auditEvent(origin, { type: 'rbac.denied' }).outcome).toBe('denied');
    expect(
      auditEvent(systemOrigin('attune-supervisor'), { type: 'maintenance.retention.target_failed' }),
    ).toMatchObject({
      outcome: 'failure',
      category: 'admin',
      actor_login: 'attune-supervisor',
      actor_token_type: 'system',
      actor_identity: null,
      request_id: null,
    });
  });

  it.each([
    [200, 'success'],
    [307, 'success'],
    [400, 'failure'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'failure'],
    [503, 'failure'],
  ])('a request answered with %i is a %s', (status, outcome) => {
    expect(outcomeOf(status)).toBe(outcome);
    const request = { method: 'DELETE', path: '/api/v1/packs/demo', status, durationMs: 12.6 };
    expect(apiEvent(origin, request)).toMatchObject({
      category: 'api',
      event_type: `api.delete.${outcome}`,
      outcome,
      http_method: 'DELETE',
      http_path: '/api/v1/packs/demo',
      http_status: status,
      duration_ms: 13,
    });
  });

  it('never carry a secret', () => {
    const { details } = auditEvent(origin, {
      type: 'secret.key.updated',
      details: {
        password: 'p4ss',
        nested: [{ apiKey: 'k', 'X-Api-Key': 'k2', client_secret: { a: 1 }, webhook_key: 9, note: 'plain' }],
        has_secret: true,
        token_type: 'access',
        access_token: null,
        fields: ['value', 'password'],
        text: 'called /api/v1/webhooks/wh_0123456789abcdef with attune_it_abc and eyJhbGciOiJI.eyJzdWIi.c2ln',
      },
    });
    expect(details).toEqual({
      password: '***',
      nested: [{ apiKey: '***', 'X-Api-Key': '***', client_secret: '***', webhook_key: '***', note: 'plain' }],
      has_secret: true,
      token_type: 'access',
      access_token: null,
      fields: ['value', 'password'],
      text: 'called /api/v1/webhooks/*** with *** and ***',
    });
  });

  it('hold nothing that a column would refuse', () => {
    const event = auditEvent(
      { ...origin, login: 'a\0b\uD800', userAgent: 'x'.repeat(5_000) },
      { type: 'auth.login.failure', resource: { type: 'identity', ref: '\0' }, details: { 'k\0': ['\0', 2n ** 60n] } },
    );
    expect(event.actor_login).toBe('a\uFFFDb\uFFFD');
    expect(event.actor_user_agent).toHaveLength(2_001);
    expect(event.resource_ref).toBe('\uFFFD');
    expect(event.details).toEqual({ 'k\uFFFD': ['\uFFFD', '1152921504606846976'] });
  });
});
