import { readGrants, type StoredGrant } from './grants.js';
import { isCovered } from './grant-coverage.js';

const holder = { identityId: 7, attributes: { team: 'ops' } };
const grant = (resource: string, actions: string[], constraints?: object): StoredGrant =>
  readGrants([{ resource, actions, ...(constraints && { constraints }) }])[0]!;

describe('isCovered', () => {
  const rules = (constraints?: object) => grant('rules', ['read'], constraints);
  const packs = (constraints?: object) => grant('packs', ['read'], constraints);
  const artifacts = (constraints?: object) => grant('artifacts', ['read'], constraints);

  it.each<[string, StoredGrant[], StoredGrant, boolean]>([
    ['the same', [rules()], rules(), true],
    ['nothing by nothing', [], grant('rules', []), true],
    ['something by nothing', [], rules(), false],
    ['two actions by two grants', [rules(), grant('rules', ['update'])], grant('rules', ['read', 'update']), true],
    ['an action that is missing', [rules()], grant('rules', ['read', 'update']), false],
    ['another resource', [rules()], grant('actions', ['read']), false],
    ['less by more', [rules()], rules({ pack_refs: ['a'] }), true],
    ['more by less', [rules({ pack_refs: ['a'] })], rules(), false],
    ['a part of a list', [rules({ pack_refs: ['a', 'b'] })], rules({ pack_refs: ['b'] }), true],
    ['more than a list', [rules({ pack_refs: ['a'] })], rules({ pack_refs: ['a', 'b'] }), false],
    ['another constraint', [rules({ pack_refs: ['a'] })], rules({ refs: ['a.x'] }), false],
    ['constraints that are null', [rules({ pack_refs: null })], rules(), true],
    ['what the attributes of the holder allow', [rules({ attributes: { team: 'ops' } })], rules(), true],
    ['what they do not', [rules({ attributes: { team: 'dev' } })], rules({ attributes: { team: 'dev' } }), false],
    ['packs of anybody by a plain grant', [packs()], packs({ owner: 'any' }), false],
    ['own packs by a grant on named ones', [packs({ refs: ['a'] })], packs(), false],
    ['named packs', [packs({ refs: ['a', 'b'] })], packs({ refs: ['a'] }), true],
    ['private artifacts by a plain grant', [artifacts()], artifacts({ visibility: ['private'] }), false],
    ['artifacts of all kinds', [artifacts({ owner: 'any' })], artifacts({ owner: 'any' }), true],
    ['public artifacts by attributes that hold', [artifacts({ attributes: { team: 'ops' } })], artifacts(), true],
  ])('%s', (_case, held, wanted, expected) => {
    expect(isCovered(held, wanted, holder)).toBe(expected);
  });
});
