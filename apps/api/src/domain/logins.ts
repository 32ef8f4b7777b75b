/** Logins of what is no person: nobody may call themselves so. */
const RESERVED = /^(sensor|execution|worker|oidc|ldap):|^system$/i;

/** Whether a login is one of what is no person. */
export const isReservedLogin = (login: string): boolean => RESERVED.test(login);

const MAX_LENGTH = 255;

/** Whether somebody new may be called this. Such a name looks the same as it is: no margins, nothing invisible. */
export const isUsableLogin = (login: string): boolean =>
  login !== '' &&
  login.length <= MAX_LENGTH &&
  login === login.trim() &&
  !/[\p{C}\p{Zl}\p{Zp}]/u.test(login) &&
  !isReservedLogin(login);
