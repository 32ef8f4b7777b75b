/** The address of a database with settings for each session added, after those it already has. */
export function withSessionSettings(url: string, settings: Readonly<Record<string, string>>): string {
  const added = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  if (added.length === 0) return url;
  const address = new URL(url);
  const given = address.searchParams.get('options');
  address.searchParams.set('options', [...(given === null ? [] : [given]), ...added].join(' '));
  // Spaces as %20: the driver does not read a plus as one.
  address.search = address.searchParams.toString().replaceAll('+', '%20');
  return address.href;
}
