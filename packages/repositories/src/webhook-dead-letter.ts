import type { QZPayWebhookDeadLetterRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayKeysetPage } from './pages.js';
import type { QZPayPageQuery } from './read-repository.js';
import { QZPayRepository } from './repository.js';

/** Who closed a dead letter, and why. */
export interface QZPayDeadLetterResolution {
  readonly resolvedBy?: string | undefined;
  readonly resolutionNotes?: string | undefined;
}

/** Provider events that used up their attempts; `webhookEvents.moveToDeadLetter` brings them here. */
export class QZPayWebhookDeadLetterRepository extends QZPayRepository<QZPayWebhookDeadLetterRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'webhookDeadLetter',
      updatable: [],
      filters: equalityFilters(
        'id',
        'webhookEventId',
        'provider',
        'providerEventId',
        'type',
        'resolvedAt',
        'resolvedBy',
        'customerId',
        'createdAt',
      ),
      defaults: {},
    });
  }

  /** The letter of this event of this provider, open or resolved, or `null`. */
  findByProviderEventId(provider: string, providerEventId: string): Promise<QZPayWebhookDeadLetterRow | null> {
    return this.findOneBy({ provider, providerEventId });
  }

  /** Open letters, oldest first unless asked otherwise. */
  findUnresolved(query: QZPayPageQuery = {}): Promise<QZPayKeysetPage<QZPayWebhookDeadLetterRow>> {
    return this.page({ orderDirection: 'asc', ...query, filters: { ...query.filters, resolvedAt: null } });
  }

  /** How many letters nobody has resolved. */
  countUnresolved(): Promise<number> {
    return this.count({ resolvedAt: null });
  }

  /** Closes an open letter and returns it; `null` when somebody else was faster, and for an unknown id. */
  async resolve(id: string, resolution: QZPayDeadLetterResolution = {}): Promise<QZPayWebhookDeadLetterRow | null> {
    if (!this.codec('id').holds(id)) return null;
    const statement = this.fixed('resolve', () => {
      const fields = ['resolvedAt', 'resolvedBy', 'resolutionNotes'];
      const open = sql`${this.where('id')} and ${this.codec('resolvedAt').column} is null`;
      return this.changing(this.modification(fields, this.assignments(fields), open, 'resolve'));
    });
    const [row] = await this.run(statement, {
      id,
      new_resolvedAt: this.context.clock(),
      new_resolvedBy: resolution.resolvedBy,
      new_resolutionNotes: resolution.resolutionNotes,
    });
    return row ?? null;
  }
}
