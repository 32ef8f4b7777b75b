// Does nothing and ends with `exit_code`.
import { textOf, wholeNumber } from '../lib/parameters.mjs';

export default function noop({ message, exit_code }) {
  const code = wholeNumber('exit_code', exit_code, { otherwise: 0, maximum: 255 });
  if (code === null) return undefined;
  process.exitCode = code;
  const said = textOf(message);
  return `${said === '' ? '' : `[NOOP] ${said}\n`}No operation completed successfully\n`;
}
