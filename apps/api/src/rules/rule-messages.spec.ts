import { ruleChanged } from './rule-messages.js';

const rule = {
  id: 1,
  ref: 'a.rule',
  trigger: 2,
  trigger_ref: 'a.one',
  action_ref: 'a.action',
  trigger_params: { every: 1 },
  enabled: true,
};

describe('ruleChanged', () => {
  it.each([
    ['its label', {}, ['rule.updated']],
    ['its parameters', { trigger_params: { every: 2 } }, ['rule.updated', 'rule.enabled']],
    ['that it is off', { enabled: false }, ['rule.updated', 'rule.disabled']],
    ['its trigger', { trigger_ref: 'a.two' }, ['rule.updated', 'rule.disabled', 'rule.enabled']],
  ])('announces a change of %s', (_what, change, topics) => {
    expect(ruleChanged(rule, { ...rule, ...change }).map(({ topic }) => topic)).toEqual(topics);
  });

  it('announces leaving a trigger under the trigger that is left', () => {
    const [, left, started] = ruleChanged(rule, { ...rule, trigger_ref: 'a.two' });
    expect(left?.payload).toMatchObject({ trigger_ref: 'a.one' });
    expect(started?.payload).toMatchObject({ trigger_ref: 'a.two' });
  });

  it('keeps quiet to triggers about a rule that stays off', () => {
    const off = { ...rule, enabled: false };
    expect(ruleChanged(off, { ...off, trigger_ref: 'a.two' }).map(({ topic }) => topic)).toEqual(['rule.updated']);
    expect(ruleChanged(off, rule).map(({ topic }) => topic)).toEqual(['rule.updated', 'rule.enabled']);
  });
});
