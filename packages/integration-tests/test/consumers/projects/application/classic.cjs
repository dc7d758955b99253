const { QZPAY_CURRENCY } = require('@qzpay/core');
const { qzpayCustomers } = require('@qzpay/schema');
const { planMigrations } = require('@qzpay/migrations');
const { createQZPayRepositories } = require('@qzpay/repositories');
const { createQZPayStorage } = require('@qzpay/adapter');
const { openQZPayStorage } = require('@qzpay/adapter/node-postgres');

console.log(QZPAY_CURRENCY.USD, typeof qzpayCustomers, planMigrations().length > 0);
console.log([createQZPayRepositories, createQZPayStorage, openQZPayStorage].map((value) => typeof value).join());
