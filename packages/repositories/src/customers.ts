import type { QZPayCustomerInsert, QZPayCustomerRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';
import { parameter } from './statements.js';

/** A new customer; id, mode, instants, version and the look-up key of the e-mail are made by the repository. */
export type QZPayNewCustomer = NewRow<
  QZPayCustomerInsert,
  'externalId' | 'email',
  'livemode' | 'emailKey' | 'version' | 'deletedAt'
>;

const updatable = [
  'email',
  'emailKey',
  'name',
  'phone',
  'providerCustomerIds',
  'savedCards',
  'metadata',
  'preferredLanguage',
  'segment',
  'tier',
  'billingAddress',
  'shippingAddress',
  'taxId',
  'taxIdType',
] as const;

export type QZPayCustomerPatch = RowPatch<QZPayCustomerRow, Exclude<(typeof updatable)[number], 'emailKey'>>;

/** What e-mails are looked up by: one rule for case on every locale of a database. What is no text is refused later. */
export const emailKeyOf = <T>(email: T): T | string => (typeof email === 'string' ? email.toLowerCase() : email);

/** Paying entities of the host application; one live row per external id and mode. */
export class QZPayCustomersRepository extends QZPaySoftDeleteRepository<QZPayCustomerRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'customers',
      updatable,
      filters: {
        ...equalityFilters('id', 'externalId', 'name', 'phone', 'createdAt', 'updatedAt', 'taxId', 'segment', 'tier'),
        email: { column: 'emailKey', compare: '=', normalize: emailKeyOf },
      },
      providerIds: 'providerCustomerIds',
      defaults: { providerCustomerIds: {}, metadata: {} },
    });
  }

  /** @throws QZPayConflictError `already_exists` when a live customer of this mode has the external id. */
  create(customer: QZPayNewCustomer): Promise<QZPayCustomerRow> {
    return this.insert({ ...customer, emailKey: emailKeyOf(customer.email) });
  }

  /** Stores many in one statement, all or none, in the order given; at most 10 000. */
  createMany(customers: readonly QZPayNewCustomer[]): Promise<QZPayCustomerRow[]> {
    return this.insertMany(customers.map((customer) => ({ ...customer, emailKey: emailKeyOf(customer.email) })));
  }

  /**
   * Changes the given fields and returns the row as stored; what is absent or `undefined` stays. Provider ids merge.
   *
   * @throws QZPayNotFoundError when there is no such row.
   * @throws QZPayConflictError `version_mismatch` when the row is not in `expectedVersion`.
   */
  update(id: string, patch: QZPayCustomerPatch, options?: QZPayUpdateOptions): Promise<QZPayCustomerRow> {
    return this.patch(id, { ...patch, emailKey: emailKeyOf(patch.email) }, options);
  }

  /** The live customer with this id at the host, or `null`. */
  findByExternalId(externalId: string): Promise<QZPayCustomerRow | null> {
    return this.findOneBy({ externalId });
  }

  /** Whether a live customer has this external id. */
  async existsByExternalId(externalId: string): Promise<boolean> {
    if (!this.codec('externalId').holds(externalId)) return false;
    const statement = this.fixed('exists_by_external_id', () => ({
      source: sql`select 1 from ${this.model.table} where ${this.visible()} and ${this.equals('externalId')}`,
      decode: () => true,
    }));
    return (await this.run(statement, { externalId })).length > 0;
  }

  /**
   * Creates the customer or, where the external id has a live one, updates it with the given fields. One statement:
   * simultaneous callers meet in one customer. Provider ids merge.
   */
  async upsertByExternalId(customer: QZPayNewCustomer): Promise<QZPayCustomerRow> {
    const given: Readonly<Record<string, unknown>> = { ...customer, emailKey: emailKeyOf(customer.email) };
    const keys = updatable.filter((key) => given[key] !== undefined);
    const statement = this.shaped('upsert', `upsert(${keys.join(',')})`, () => {
      const set = [...keys, 'updatedAt', 'version'].map((key) => {
        const { name } = this.codec(key).column;
        const excluded = sql`excluded.${sql.identifier(name)}`;
        const value = key === 'providerCustomerIds' ? sql`${this.codec(key).column} || ${excluded}` : excluded;
        return sql`${sql.identifier(name)} = ${value}`;
      });
      const { livemode, externalId, deletedAt } = this.context.tables.customers;
      const onConflict = sql`(${sql.identifier(livemode.name)}, ${sql.identifier(externalId.name)}) where ${sql.identifier(deletedAt.name)} is null
          do update set ${sql.join(set, sql`, `)}`;
      return this.changing(this.insertion({ onConflict, upserts: true }));
    });
    const [row] = await this.run(statement, this.complete(given));
    return row as QZPayCustomerRow;
  }

  /**
   * Live customers whose e-mail, name or external id contains the text, without regard to case, newest first, at most
   * `limit` (default 100). Reads all customers of the mode unless the database has trigram indexes on these columns.
   */
  search(text: string, limit?: number): Promise<QZPayCustomerRow[]> {
    if (!this.codec('name').holds(text)) return Promise.resolve([]);
    return this.findWhere(
      'search',
      () => {
        const { email, name, externalId, createdAt } = this.context.tables.customers;
        const pattern = parameter('text', (wanted: string) => `%${wanted.replaceAll(/[\\%_]/g, '\\$&')}%`);
        const matches = [email, name, externalId].map((column) => sql`${column} ilike ${pattern}::text`);
        return { where: sql`(${sql.join(matches, sql` or `)})`, orderBy: sql`${createdAt} desc` };
      },
      { text },
      limit,
    );
  }

  /** The oldest customer with this address, compared without regard to case; e-mails are not unique. */
  findByEmail(email: string): Promise<QZPayCustomerRow | null> {
    return this.findOneBy({ emailKey: emailKeyOf(email) }, this.oldestFirst());
  }

  /** The oldest customer that carries this id at this provider. */
  findByProviderId(provider: string, providerCustomerId: string): Promise<QZPayCustomerRow | null> {
    return this.findByProvider(provider, providerCustomerId);
  }
}
