import {
  isQZPayError,
  QZPAY_WEBHOOK_EVENT_STATUS_VALUES,
  type QZPayProcessedWebhooks,
  type QZPayProcessWebhooksOptions,
  type QZPayReceivedWebhook,
  type QZPayReceiveWebhookInput,
  QZPayStorageError,
  QZPayValidationError,
  type QZPayWebhookClaim,
  type QZPayWebhookDeadLetter,
  type QZPayWebhookEvent,
  type QZPayWebhookEventStatus,
  type QZPayWebhookInbox,
  type QZPayWebhookStatistics,
} from '@qzpay/core';
import { type CollectionContext, first, pick } from '../collection.js';
import { checkedLimit } from '../list.js';
import type { Shape, Values } from '../shape.js';
import type { Data, Operation, Row } from '../store.js';
import { Table } from '../table.js';
import { document, flag, instant, integer, key, object, oneOf, optional, text } from '../values.js';
import { checkedBody } from './json.js';
import { checkedMilliseconds } from './milliseconds.js';

const EVENTS: Shape = {
  entity: 'WebhookEvent',
  fields: {
    id: key,
    provider: key,
    providerEventId: key,
    type: key,
    payload: document,
    metadata: object,
    status: oneOf(QZPAY_WEBHOOK_EVENT_STATUS_VALUES),
    attempts: integer,
    nextRetryAt: instant,
    lockedAt: optional(instant),
    lockedBy: optional(text),
    occurredAt: optional(instant),
    processedAt: optional(instant),
    durationMs: optional(integer),
    error: optional(text),
    customerId: optional(key),
    livemode: flag,
    createdAt: instant,
    updatedAt: instant,
  },
  defaults: { metadata: {}, status: 'pending', attempts: 0 },
  uniques: [{ fields: ['provider', 'providerEventId'] }],
};

/** How often and when a webhook event is tried again. */
export interface QZPayMemoryWebhookOptions {
  /** Claims after which an event that fails becomes a dead letter. Default 10. */
  readonly maxAttempts?: number | undefined;
  /** Milliseconds from the first failure to the second attempt; doubles with each further one. Default 1000. */
  readonly retryDelayMs?: number | undefined;
  /** The longest delay in milliseconds. Default 300 000. */
  readonly maxRetryDelayMs?: number | undefined;
  /** Names this process in `lockedBy`. */
  readonly worker?: string | undefined;
  /** Source of the jitter, in [0, 1). Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

type Handler = (event: QZPayWebhookEvent) => Promise<unknown>;

const byDue = ['nextRetryAt', 'id'];

/** The inbox; a dead letter is an event in this state. */
export class MemoryWebhooks implements QZPayWebhookInbox {
  readonly #context: CollectionContext;
  readonly #events: Table;
  readonly #transaction: (work: () => Promise<void>) => Promise<void>;
  readonly #options: QZPayMemoryWebhookOptions;

  constructor(
    context: CollectionContext,
    transaction: (work: () => Promise<void>) => Promise<void>,
    options: QZPayMemoryWebhookOptions,
  ) {
    this.#context = context;
    this.#events = new Table(EVENTS, context);
    this.#transaction = transaction;
    this.#options = options;
  }

  async receive(input: QZPayReceiveWebhookInput): Promise<QZPayReceivedWebhook> {
    const { provider, providerEventId } = input;
    const row = this.#events.complete({
      ...pick(input, ['provider', 'providerEventId', 'type', 'metadata', 'occurredAt', 'customerId']),
      payload: checkedBody(input.payload),
      nextRetryAt: this.#context.clock(),
    });
    const find = first(this.#events.where({ provider, providerEventId }, []));
    return this.#context.write((data) => {
      const known = find(data);
      return { event: this.#event(known ?? this.#events.add(data, row)), duplicate: known !== undefined };
    });
  }

  async claim(limit = 20, leaseMs = 300_000): Promise<QZPayWebhookEvent[]> {
    const { worker } = this.#options;
    const token = crypto.randomUUID();
    const now = this.#context.clock().getTime();
    const claim = {
      status: 'processing',
      nextRetryAt: now + checkedMilliseconds(leaseMs, 'leaseMs'),
      lockedAt: now,
      lockedBy: worker === undefined ? token : `${worker}/${token}`,
      updatedAt: now,
    };
    const most = checkedLimit(limit);
    return this.#context.write((data) =>
      this.#in(data, 'pending', 'failed')
        .filter(({ nextRetryAt }) => Number(nextRetryAt) <= now)
        .slice(0, most)
        .map((row) => this.#event(this.#change(data, row, { ...claim, attempts: Number(row['attempts']) + 1 }))),
    );
  }

  async complete(claim: QZPayWebhookClaim): Promise<QZPayWebhookEvent> {
    const now = this.#context.clock().getTime();
    const durationMs = claim.lockedAt === null ? null : now - claim.lockedAt.getTime();
    return this.#end(claim, { status: 'processed', processedAt: now, durationMs, error: null });
  }

  async fail(claim: QZPayWebhookClaim, error: unknown): Promise<Date | null> {
    const reason = reasonOf(error);
    if (claim.attempts >= this.#maxAttempts()) {
      await this.#end(claim, { status: 'dead_letter', error: reason });
      return null;
    }
    const nextRetryAt = this.#context.clock().getTime() + this.#delay(claim.attempts);
    return (await this.#end(claim, { status: 'failed', nextRetryAt, error: reason })).nextRetryAt;
  }

  async recover(): Promise<number> {
    const now = this.#context.clock().getTime();
    const change = { ...LET_GO, nextRetryAt: now, error: 'The worker did not finish in time', updatedAt: now };
    return this.#context.write((data) => {
      const expired = this.#in(data, 'processing').filter(({ nextRetryAt }) => Number(nextRetryAt) <= now);
      for (const row of expired) {
        const isDead = Number(row['attempts']) >= this.#maxAttempts();
        this.#change(data, row, { ...change, status: isDead ? 'dead_letter' : 'failed' });
      }
      return expired.length;
    });
  }

  async process(
    handler: Handler,
    { batch, leaseMs, atomic = false }: QZPayProcessWebhooksOptions = {},
  ): Promise<QZPayProcessedWebhooks> {
    if (batch !== undefined && !(checkedLimit(batch) > 0)) {
      throw new QZPayValidationError('batch must be at least 1', 'batch');
    }
    const result = { recovered: await this.recover(), processed: 0, failed: 0, deadLettered: 0, lost: 0 };
    for (const event of await this.claim(batch, leaseMs)) {
      const isOver = this.#context.clock() >= event.nextRetryAt;
      result[await (isOver ? this.#leave(event) : this.#handle(event, handler, atomic))] += 1;
    }
    return result;
  }

  async deadLetters(limit?: number): Promise<QZPayWebhookDeadLetter[]> {
    const most = checkedLimit(limit);
    const rows = await this.#context.read(this.#events.where({ status: 'dead_letter' }, ['updatedAt', 'id']));
    return rows.slice(0, most).map((row) => this.#letter(row));
  }

  async replay(eventId: string): Promise<QZPayWebhookEvent | null> {
    const now = this.#context.clock().getTime();
    const find = this.#events.findById(eventId);
    return this.#context.write((data) => {
      const row = find(data);
      if (row === undefined || (row['status'] !== 'failed' && row['status'] !== 'dead_letter')) return null;
      return this.#event(this.#change(data, row, { status: 'pending', attempts: 0, nextRetryAt: now, updatedAt: now }));
    });
  }

  async statistics(period?: { from: Date; to: Date }): Promise<QZPayWebhookStatistics> {
    return this.#context.read((data) => {
      const rows = (...states: QZPayWebhookEventStatus[]) =>
        this.#in(data, ...states).filter((row) => period === undefined || isDuring(row, period));
      const counts = QZPAY_WEBHOOK_EVENT_STATUS_VALUES.map((state) => [state, rows(state).length]);
      const firstDue = ([row]: Row[]) => (row === undefined ? null : new Date(Number(row['nextRetryAt'])));
      return {
        counts: Object.fromEntries(counts) as Record<QZPayWebhookEventStatus, number>,
        oldestDueAt: firstDue(rows('pending', 'failed')),
        firstLeaseEndsAt: firstDue(rows('processing')),
      };
    });
  }

  async purge(before: Date, limit = 5000): Promise<number> {
    const most = checkedLimit(limit);
    const find = this.#events.where({ status: 'processed' }, ['processedAt', 'id']);
    return this.#context.write((data) => {
      const old = find(data).filter(({ processedAt }) => Number(processedAt) < before.getTime());
      const removed = old.slice(0, most);
      for (const row of removed) this.#events.remove(data, row);
      return removed.length;
    });
  }

  async #handle(
    event: QZPayWebhookEvent,
    handler: Handler,
    atomic: boolean,
  ): Promise<'processed' | 'failed' | 'deadLettered' | 'lost'> {
    const work = async () => {
      await handler(event);
      await this.complete(event);
    };
    try {
      await (atomic ? this.#transaction(work) : work());
      return 'processed';
    } catch (reason) {
      return unlessLost(async () => ((await this.fail(event, reason)) === null ? 'deadLettered' : 'failed'));
    }
  }

  /** To others, without an attempt: no handler has seen it. */
  #leave(event: QZPayWebhookEvent): Promise<'lost'> {
    const attempts = event.attempts - 1;
    const nextRetryAt = event.lockedAt?.getTime() ?? null;
    return unlessLost(async () => {
      await this.#end(event, { status: attempts > 0 ? 'failed' : 'pending', attempts, nextRetryAt });
      return 'lost';
    });
  }

  /** Changes the event and lets go of it, where the claim still holds. */
  async #end({ id, attempts, lockedBy }: QZPayWebhookClaim, change: Row): Promise<QZPayWebhookEvent> {
    const find = this.#events.findById(id);
    const updatedAt = this.#context.clock().getTime();
    return this.#context.write((data) => {
      const row = find(data);
      if (row?.['status'] !== 'processing' || row['attempts'] !== attempts || row['lockedBy'] !== lockedBy) {
        throw new QZPayStorageError('The webhook event has passed to another worker', 'lease_lost');
      }
      return this.#event(this.#change(data, row, { ...change, ...LET_GO, updatedAt }));
    });
  }

  #change(data: Data, row: Row, change: Row): Row {
    return this.#events.replace(data, { ...row, ...change });
  }

  /** The events in these states, the longest due first. */
  #in(data: Data, ...states: QZPayWebhookEventStatus[]): Row[] {
    const all: Operation<Row[]> = this.#events.where({}, byDue);
    return all(data).filter(({ status }) => states.includes(status as QZPayWebhookEventStatus));
  }

  #event(row: Row): QZPayWebhookEvent {
    return this.#events.entity(row) as unknown as QZPayWebhookEvent;
  }

  #letter(row: Row): QZPayWebhookDeadLetter {
    const event: Values = this.#events.entity(row);
    const letter = pick(event, ['id', 'provider', 'providerEventId', 'type', 'payload', 'error', 'attempts']);
    const [lastAttemptAt, createdAt] = [row, row].map(({ updatedAt }) => new Date(Number(updatedAt)));
    return { ...letter, eventId: row['id'], lastAttemptAt, createdAt } as QZPayWebhookDeadLetter;
  }

  #maxAttempts(): number {
    return this.#options.maxAttempts ?? 10;
  }

  #delay(attempts: number): number {
    const { retryDelayMs = 1000, maxRetryDelayMs = 300_000, random = Math.random } = this.#options;
    const delay = Math.min(retryDelayMs * 2 ** (attempts - 1), maxRetryDelayMs);
    return Math.round((delay / 2) * (1 + random()));
  }
}

const LET_GO = { lockedAt: null, lockedBy: null };

/** Ends a claim, unless it has passed to somebody else. */
async function unlessLost<Outcome extends string>(end: () => Promise<Outcome>): Promise<Outcome | 'lost'> {
  try {
    return await end();
  } catch (error) {
    if (isQZPayError(error, 'storage') && error.code === 'lease_lost') return 'lost';
    throw error;
  }
}

function isDuring({ createdAt }: Row, { from, to }: { from: Date; to: Date }): boolean {
  return Number(createdAt) >= from.getTime() && Number(createdAt) < to.getTime();
}

/** What of an error is kept; any text can be. */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return reason.slice(0, 2000).replaceAll(/\0|\p{Surrogate}/gu, '\ufffd');
}
