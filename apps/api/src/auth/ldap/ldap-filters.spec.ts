import { FilterParser } from 'ldapts';
import { fillFilter } from './ldap-filters.js';

describe('fillFilter', () => {
  it('puts values in, as often as they are asked for', () => {
    expect(fillFilter('(|(uid={login})(mail={login}))', { login: 'ada' })).toBe('(|(uid=ada)(mail=ada))');
    expect(fillFilter('(&(member={dn})(owner={login}))', { dn: 'uid=ada,ou=x', login: 'ada' })).toBe(
      '(&(member=uid=ada,ou=x)(owner=ada))',
    );
  });

  it.each(['*', 'a)(uid=*', 'admin)(&', '\\2a', '(|(uid=*))', 'x\0y', '$&', '{dn}', 'a)(|(objectClass=*', 'é(*)'])(
    'leaves %j what it is: the value of one comparison',
    (login) => {
      const parsed = FilterParser.parseString(fillFilter('(uid={login})', { login, dn: 'uid=root' }));
      expect(parsed).toMatchObject({ attribute: 'uid', value: login });
    },
  );
});
