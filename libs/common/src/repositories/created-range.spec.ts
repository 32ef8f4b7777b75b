import { firstTimeIdAt, TIME_ID_EPOCH_MS, TIME_IDS_PER_MS } from '@attune/engine';
import {
  type CreatedWindow,
  groupForUpdate,
  newestIds,
  wholeWindow,
  type WindowReader,
  windowsOf,
} from './created-range.js';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);

describe('windowsOf', () => {
  it('tiles the whole without a gap, newest first', () => {
    const whole = wholeWindow(undefined, NOW);
    const windows = windowsOf(whole);
    expect(windows[0]?.toMs).toBe(whole.toMs);
    expect(windows.at(-1)?.fromMs).toBe(TIME_ID_EPOCH_MS);
    windows.slice(1).forEach((window, index) => expect(window.toMs).toBe(windows[index]?.fromMs));
  });

  it('starts no earlier than the row everything comes from', () => {
    const since = (NOW - DAY_MS - TIME_ID_EPOCH_MS) * TIME_IDS_PER_MS;
    const windows = windowsOf(wholeWindow(since, NOW));
    expect(windows).toHaveLength(1);
    expect(windows[0]?.fromMs).toBe(NOW - DAY_MS);
  });

  it('takes a number that cannot be an id for "anything"', () => {
    expect(wholeWindow(-1, NOW).fromMs).toBe(TIME_ID_EPOCH_MS);
  });
});

describe('newestIds', () => {
  /** A table with one row an hour, ids counting back from 1000. */
  const rows = Array.from({ length: 1_000 }, (_, hour) => ({ id: 1_000 - hour, ms: NOW - hour * 3_600_000 }));
  const reads: CreatedWindow[] = [];
  const among = (window: CreatedWindow) => rows.filter(({ ms }) => ms >= window.fromMs && ms < window.toMs);
  const reader: WindowReader = {
    read: (window, { limit, offset }) => {
      reads.push(window);
      return Promise.resolve(
        among(window)
          .slice(offset, offset + limit)
          .map(({ id }) => id),
      );
    },
    count: (window) => Promise.resolve(among(window).length),
  };

  beforeEach(() => reads.splice(0));

  it('stops at the first window that fills the page', async () => {
    expect(await newestIds(wholeWindow(undefined, NOW), { limit: 3, offset: 2 }, reader)).toEqual([998, 997, 996, 995]);
    expect(reads).toHaveLength(1);
  });

  it('goes on into older windows, and skips over their edges', async () => {
    const ids = await newestIds(wholeWindow(undefined, NOW), { limit: 5, offset: 46 }, reader);
    expect(ids).toEqual([954, 953, 952, 951, 950, 949]);
    expect(reads).toHaveLength(2);
  });

  it('gives what there is', async () => {
    const ids = await newestIds(wholeWindow(undefined, NOW), { limit: 10, offset: 995 }, reader);
    expect(ids).toEqual([5, 4, 3, 2, 1]);
    expect(reads).toHaveLength(3);
  });

  it('gives the same as one long list, wherever the page is', async () => {
    for (const offset of [0, 1, 47, 48, 49, 300, 383, 384, 385, 999, 1_000, 1_000_000_000]) {
      const ids = await newestIds(wholeWindow(undefined, NOW), { limit: 7, offset }, reader);
      expect(ids).toEqual(rows.slice(offset, offset + 8).map(({ id }) => id));
    }
  });
});

describe('groupForUpdate', () => {
  const idAt = (daysAgo: number): number => firstTimeIdAt(NOW - daysAgo * DAY_MS);

  it('keeps recent rows together and older ones apart', () => {
    const ids = [idAt(0), idAt(20), idAt(5), idAt(7)];
    expect(groupForUpdate(ids, (id) => id, NOW)).toEqual([[idAt(0), idAt(5)], [idAt(20)], [idAt(7)]]);
    expect(groupForUpdate([idAt(30)], (id) => id, NOW)).toEqual([[idAt(30)]]);
    expect(groupForUpdate([], (id: number) => id, NOW)).toEqual([]);
  });
});
