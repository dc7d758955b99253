import { DEFAULT_PRICE_FIRST } from './collections/prices.js';
import { sorted } from './list.js';
import { isLive } from './shape.js';
import type { Data, Row } from './store.js';

/**
 * The currency of a new invoice, in upper case: that of the first line whose price is stored, else that of its
 * subscription's price. Deleted prices and subscriptions count: what they were bought for is still charged.
 */
export function invoiceCurrency(data: Data, invoice: Row, lines: readonly Row[]): string | undefined {
  const inMode = (entity: string) => [...data.rows(entity)].filter((row) => row['livemode'] === invoice['livemode']);
  const prices = inMode('Price');
  const [ofLine] = lines.flatMap(({ priceId }) => prices.filter(({ id }) => id === priceId));
  const subscription = inMode('Subscription').find(({ id }) => id === invoice['subscriptionId']);
  const [ofSubscription] = sorted(
    prices.filter((price) => subscription !== undefined && isPriceOf(subscription, price)),
    DEFAULT_PRICE_FIRST,
  );
  const price = ofLine ?? ofSubscription;
  return price && (price['currency'] as string).replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
}

function isPriceOf(subscription: Row, price: Row): boolean {
  if (subscription['priceId'] !== null) return price['id'] === subscription['priceId'];
  return price['planId'] === subscription['planId'] && isLive(price);
}
