// Prints `message`, waits `seconds` and says so. A cancelled wait ends at once.
import { setTimeout as delay } from 'node:timers/promises';
import { textOf, wholeNumber } from '../lib/parameters.mjs';

export default async function sleep({ seconds, message }, { signal }) {
  const wait = wholeNumber('seconds', seconds, { otherwise: 1, maximum: 3600 });
  if (wait === null) return undefined;
  const said = textOf(message);
  if (said !== '') process.stdout.write(`${said}\n`);
  await delay(wait * 1000, undefined, { signal });
  return `Slept for ${wait} seconds\n`;
}
