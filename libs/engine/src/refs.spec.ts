import { isRef, labelOf, packOf, parseComponentRef, qualifyRef, type RefKind, refProblem } from './refs.js';

describe('refs', () => {
  it.each<[RefKind, string]>([
    ['pack', 'core'],
    ['pack', 'my-pack_2'],
    ['action', 'core.http_request'],
    ['action', '2fa.send-code'],
    ['rule', 'a.b'],
    ['runtime', 'core.python'],
    ['permission_set', 'core.admin'],
    ['queue', 'jobs'],
    ['queue', 'adhoc.queue_1'],
    ['queue', 'a.b.c-d'],
    ['key', 'github_token'],
    ['key', 'core.api.token'],
  ])('%s %s is right', (kind, ref) => {
    expect(refProblem(kind, ref)).toBeNull();
    expect(isRef(kind, ref)).toBe(true);
  });

  it.each<[RefKind, string, 'characters' | 'form']>([
    ['pack', 'c', 'form'],
    ['pack', '2core', 'form'],
    ['pack', 'co.re', 'form'],
    ['pack', 'Core', 'form'],
    ['pack', 'co re', 'characters'],
    ['pack', '', 'form'],
    ['action', 'echo', 'form'],
    ['action', 'core.', 'form'],
    ['action', '.echo', 'form'],
    ['action', 'core.echo.x', 'form'],
    ['action', 'core.Echo', 'form'],
    ['action', 'core/echo', 'characters'],
    ['rule', 'core.é', 'characters'],
    ['queue', '1jobs', 'form'],
    ['key', 'a..b', 'form'],
    ['action', `core.${'x'.repeat(255)}`, 'form'],
  ])('%s %j is wrong in its %s', (kind, ref, type) => {
    expect(refProblem(kind, ref)?.type).toBe(type);
  });

  it('splits, completes and labels', () => {
    expect(parseComponentRef('core.http_request')).toEqual({ pack: 'core', name: 'http_request' });
    expect(parseComponentRef('core')).toBeNull();
    expect(packOf('core.echo')).toBe('core');
    expect(packOf('core')).toBe('core');
    expect(qualifyRef('core', 'echo')).toBe('core.echo');
    expect(qualifyRef('core', 'other.echo')).toBe('other.echo');
    expect(labelOf('core.http_request')).toBe('Http Request');
    expect(labelOf('core')).toBe('Core');
    expect(labelOf('core.a__b')).toBe('A B');
  });
});
