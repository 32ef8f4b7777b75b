import { readExecutionRights } from './execution-rights.js';
import { allows, type Permission, type Target } from './grants.js';

const METADATA = {
  execution_id: 7,
  action_ref: 'demo.greet',
  permission_set_refs: ['demo.set', 'standard', 'demo.set'],
  standard_access_action_refs: ['demo.greet', 'demo.flow'],
  standard_access_pack_refs: ['demo'],
};
const SUBJECT = { identityId: 1, attributes: {} };

describe('the rights of an execution token', () => {
  it('are those of the sets it names, each once', () => {
    expect(readExecutionRights(METADATA)).toMatchObject({ executionId: 7, setRefs: ['demo.set'] });
  });

  it.each<[Permission, Target, boolean]>([
    ['keys:read', { ownerType: 'pack', ownerRef: 'demo', owner: null }, true],
    ['keys:decrypt', { ownerType: 'action', ownerRef: 'demo.greet', owner: null }, true],
    ['keys:decrypt', { ownerType: 'action', ownerRef: 'demo.flow', owner: null }, true],
    ['keys:update', { ownerType: 'pack', ownerRef: 'demo', owner: null }, false],
    ['keys:read', { ownerType: 'pack', ownerRef: 'other', owner: null }, false],
    ['keys:read', { ownerType: 'pack', ownerRef: 'demo.greet', owner: null }, false],
    ['keys:read', { ownerType: 'sensor', ownerRef: 'demo', owner: null }, false],
    ['keys:read', { ownerType: 'identity', ownerRef: null, owner: 1 }, false],
    ['keys:read', { ownerType: 'system', ownerRef: null, owner: null }, false],
    ['packs:read', { packRef: 'demo' }, false],
  ])('with standard access: %s of %j: %s', (permission, target, expected) => {
    const grants = readExecutionRights(METADATA)?.standardGrants ?? [];
    expect(allows(grants, permission, target, SUBJECT)).toBe(expected);
  });

  it('do not come from refs alone', () => {
    expect(readExecutionRights({ ...METADATA, permission_set_refs: [] })).toEqual({
      executionId: 7,
      setRefs: [],
      standardGrants: [],
    });
    const grants = readExecutionRights({ execution_id: 7, permission_set_refs: ['standard'] })?.standardGrants ?? [];
    expect(allows(grants, 'keys:read', { ownerType: 'pack', ownerRef: 'demo', owner: null }, SUBJECT)).toBe(false);
  });

  it.each([undefined, {}, { execution_id: '7', permission_set_refs: [] }, { ...METADATA, permission_set_refs: 'all' }])(
    'are not read from %j',
    (metadata) => expect(readExecutionRights(metadata)).toBeNull(),
  );
});
