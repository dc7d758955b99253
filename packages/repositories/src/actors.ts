import { AsyncLocalStorage } from 'node:async_hooks';
import type { QZPayActor } from '@qzpay/core';

const SYSTEM: QZPayActor = { type: 'system' };

// Registered by name: where two copies of this package are loaded, the actor of one is that of the other.
const KEY = Symbol.for('@qzpay/repositories/actor');
const registry = globalThis as { [KEY]?: AsyncLocalStorage<QZPayActor> };

function actors(): AsyncLocalStorage<QZPayActor> {
  registry[KEY] ??= new AsyncLocalStorage();
  return registry[KEY];
}

/**
 * Runs `work` on behalf of an actor: audit entries of everything that it does, however deep and in whatever storage and
 * transaction, carry the actor. A call within replaces the actor until its own work has ended; outside of all calls the
 * actor is `{ type: 'system' }`.
 */
export function withQZPayActor<Result>(actor: QZPayActor, work: () => Result): Result {
  return actors().run(actor, work);
}

/** The actor of the code that runs now. */
export function currentQZPayActor(): QZPayActor {
  return actors().getStore() ?? SYSTEM;
}
