import { type Caller } from './caller.js';
import { allows } from './grants.js';

/** The power to give any right to anybody. */
export const mayManagePermissions = ({ facts }: Caller): boolean =>
  allows(facts.grants, 'permissions:manage', {}, facts);
