/** What kind of thing `source` of an install names. */
export type PackSource =
  | { readonly type: 'git'; readonly source: string }
  | { readonly type: 'archive'; readonly url: string }
  | { readonly type: 'local'; readonly path: string }
  | { readonly type: 'registry'; readonly ref: string; readonly version: string | null };

/** Tells the kinds of sources apart by their form alone: nothing is looked up. */
export function readPackSource(source: string, refSpec: string | null): PackSource {
  const text = source.trim();
  if (/^https?:\/\//i.test(text)) {
    const path = text.replace(/[?#].*$/, '');
    return path.endsWith('.git') || refSpec !== null ? { type: 'git', source: text } : { type: 'archive', url: text };
  }
  if (/^(git|ssh|file):\/\//i.test(text) || /^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:/.test(text)) {
    return { type: 'git', source: text };
  }
  if (text.startsWith('/') || text.startsWith('./') || text.startsWith('../')) {
    return /\.git\/?$/.test(text) || refSpec !== null ? { type: 'git', source: text } : { type: 'local', path: text };
  }
  const at = text.indexOf('@');
  if (at === -1) return { type: 'registry', ref: text, version: null };
  return { type: 'registry', ref: text.slice(0, at), version: text.slice(at + 1) };
}
