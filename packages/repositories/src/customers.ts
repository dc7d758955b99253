import type { QZPayCustomerInsert, QZPayCustomerRow } from '@qzpay/schema';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';

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
const emailKeyOf = <T>(email: T): T | string => (typeof email === 'string' ? email.toLowerCase() : email);

/** Paying entities of the host application; one live row per external id and mode. */
export class QZPayCustomersRepository extends QZPaySoftDeleteRepository<QZPayCustomerRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'customers',
      updatable,
      sortable: ['createdAt', 'updatedAt', 'externalId', 'email', 'name'],
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

  update(id: string, patch: QZPayCustomerPatch, options?: QZPayUpdateOptions): Promise<QZPayCustomerRow> {
    return this.patch(id, { ...patch, emailKey: emailKeyOf(patch.email) }, options);
  }

  findByExternalId(externalId: string): Promise<QZPayCustomerRow | null> {
    return this.findOneBy({ externalId });
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
