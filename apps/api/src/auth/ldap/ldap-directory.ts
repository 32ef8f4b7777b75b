import { randomBytes } from 'node:crypto';
import { CONFIG, type Config, DomainError, LOGGER, type Logger, type LdapSettings, messageOf } from '@attune/common';
import { Inject, Injectable } from '@nestjs/common';
import { BusyError, type Client, type Entry, ResultCodeError, SizeLimitExceededError, UnavailableError } from 'ldapts';
import { type ExternalAccount } from '../external/external-account.js';
import { withConnection } from './ldap-connection.js';
import { fillFilter } from './ldap-filters.js';
import { ldapAccount, type LdapPerson, readPerson, textsOf } from './ldap-person.js';

/** Asks the directory who somebody is. Every question has a connection of its own: none is kept with somebody's rights. */
@Injectable()
export class LdapDirectory {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws DomainError auth.not_implemented */
  get settings(): LdapSettings {
    const { ldap } = this.config.security;
    if (ldap.enabled) return ldap;
    throw new DomainError('auth.not_implemented', 'Logging in with a directory is not configured');
  }

  /**
   * The account a login and a password belong to; null when the directory does not accept them. Takes as many questions for
   * somebody it does not know.
   * @throws DomainError auth.unavailable when the directory cannot be asked
   */
  async authenticate(login: string, password: string): Promise<ExternalAccount | null> {
    const { settings } = this;
    // A bind without a password succeeds for everybody: it means "nobody in particular".
    if (password === '' || password.includes('\0')) return null;
    try {
      const person = await this.connected((client) => this.findPerson(client, login));
      const dn = person?.dn ?? `cn=${randomBytes(12).toString('hex')},${settings.userBase}`;
      const isRight = await this.connected((client) => accepts(client, dn, password));
      if (!person || !isRight) return null;
      const groups = await this.connected((client) => this.groupsOf(client, person));
      return ldapAccount(person, groups, settings.url);
    } catch (error) {
      this.logger.warn({ reason: messageOf(error) }, 'the directory cannot be asked');
      throw new DomainError('auth.unavailable', 'The directory cannot be reached at the moment', {}, { cause: error });
    }
  }

  private connected<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return withConnection(this.settings, work);
  }

  private async findPerson(client: Client, login: string): Promise<LdapPerson | null> {
    await this.bindAsSearcher(client);
    const { settings } = this;
    const { idAttribute, loginAttribute, displayNameAttribute, emailAttribute } = settings;
    const entries = await this.search(client, settings.userBase, {
      filter: fillFilter(settings.userFilter, { login }),
      // One more than there may be.
      sizeLimit: 2,
      attributes: [
        loginAttribute,
        displayNameAttribute,
        emailAttribute,
        ...(idAttribute === null ? [] : [idAttribute]),
      ],
      explicitBufferAttributes: idAttribute === null ? [] : [idAttribute],
    });
    const [entry, another] = entries;
    if (another) this.logger.warn('a login fits several entries of the directory: refused');
    return entry && !another ? readPerson(entry, settings) : null;
  }

  private async groupsOf(client: Client, { dn, login }: LdapPerson): Promise<string[]> {
    await this.bindAsSearcher(client);
    const { groupBase, groupFilter, groupNameAttribute, groupsAttribute } = this.settings;
    if (groupBase === null) {
      const [entry] = await this.search(client, dn, { scope: 'base', attributes: [groupsAttribute] });
      return entry ? textsOf(entry, groupsAttribute) : [];
    }
    const filter = fillFilter(groupFilter, { dn, login: login ?? '' });
    const groups = await this.search(client, groupBase, { filter, attributes: [groupNameAttribute], paged: true });
    return groups.flatMap((group) => textsOf(group, groupNameAttribute).slice(0, 1));
  }

  private async bindAsSearcher(client: Client): Promise<void> {
    const { bindDn, bindPassword } = this.settings;
    if (bindDn !== null) await client.bind(bindDn, bindPassword ?? '');
  }

  /** What is over the limit is told by the server in an error. */
  private async search(client: Client, base: string, options: Parameters<Client['search']>[1]): Promise<Entry[]> {
    try {
      const { searchEntries } = await client.search(base, {
        timeLimit: Math.ceil(this.settings.timeoutMs / 1000),
        ...options,
      });
      return searchEntries;
    } catch (error) {
      if (error instanceof SizeLimitExceededError) return [];
      throw error;
    }
  }
}

/** Whether the directory takes the password. However it says no: wrong, expired, locked. */
async function accepts(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    const isNo =
      error instanceof ResultCodeError && !(error instanceof BusyError) && !(error instanceof UnavailableError);
    if (isNo) return false;
    throw error;
  }
}
