import { pino } from 'pino';
import { OutageLog } from './outage-log.js';

function given(): { readonly outage: OutageLog; readonly said: string[] } {
  const said: string[] = [];
  const logger = pino(
    { level: 'info' },
    { write: (line: string) => void said.push((JSON.parse(line) as { reason?: string }).reason ?? 'back') },
  );
  return { outage: new OutageLog(logger, 'broker/'), said };
}

it('tells once of each kind of trouble, and again after its end', () => {
  const { outage, said } = given();
  outage.begins('away', 'gone');
  outage.begins('away', 'still gone');
  outage.begins('login', 'no entry');
  outage.ends('away', 'login');
  outage.ends('away', 'login');
  outage.begins('away', 'gone once more');
  expect(said).toEqual(['gone', 'no entry', 'back', 'gone once more']);
});

it('does not take the end of one trouble for the end of another', () => {
  const { outage, said } = given();
  outage.begins('blocked', 'short of memory');
  outage.ends('refused');
  outage.ends('away', 'login');
  outage.begins('blocked', 'short of memory');
  expect(said).toEqual(['short of memory']);
  outage.begins('away', 'gone');
  outage.ends('away', 'login');
  expect(said).toEqual(['short of memory', 'gone']);
  outage.ends('blocked');
  expect(said).toEqual(['short of memory', 'gone', 'back']);
});
