import { isQZPayError, QZPAY_PAYMENT_STATUS, type QZPayPayment, type QZPayStorageAdapter } from '../src/index.js';

/** Marks a payment as disputed; null when there is no such payment. */
export async function dispute(storage: QZPayStorageAdapter, id: string): Promise<QZPayPayment | null> {
  try {
    return await storage.payments.update(id, { status: QZPAY_PAYMENT_STATUS.DISPUTED });
  } catch (error) {
    if (isQZPayError(error, 'not_found')) return null;
    throw error;
  }
}
