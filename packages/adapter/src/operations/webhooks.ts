import {
  isQZPayError,
  type QZPayClock,
  type QZPayProcessedWebhooks,
  type QZPayProcessWebhooksOptions,
  type QZPayReceivedWebhook,
  type QZPayReceiveWebhookInput,
  type QZPayWebhookClaim,
  type QZPayWebhookDeadLetter,
  type QZPayWebhookEvent,
  type QZPayWebhookInbox,
  type QZPayWebhookStatistics,
} from '@qzpay/core';
import {
  aFunction,
  aText,
  aWholeNumber,
  checkOptions,
  type OptionRules,
  PROCESS_WEBHOOKS_OPTIONS,
} from '@qzpay/core/options';
import type { QZPayWebhookDeadLetterRepository, QZPayWebhookEventsRepository } from '@qzpay/repositories';
import { mapNullable } from '../collections/results.js';
import { toWebhookDeadLetter, toWebhookEvent } from '../mappers/webhooks.js';
import { parsedBody } from './json.js';
import { checkedMilliseconds } from './milliseconds.js';

/** How often and when a webhook event is tried again. */
export interface QZPayWebhookOptions {
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

export const WEBHOOK_OPTIONS = {
  maxAttempts: aWholeNumber(1),
  retryDelayMs: aWholeNumber(0),
  maxRetryDelayMs: aWholeNumber(0),
  worker: aText,
  random: aFunction,
} satisfies OptionRules<QZPayWebhookOptions>;

const DEFAULT_LEASE_MS = 300_000;
const MAX_ERROR_LENGTH = 2000;

export class WebhookInbox implements QZPayWebhookInbox {
  readonly #events: QZPayWebhookEventsRepository;
  readonly #deadLetters: QZPayWebhookDeadLetterRepository;
  readonly #transaction: (work: () => Promise<void>) => Promise<void>;
  readonly #clock: QZPayClock;
  readonly #options: QZPayWebhookOptions;

  constructor(
    events: QZPayWebhookEventsRepository,
    deadLetters: QZPayWebhookDeadLetterRepository,
    transaction: (work: () => Promise<void>) => Promise<void>,
    clock: QZPayClock,
    options: QZPayWebhookOptions,
  ) {
    this.#events = events;
    this.#deadLetters = deadLetters;
    this.#transaction = transaction;
    this.#clock = clock;
    this.#options = options;
  }

  async receive(input: QZPayReceiveWebhookInput): Promise<QZPayReceivedWebhook> {
    const { provider, providerEventId, type, payload, metadata, occurredAt, customerId } = input;
    const body = parsedBody(payload);
    const event = { provider, providerEventId, type, payload: body, metadata, occurredAt, customerId };
    for (;;) {
      const stored = await this.#events.receive(event);
      if (stored !== null) return { event: toWebhookEvent(stored), duplicate: false };
      const known = await this.#events.findByProviderEventId(provider, providerEventId);
      if (known !== null) return { event: toWebhookEvent(known), duplicate: true };
      // It was purged between the two statements, so this delivery is the first one again.
    }
  }

  async claim(limit?: number, leaseMs: number = DEFAULT_LEASE_MS): Promise<QZPayWebhookEvent[]> {
    const { worker } = this.#options;
    const token = crypto.randomUUID();
    const claim = worker === undefined ? token : `${worker}/${token}`;
    const claimed = await this.#events.claim(claim, limit, checkedMilliseconds(leaseMs, 'leaseMs'));
    return claimed.map(toWebhookEvent);
  }

  async complete(claim: QZPayWebhookClaim): Promise<QZPayWebhookEvent> {
    return toWebhookEvent(await this.#events.markProcessed(claim));
  }

  async fail(claim: QZPayWebhookClaim, error: unknown): Promise<Date | null> {
    const reason = reasonOf(error);
    if (claim.attempts >= this.#maxAttempts()) {
      await this.#events.moveToDeadLetter(claim, reason);
      return null;
    }
    const retryAt = new Date(this.#clock().getTime() + this.#delay(claim.attempts));
    return (await this.#events.markFailed(claim, reason, retryAt)).nextRetryAt;
  }

  recover(): Promise<number> {
    return this.#events.recoverExpired(this.#maxAttempts());
  }

  async process(
    handler: (event: QZPayWebhookEvent) => Promise<unknown>,
    options: QZPayProcessWebhooksOptions = {},
  ): Promise<QZPayProcessedWebhooks> {
    checkOptions(options, PROCESS_WEBHOOKS_OPTIONS);
    const { batch, leaseMs, atomic = false } = options;
    const result = { recovered: await this.recover(), processed: 0, failed: 0, deadLettered: 0, lost: 0 };
    for (const event of await this.claim(batch, leaseMs)) {
      const isOver = this.#clock() >= event.nextRetryAt;
      result[isOver ? await this.#leave(event) : await this.#handle(event, handler, atomic)] += 1;
    }
    return result;
  }

  async deadLetters(limit?: number): Promise<QZPayWebhookDeadLetter[]> {
    const open = { resolvedAt: null };
    const page = await this.#deadLetters.list({ limit, orderDirection: 'asc', filters: open, total: 'none' });
    return page.data.map(toWebhookDeadLetter);
  }

  async replay(eventId: string): Promise<QZPayWebhookEvent | null> {
    return mapNullable(await this.#events.replay(eventId), toWebhookEvent);
  }

  statistics(period?: { from: Date; to: Date }): Promise<QZPayWebhookStatistics> {
    return this.#events.statistics(period);
  }

  purge(before: Date, limit?: number): Promise<number> {
    return this.#events.purgeProcessed(before, limit);
  }

  async #handle(
    event: QZPayWebhookEvent,
    handler: (event: QZPayWebhookEvent) => Promise<unknown>,
    atomic: boolean,
  ): Promise<'processed' | 'failed' | 'deadLettered' | 'lost'> {
    const work = async () => {
      await handler(event);
      await this.complete(event);
    };
    try {
      await (atomic ? this.#transaction(work) : work());
      return 'processed';
    } catch (error) {
      return await this.#giveBack(event, error);
    }
  }

  #giveBack(event: QZPayWebhookEvent, reason: unknown): Promise<'failed' | 'deadLettered' | 'lost'> {
    return unlessLost(async () => ((await this.fail(event, reason)) === null ? 'deadLettered' : 'failed'));
  }

  /** To others, without an attempt: an event must not become a dead letter that no handler has ever seen. */
  #leave(event: QZPayWebhookEvent): Promise<'lost'> {
    return unlessLost(async () => {
      await this.#events.release(event);
      return 'lost';
    });
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

/** Ends a claim, unless it has passed to somebody else. */
async function unlessLost<Outcome extends string>(end: () => Promise<Outcome>): Promise<Outcome | 'lost'> {
  try {
    return await end();
  } catch (error) {
    if (isQZPayError(error, 'storage') && error.code === 'lease_lost') return 'lost';
    throw error;
  }
}

/** What of an error is stored; any text can be. */
function reasonOf(error: unknown): string {
  return textOf(error)
    .slice(0, MAX_ERROR_LENGTH)
    .replaceAll(/\0|\p{Surrogate}/gu, '\ufffd');
}

/** Whatever a handler throws must not end the pass. */
function textOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'An error without a text';
  }
}
