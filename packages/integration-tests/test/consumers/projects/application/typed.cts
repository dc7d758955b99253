import { createQZPayStorage } from '@qzpay/adapter';
import { openQZPayStorage } from '@qzpay/adapter/node-postgres';

// A CommonJS module in TypeScript: `require()` of ES modules is typed from TypeScript 5.8 on.
export const create = createQZPayStorage;
export const customers = async (url: string) => (await openQZPayStorage({ url })).customers;
