import {
  QZPAY_ADDON_LIMIT_ACTION_VALUES,
  QZPAY_BANK_ACCOUNT_TYPE_VALUES,
  QZPAY_CARD_BRAND_VALUES,
  QZPAY_CARD_FUNDING_VALUES,
  QZPAY_PAYOUT_INTERVAL_VALUES,
  QZPAY_SCHEDULED_PLAN_CHANGE_STATUS_VALUES,
} from '@qzpay/core';
import { z } from 'zod/v4';
import type { QZPayTables } from '../create-tables.js';
import { storableText } from './texts.js';

const nullableText = storableText.nullable();
const optionalText = storableText.optional();
const isoInstant = z.iso.datetime({ offset: true });

/** A flat object; keys whose value is undefined are left out when it is stored. */
export const metadataObject = z.record(
  storableText,
  z.union([storableText, z.number(), z.boolean(), z.null(), z.undefined()]),
);

/** Provider name → id at that provider. */
export const providerIdMap = z.record(storableText, storableText);

/** Any JSON, without texts that PostgreSQL refuses. */
const json: z.ZodType = z.lazy(() =>
  z.union([storableText, z.number(), z.boolean(), z.null(), z.array(json), z.record(storableText, json.optional())]),
);
const jsonObject = z.record(storableText, json.optional());

/** An object with these fields; others are kept if they are JSON. */
const shape = <Fields extends z.ZodRawShape>(fields: Fields) => z.object(fields).catchall(json.optional());

const addressFields = {
  line1: nullableText,
  line2: nullableText,
  city: nullableText,
  state: nullableText,
  postalCode: nullableText,
  country: nullableText,
};

const postalAddress = shape({
  ...addressFields,
  companyName: nullableText,
  attention: nullableText,
  phone: nullableText,
}).partial();

const savedCard = shape({
  id: storableText,
  provider: storableText,
  lastFourDigits: storableText,
  firstSixDigits: optionalText,
  expirationMonth: z.number(),
  expirationYear: z.number(),
  cardholderName: optionalText,
  paymentMethodId: optionalText,
  paymentMethodName: optionalText,
  paymentMethodThumbnail: optionalText,
  isDefault: z.boolean().optional(),
  createdAt: isoInstant,
});

const card = shape({
  brand: z.enum(QZPAY_CARD_BRAND_VALUES),
  last4: storableText,
  expMonth: z.number(),
  expYear: z.number(),
  funding: z.enum(QZPAY_CARD_FUNDING_VALUES),
  country: nullableText,
});

const bankAccount = shape({
  bankName: nullableText,
  last4: storableText,
  accountType: z.enum(QZPAY_BANK_ACCOUNT_TYPE_VALUES),
  country: nullableText,
});

const billingDetails = shape({
  name: nullableText,
  email: nullableText,
  phone: nullableText,
  address: shape(addressFields).nullable(),
});

const planFeature = shape({ name: storableText, description: optionalText, included: z.boolean() });

const promoCodeCondition = shape({ type: storableText, value: json.optional() });

const scheduledPlanChange = shape({
  newPlanId: storableText,
  newPriceId: storableText,
  targetTransactionAmountMajor: z.number(),
  applyAt: storableText,
  requestedAt: storableText,
  requestedBy: optionalText,
  status: z.enum(QZPAY_SCHEDULED_PLAN_CHANGE_STATUS_VALUES),
  attemptCount: z.number(),
  lastAttemptAt: optionalText,
  resolvedAt: optionalText,
  lastError: optionalText,
  metadata: metadataObject.optional(),
});

const payoutSchedule = shape({
  interval: z.enum(QZPAY_PAYOUT_INTERVAL_VALUES),
  dayOfWeek: z.number().optional(),
  dayOfMonth: z.number().optional(),
});

const addOnLimit = shape({
  key: storableText,
  value: z.number(),
  action: z.enum(QZPAY_ADDON_LIMIT_ACTION_VALUES),
});

const checkoutLineItem = shape({
  priceId: optionalText,
  quantity: z.number(),
  unitAmount: z.number().optional(),
  currency: optionalText,
  title: optionalText,
  description: optionalText,
  categoryId: optionalText,
});

/** Validators of the JSON columns, by table and column, besides metadata and provider ids, which are alike everywhere. */
export const JSON_COLUMNS: {
  readonly [Table in Exclude<keyof QZPayTables, 'ns'>]?: {
    readonly [Column in keyof QZPayTables[Table]['$inferSelect']]?: z.ZodType;
  };
} = {
  customers: {
    savedCards: z.array(savedCard),
    billingAddress: postalAddress,
    shippingAddress: postalAddress,
  },
  plans: { features: z.array(planFeature), limits: z.record(storableText, z.number()) },
  promoCodes: { conditions: z.array(promoCodeCondition) },
  paymentMethods: { card, bankAccount, billingDetails },
  subscriptions: { scheduledPlanChange },
  invoices: { billingAddress: postalAddress },
  vendors: { payoutSchedule },
  addons: { limits: z.array(addOnLimit) },
  checkouts: { lineItems: z.array(checkoutLineItem) },
  webhookEvents: { payload: json },
  webhookDeadLetter: { payload: json },
  auditLogs: { changes: jsonObject, previousValues: jsonObject },
  auditBlocks: { leaves: z.record(storableText, storableText) },
  idempotencyKeys: { response: json },
};
