declare const QZPAY_MIGRATIONS_VERSION: string;

/** The package's version; bundler and test runner put it in. */
export const LIBRARY_VERSION: string = QZPAY_MIGRATIONS_VERSION;
