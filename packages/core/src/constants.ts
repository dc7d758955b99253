export * from './constants/access.js';
export * from './constants/engine.js';
export * from './constants/payments.js';
export * from './constants/pricing.js';
export * from './constants/subscriptions.js';
export * from './constants/vendors.js';
export * from './constants/webhooks.js';
