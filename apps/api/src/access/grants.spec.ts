import { allows, type Permission, readGrants, type StoredGrant, type Target } from './grants.js';

const subject = { identityId: 7, attributes: { team: 'ops', level: 3 } };
const grant = (resource: string, constraints?: object): StoredGrant[] =>
  readGrants([{ resource, actions: ['read'], ...(constraints && { constraints }) }]);

describe('allows', () => {
  it.each<[string, Permission, StoredGrant[], boolean]>([
    ['the same resource and action', 'rules:read', grant('rules'), true],
    ['another action', 'rules:delete', grant('rules'), false],
    ['another resource', 'actions:read', grant('rules'), false],
    ['no grants', 'rules:read', [], false],
    ['empty constraints', 'rules:read', grant('rules', {}), true],
    ['constraints that are null', 'rules:read', grant('rules', { pack_refs: null, refs: null }), true],
  ])('%s', (_case, permission, grants, expected) => {
    expect(allows(grants, permission, {}, subject)).toBe(expected);
  });

  it.each<[object, Target, boolean]>([
    [{ pack_refs: ['a'] }, { packRef: 'a' }, true],
    [{ pack_refs: ['a'] }, { packRef: 'b' }, false],
    [{ pack_refs: ['a'] }, { packRef: null }, false],
    [{ pack_refs: ['a'] }, {}, false],
    [{ pack_refs: [] }, { packRef: 'a' }, false],
    [{ refs: ['a.x'] }, { ref: 'a.x' }, true],
    [{ refs: ['a.x'], pack_refs: ['b'] }, { ref: 'a.x', packRef: 'a' }, false],
    [{ ids: [1] }, { id: 1 }, true],
    [{ ids: [1] }, { id: 2 }, false],
    [{ owner: 'self' }, { owner: 7 }, true],
    [{ owner: 'self' }, { owner: 8 }, false],
    [{ owner: 'self' }, {}, false],
    [{ owner: 'none' }, { owner: null }, true],
    [{ owner: 'any' }, { owner: 8 }, true],
    [{ owner: 'any' }, { owner: null }, false],
    [{ execution_scope: 'any' }, {}, true],
    [{ execution_scope: 'self' }, { executor: 7 }, true],
    [{ execution_scope: 'self' }, { executor: 8 }, false],
    [{ execution_scope: 'self' }, { executor: 8, ancestorExecutors: [7] }, false],
    [{ execution_scope: 'descendants' }, { executor: 7 }, true],
    [{ execution_scope: 'descendants' }, { executor: null }, false],
    [{ execution_scope: 'descendants' }, { executor: 8, ancestorExecutors: [null, 7] }, true],
    [{ execution_scope: 'descendants' }, { executor: 8, ancestorExecutors: [9] }, false],
    [{ attributes: { team: 'ops' } }, {}, true],
    [{ attributes: { team: 'ops', level: 4 } }, {}, false],
    [{ attributes: { toString: 'x' } }, {}, false],
    [{ visibility: ['public'] }, { visibility: 'public' }, true],
    [{ visibility: ['public'] }, { visibility: 'private' }, false],
    [{ visibility: ['public'] }, {}, false],
    [{ encrypted: false }, { encrypted: false }, true],
    [{ encrypted: false }, { encrypted: true }, false],
    [{ encrypted: false }, {}, false],
    [{ owner_types: ['pack'] }, { ownerType: 'pack' }, true],
    [{ owner_types: ['pack'] }, { ownerType: 'action' }, false],
    [{ owner_types: ['pack'] }, {}, false],
    [{ owner_refs: ['a'] }, { ownerRef: 'a' }, true],
    [{ owner_refs: ['a'] }, { ownerRef: null }, false],
    [{ owner_refs: ['a'] }, {}, false],
  ])('holds %j on %j: %s', (constraints, target, expected) => {
    expect(allows(grant('rules', constraints), 'rules:read', target, subject)).toBe(expected);
  });

  it('needs one grant that holds as a whole', () => {
    const both = [...grant('rules', { refs: ['a.x'] }), ...grant('rules', { pack_refs: ['b'] })];
    expect(allows(both, 'rules:read', { ref: 'a.x', packRef: 'a' }, subject)).toBe(true);
    expect(allows(both, 'rules:read', { ref: 'b.y', packRef: 'b' }, subject)).toBe(true);
    expect(allows(both, 'rules:read', { ref: 'a.y', packRef: 'a' }, subject)).toBe(false);
  });

  it.each<[object | undefined, Target, boolean]>([
    [undefined, { owner: null, ref: 'p' }, true],
    [undefined, { owner: 7, ref: 'p' }, true],
    [undefined, { owner: 8, ref: 'p' }, false],
    [{ attributes: { team: 'ops' } }, { owner: 8, ref: 'p' }, false],
    [{ refs: ['p'] }, { owner: 8, ref: 'p' }, true],
    [{ owner: 'any' }, { owner: 8, ref: 'p' }, true],
  ])('with %j on a pack %j: %s', (constraints, target, expected) => {
    expect(allows(grant('packs', constraints), 'packs:read', target, subject)).toBe(expected);
  });

  it.each<[object | undefined, Target, boolean]>([
    [undefined, { owner: null, ownerType: 'pack', ownerRef: 'p' }, true],
    [undefined, { owner: 7, ownerType: 'identity' }, true],
    [undefined, { owner: 8, ownerType: 'identity' }, false],
    [{ encrypted: true }, { owner: 8, ownerType: 'identity', encrypted: true }, false],
    [{ owner: 'any' }, { owner: 8, ownerType: 'identity' }, true],
    [{ owner_types: ['identity'] }, { owner: 8, ownerType: 'identity' }, true],
    [{ ids: [3] }, { owner: 8, id: 3 }, true],
  ])('with %j on a key %j: %s', (constraints, target, expected) => {
    expect(allows(grant('keys', constraints), 'keys:read', target, subject)).toBe(expected);
  });

  it.each<[object | undefined, Target, boolean]>([
    [undefined, { visibility: 'public' }, true],
    [undefined, { visibility: 'private' }, false],
    [{}, { visibility: 'private' }, false],
    [undefined, {}, true],
    [{ owner_types: ['pack'] }, { visibility: 'private', ownerType: 'pack' }, true],
  ])('with %j on an artifact %j: %s', (constraints, target, expected) => {
    expect(allows(grant('artifacts', constraints), 'artifacts:read', target, subject)).toBe(expected);
  });
});

describe('readGrants', () => {
  it('leaves out what it does not understand: it allows nothing', () => {
    expect(readGrants('all')).toEqual([]);
    expect(readGrants([{ resource: 'everything', actions: ['read'] }])).toEqual([]);
    expect(readGrants([{ resource: 'rules', actions: ['own'] }])).toEqual([]);
    expect(readGrants([{ resource: 'rules', actions: ['read'], constraint: { refs: ['a.x'] } }])).toEqual([]);
    expect(readGrants([{ resource: 'rules', actions: ['read'], constraints: [] }])).toEqual([]);
    expect(readGrants([{ resource: 'rules', actions: ['read'], constraints: { weekdays: ['monday'] } }])).toEqual([]);
  });
});
