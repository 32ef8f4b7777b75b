import { type DatabaseStatus, renderStatus } from './status.command.js';

const now = new Date('2026-01-01T12:00:00Z');
const status: DatabaseStatus = {
  address: 'db.example:5432/attune',
  isMigrated: true,
  capabilities: {
    kind: 'timescale',
    serverVersion: '17.2',
    timescaledbVersion: '2.26.4',
    compression: true,
    policies: true,
    continuousAggregates: true,
    description: 'PostgreSQL 17.2 with TimescaleDB 2.26.4 (community)',
  },
  tables: [
    {
      name: 'event',
      timeColumn: 'created',
      chunkInterval: '1 day',
      rows: 1_234_567,
      chunks: 91,
      sizeBytes: 1_610_612_736,
      compressedShare: 0.923,
      compressAfter: '7 days',
      keep: '90 days',
      nextPolicyRun: new Date('2026-01-01T15:00:00Z'),
    },
    {
      name: 'worker_history',
      timeColumn: 'time',
      chunkInterval: '7 days',
      rows: 0,
      chunks: 1,
      sizeBytes: 24_576,
      compressedShare: null,
      compressAfter: null,
      keep: null,
      nextPolicyRun: null,
    },
  ],
  failedPolicies: [],
};

describe('renderStatus', () => {
  it('lines the time series up', () => {
    expect(renderStatus(status, now)).toMatchInlineSnapshot(`
     "Database  db.example:5432/attune
     Kind      timescale: PostgreSQL 17.2 with TimescaleDB 2.26.4 (community)
     Schema    up to date

     table                 rows  chunks    size  compressed   chunk  compress after     keep  next policy run
     event           ~1,234,567      91  1.5 GB        92 %   1 day          7 days  90 days           in 3 h
     worker_history          ~0       1   24 kB           -  7 days               -  forever         executor"
    `);
  });

  it('shows which policy failed', () => {
    const failedPolicies = [
      {
        job: 7,
        policy: 'policy_retention',
        relation: 'event',
        failedAt: new Date('2026-01-01T11:40:00Z'),
        failure: 'no',
      },
    ];
    expect(renderStatus({ ...status, failedPolicies }, now)).toContain(
      'policy_retention of event failed 20 min ago: no',
    );
  });

  it('tells how to get the schema when it is missing', () => {
    expect(renderStatus({ ...status, isMigrated: false, tables: [] }, now)).toContain('run: attune db migrate');
  });
});
