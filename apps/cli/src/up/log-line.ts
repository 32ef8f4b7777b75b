const WARNING = 40;
const ERROR = 50;

/** What the console shows for a line of a service's log; null for lines that only the file keeps. */
export function consoleLine(service: string, line: string): string | null {
  const record = parse(line);
  if (record === null) return null;
  const level = typeof record['level'] === 'number' ? record['level'] : 0;
  if (level < WARNING) return null;
  const reason = messageOf(record['err']);
  return `${level < ERROR ? 'warning' : 'error'}  ${service}  ${textOf(record['msg'])}${reason === '' ? '' : `: ${reason}`}`;
}

/** The sentence that explains why a service ended: its last complaint that is not part of a stack trace. '' = it said nothing. */
export function lastWords(service: string, lines: readonly string[]): string {
  const complaints = lines.flatMap((line) => {
    const record = parse(line);
    if (record === null) return /^(\s|\(node:|\(Use `node|Node\.js v|$)/.test(line) ? [] : [line];
    const isSevere = typeof record['level'] === 'number' && record['level'] >= ERROR;
    return isSevere ? [messageOf(record['err']) || textOf(record['msg'])] : [];
  });
  return (complaints.at(-1) ?? '').replace(`attune ${service}: `, '');
}

function parse(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? textOf(error.message) : '';
}
