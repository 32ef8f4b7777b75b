import fc from 'fast-check';
import { choosePolicy } from './choose-policy.js';
import { type PolicyScope } from './execution-policy.js';

const policy = (id: number, more: Partial<PolicyScope> = {}): PolicyScope => ({
  id,
  actionRef: null,
  packRef: null,
  createdMs: id,
  ...more,
});

describe('choosePolicy', () => {
  const global = policy(9);
  const ofPack = policy(5, { packRef: 'demo' });
  const ofAction = policy(1, { actionRef: 'demo.act' });

  it('takes the most specific one, however old it is', () => {
    const all = [global, ofPack, ofAction];
    expect(choosePolicy(all, 'demo.act')).toBe(ofAction);
    expect(choosePolicy(all, 'demo.other')).toBe(ofPack);
    expect(choosePolicy(all, 'demon.act')).toBe(global);
    expect(choosePolicy([ofPack, ofAction], 'demon.act')).toBeNull();
    expect(choosePolicy([], 'demo.act')).toBeNull();
  });

  it('takes the newest of one scope, and of the same moment the later id', () => {
    const older = policy(7, { packRef: 'demo', createdMs: 1 });
    const newer = policy(6, { packRef: 'demo', createdMs: 2 });
    expect(choosePolicy([older, newer], 'demo.act')).toBe(newer);
    expect(choosePolicy([older, { ...newer, createdMs: 1 }], 'demo.act')).toBe(older);
  });

  it('does not depend on the order of the policies', () => {
    const anyPolicy = fc.record({
      id: fc.integer({ min: 1, max: 1_000_000 }),
      actionRef: fc.option(fc.constantFrom('demo.act', 'demo.other')),
      packRef: fc.option(fc.constantFrom('demo', 'other')),
      createdMs: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(anyPolicy, { selector: ({ id }) => id }), (policies) => {
        expect(choosePolicy(policies.toReversed(), 'demo.act')).toEqual(choosePolicy(policies, 'demo.act'));
      }),
    );
  });
});
