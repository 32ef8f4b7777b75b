import fc from 'fast-check';
import {
  createdRangeOf,
  firstTimeIdAt,
  isTimeId,
  TIME_ID_EPOCH_MS,
  timeIdCreatedIso,
  timeIdRange,
  timeIdToMs,
} from './time-id.js';

const anyId = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const anyMs = fc.integer({ min: TIME_ID_EPOCH_MS, max: Date.UTC(2090, 0, 1) });

describe('time-ordered ids', () => {
  it.each([
    [0, '2025-01-01T00:00:00.000000Z'],
    [1, '2025-01-01T00:00:00.000000Z'],
    [5, '2025-01-01T00:00:00.000001Z'],
    [4095, '2025-01-01T00:00:00.000999Z'],
    [4096, '2025-01-01T00:00:00.001000Z'],
    [86_400_000 * 4096, '2025-01-02T00:00:00.000000Z'],
    [Number.MAX_SAFE_INTEGER, '2094-09-07T15:47:35.551999Z'],
  ])('id %d was made at %s', (id, created) => {
    expect(timeIdCreatedIso(id)).toBe(created);
  });

  it('agrees with the floor of the SQL rule for every id', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const micros = (BigInt(id) * 125n) / 512n + BigInt(TIME_ID_EPOCH_MS) * 1000n;
        const iso = timeIdCreatedIso(id);
        const parsed = BigInt(Date.parse(`${iso.slice(0, 23)}Z`)) * 1000n + BigInt(iso.slice(23, 26));
        expect(parsed).toBe(micros);
      }),
    );
  });

  it('keeps the order of ids in the order of created', () => {
    fc.assert(
      fc.property(anyId, anyId, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(timeIdCreatedIso(low) <= timeIdCreatedIso(high)).toBe(true);
      }),
    );
  });

  it('finds the first id of a millisecond, and the id before it lies in the one before', () => {
    fc.assert(
      fc.property(anyMs, (ms) => {
        const first = firstTimeIdAt(ms);
        expect(timeIdToMs(first)).toBe(ms);
        if (first > 0) expect(timeIdToMs(first - 1)).toBe(ms - 1);
      }),
    );
  });

  it('starts at the epoch for earlier instants', () => {
    expect(firstTimeIdAt(0)).toBe(0);
    expect(timeIdRange(0, TIME_ID_EPOCH_MS + 2)).toEqual({ firstId: 0, endId: 8192 });
  });

  it('covers every id of a set with one range of created', () => {
    fc.assert(
      fc.property(fc.array(anyId, { minLength: 1 }), (ids) => {
        const range = createdRangeOf(ids);
        for (const id of ids) {
          expect(timeIdCreatedIso(id) >= range!.from && timeIdCreatedIso(id) <= range!.to).toBe(true);
        }
      }),
    );
    expect(createdRangeOf([])).toBeNull();
  });

  it('refuses what cannot be an id', () => {
    for (const id of [-1, 1.5, Number.NaN, 2 ** 53]) {
      expect(isTimeId(id)).toBe(false);
      expect(() => timeIdCreatedIso(id)).toThrow(RangeError);
      expect(() => timeIdToMs(id)).toThrow(RangeError);
    }
  });
});
