import type { Bench } from '../bench.js';
import { measureAudit } from './audit.js';
import { measureCounters } from './counters.js';
import { measureErasure } from './erasure.js';
import { measureGrowth } from './growth.js';
import { measureImports } from './imports.js';
import { measureIngestion } from './ingestion.js';
import { measureInvoiceNumbers } from './invoice-numbers.js';
import { measureInvoices } from './invoices.js';
import { measureMemory } from './memory.js';
import { measurePages } from './pages.js';
import { measureReads } from './reads.js';
import { measureStream } from './stream.js';
import { measureTransactions } from './transactions.js';
import { measureVerify } from './verify.js';
import { measureWebhookClaims } from './webhook-claims.js';
import { measureWrites } from './writes.js';

/** The groups of work by the name that `--only` knows, in the order in which they run. */
export const GROUPS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  reads: measureReads,
  writes: measureWrites,
  invoices: measureInvoices,
  counters: measureCounters,
  transactions: measureTransactions,
  pages: measurePages,
  growth: measureGrowth,
  imports: measureImports,
  memory: measureMemory,
  ingestion: measureIngestion,
  stream: measureStream,
  'invoice-numbers': measureInvoiceNumbers,
  'webhook-claims': measureWebhookClaims,
  audit: measureAudit,
  verify: measureVerify,
  erasure: measureErasure,
};
