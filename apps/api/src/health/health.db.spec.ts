import { operations } from '@attune/contract';
import { testKinds } from '@attune/testing';
import { startTestApi } from '../../spec/test-api.js';

const kinds = testKinds();

describe('health', () => {
  it.each(kinds)('says what it runs on: %s', async (kind) => {
    const api = await startTestApi({ kind });
    try {
      expect(await api.anonymous.call(operations.getHealth)).toEqual({ status: 'ok' });
      const details = await api.anonymous.call(operations.getHealthDetails);
      expect(details).toMatchObject({
        status: 'ok',
        database: 'connected',
        database_kind: kind,
        messaging: 'postgres',
      });
      expect(details.workers_alive).toBe(0);
      expect(details.timescaledb_version === null).toBe(kind === 'plain');
      await expect(api.anonymous.call(operations.getReadiness)).resolves.toBeUndefined();
      await expect(api.anonymous.call(operations.getLiveness)).resolves.toBeUndefined();
    } finally {
      await api.close();
    }
  });
});
