/** A parameter as text; null and none are empty, what is structured is JSON. */
export function textOf(value) {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * A whole number from 0 to `maximum`. null: the parameter is none, which has been said on standard error (whose text becomes the
 * error of the execution) and in the exit code.
 */
export function wholeNumber(name, value, { otherwise, maximum }) {
  const text = textOf(value) || String(otherwise);
  if (/^[0-9]{1,9}$/.test(text) && Number(text) <= maximum) return Number(text);
  process.stderr.write(`${name} must be a whole number from 0 to ${maximum}, not '${text}'\n`);
  process.exitCode = 1;
  return null;
}
