import {
  type QZPayAuditFinding,
  type QZPayAuditVerification,
  type QZPayAuditVerificationScope,
  type QZPaySealedAudit,
  QZPayValidationError,
} from '@qzpay/core';
import type { QZPayAuditBlockRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import { blockHash, leafHash, payloadHash, rootHash } from './audit-hashes.js';
import type { QZPayRepositoryContext } from './context.js';
import { Maintenance } from './maintenance.js';
import { checkedLimit, QZPAY_MAX_LIMIT } from './pages.js';
import { argument, typedArgument } from './statements.js';
import { inMode, modelOf, type TableModel } from './table-model.js';
import { QZPayTableRepository } from './table-repository.js';

const DEFAULT_SEAL = 1000;
/** Blocks that one statement compares with their entries. */
const BATCH = 20;
const MAX_FINDINGS = 1000;

/** A block as it is found, and whether it agrees with its own hashes. */
interface Link {
  readonly blockSeq: number;
  readonly previousHash: string | null;
  readonly blockHash: string;
  readonly entryCount: number;
  readonly intact: boolean;
  /** Whether retention has emptied it: the hash of the block still ties the chain together. */
  readonly emptied: boolean;
}

/** The chain of blocks over the audit log; see `QZPayAuditTrail` in core for what it promises. */
export class QZPayAuditBlocksRepository extends QZPayTableRepository<QZPayAuditBlockRow> {
  readonly #logs: TableModel;

  constructor(context: QZPayRepositoryContext) {
    super(context, 'auditBlocks');
    this.#logs = modelOf(context, 'auditLogs');
  }

  /** Returns the block, or `null`. */
  async find(blockSeq: number): Promise<QZPayAuditBlockRow | null> {
    if (!this.holds({ blockSeq })) return null;
    const statement = this.fixed('find', () => this.select(this.where('blockSeq')));
    const [row] = await this.run(statement, { blockSeq });
    return row ?? null;
  }

  /**
   * Seals at most `limit` entries that wait (default 1000) into the next block. One transaction of two statements: the
   * first one waits for other sealers, so that the second one sees their block. Neither stops a writer of entries.
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async seal(limit?: number): Promise<QZPaySealedAudit> {
    const values = { limit: checkedLimit(limit, 'limit', DEFAULT_SEAL), sealedAt: this.context.clock() };
    const { runner, scope } = this.context;
    const lock = this.fixed('lock', () => ({
      source: sql`lock table ${this.model.table} in share row exclusive mode`,
      decode: () => undefined,
    }));
    return runner.transactions.transaction(
      async (bound) => {
        const blocks = new QZPayAuditBlocksRepository({ ...this.context, scope: bound });
        await blocks.run(lock, {});
        const [sealed] = await blocks.run(this.#seal(), values);
        return sealed ?? { block: null, entries: 0 };
      },
      {},
      scope,
    );
  }

  #seal() {
    return this.fixed('seal', () => {
      const { table } = this.model;
      const logs = this.#logs.table;
      const livemode = sql`${argument(this.codec('livemode'))}::boolean`;
      return {
        // Ordered by the block as well, which is null in all of them: as in the index.
        source: sql`with last as materialized (
            select block_seq, block_hash from ${table} where livemode = ${livemode} order by block_seq desc limit 1
          ), waiting as materialized (
            select id, ${leafHash('entry')} as leaf from ${logs} as entry where livemode = ${livemode} and block_seq is null
            order by block_seq, id limit ${typedArgument('bigint', 'limit')}
          ), block as materialized (
            select ${livemode} as livemode, coalesce((select block_seq from last), 0) + 1 as block_seq,
              (select block_hash from last) as previous_hash, jsonb_object_agg(id, leaf) as leaves, ${rootHash()} as root_hash,
              count(*) as entry_count, ${argument(this.codec('sealedAt'))}::timestamptz(3) as sealed_at
            from waiting having count(*) > 0
          ), sealed as (
            update ${logs} as entry set block_seq = block.block_seq from block
            where entry.livemode = ${livemode} and entry.id = any(array(select id from waiting))
          )
          insert into ${table} (livemode, block_seq, previous_hash, leaves, root_hash, entry_count, sealed_at, block_hash)
          select livemode, block_seq, previous_hash, leaves, root_hash, entry_count, sealed_at, ${blockHash('block')} from block
          returning block_seq, block_hash, entry_count`,
        decode: ([blockSeq, hash, entries]): QZPaySealedAudit => ({
          block: { blockSeq: Number(blockSeq), blockHash: hash as string },
          entries: Number(entries),
        }),
      };
    });
  }

  /**
   * Compares the chain with its hashes and with the entries, some blocks at a time: two statements for 20 blocks.
   *
   * @throws QZPayValidationError for a block number that is not a whole number from 1.
   */
  async verify({ from, to }: QZPayAuditVerificationScope = {}): Promise<QZPayAuditVerification> {
    const first = checkedBlock(from, 'from', 1);
    const last = checkedBlock(to, 'to', Number.MAX_SAFE_INTEGER);
    // The walk along the chain begins with the first block and never meets them.
    const findings = first === 1 ? await this.run(this.#belowFirst(), {}) : [];
    let blocks = 0;
    let entries = 0;
    let removed = 0;
    let next = first;
    const before = first === 1 ? null : ((await this.find(first - 1)) ?? undefined);
    // Null before the first block, undefined where nobody knows what a block has to continue.
    let head: Pick<Link, 'blockSeq' | 'blockHash'> | null | undefined = before;
    let allEmptied = false;
    while (findings.length < MAX_FINDINGS) {
      const links = await this.run(this.#links(), { next, last, limit: BATCH });
      const [start, end] = [links[0], links.at(-1)];
      if (start === undefined || end === undefined) break;
      const found: QZPayAuditFinding[] = [];
      for (const link of links) {
        const { blockSeq } = link;
        for (; next < blockSeq && found.length < MAX_FINDINGS; next += 1) {
          found.push({ kind: 'block_missing', blockSeq: next });
          head = undefined;
        }
        // Retention may be at work, and have emptied the blocks before since they were read.
        if (link.emptied && !allEmptied) allEmptied = await this.#areEmptiedBefore(blockSeq);
        allEmptied &&= link.emptied;
        if (!link.intact || link.emptied !== allEmptied) found.push({ kind: 'block_altered', blockSeq });
        // After a missing block there is nothing to compare with.
        if (head !== undefined && link.previousHash !== (head?.blockHash ?? null)) {
          found.push({ kind: 'chain_broken', blockSeq });
        }
        head = link;
        next = blockSeq + 1;
        blocks += 1;
        entries += link.entryCount;
        if (link.emptied) removed += link.entryCount;
      }
      found.push(...(await this.run(this.#differences(), { next: start.blockSeq, last: end.blockSeq })));
      findings.push(...found.toSorted((a, b) => a.blockSeq - b.blockSeq));
    }
    if (findings.length < MAX_FINDINGS) findings.push(...(await this.run(this.#unknownBlocks(), { next, last })));
    return {
      valid: findings.length === 0,
      findings: findings.slice(0, MAX_FINDINGS),
      blocks,
      entries,
      removed,
      head: blocks === 0 || !head ? null : { blockSeq: head.blockSeq, blockHash: head.blockHash },
    };
  }

  #links() {
    return this.fixed('links', () => ({
      source: sql`select block_seq, previous_hash, block_hash, entry_count, block_hash = ${blockHash('block')} and (${EMPTIED}
          or (root_hash, entry_count) = (select ${rootHash()}, count(*) from jsonb_each_text(leaves) as leaves(id, leaf))), ${EMPTIED}
        from ${this.model.table} as block where ${this.#inScope('block')} order by block_seq limit ${typedArgument('bigint', 'limit')}`,
      decode: ([blockSeq, previousHash, hash, entryCount, intact, emptied]): Link => ({
        blockSeq: Number(blockSeq),
        previousHash: previousHash as string | null,
        blockHash: hash as string,
        entryCount: Number(entryCount),
        intact: intact === true,
        emptied: emptied === true,
      }),
    }));
  }

  async #areEmptiedBefore(blockSeq: number): Promise<boolean> {
    const whole = this.fixed('whole_blocks', () => ({
      source: sql`select 1 from ${this.model.table} as block where ${this.#inScope('block')} and not ${EMPTIED} limit 1`,
      decode: () => true,
    }));
    return (await this.run(whole, { next: 1, last: blockSeq - 1 })).length === 0;
  }

  /** Entries that claim a block before the first one. */
  #belowFirst() {
    return this.fixed('below_first', () => ({
      source: sql`select block_seq, id from ${this.#logs.table} as entry
        where entry.livemode = ${argument(this.codec('livemode'))} and block_seq < 1
        order by block_seq, id limit ${sql.raw(String(MAX_FINDINGS))}`,
      decode: ([blockSeq, entryId]): QZPayAuditFinding => ({
        kind: 'entry_added',
        blockSeq: Number(blockSeq),
        entryId: entryId as string,
      }),
    }));
  }

  /** Entries that are not as the blocks in scope have sealed them. */
  #differences() {
    return this.fixed('differences', () => ({
      source: sql`with block as materialized (
          select block_seq, leaves from ${this.model.table} as block where ${this.#inScope('block')}
        ), sealed as (
          select block_seq, leaves.id collate "C" as id, leaf from block, jsonb_each_text(leaves) as leaves(id, leaf)
        ), stored as (
          select block_seq, id, ${leafHash('entry')} as leaf, case when salt is null then ${ERASED} else payload_hash = ${payloadHash('entry')} end as intact
          from ${this.#logs.table} as entry where ${this.#inScope('entry')} and block_seq = any(array(select block_seq from block))
        )
        select case when stored.id is null then 'entry_missing' when sealed.id is null then 'entry_added' else 'entry_altered' end,
          coalesce(sealed.block_seq, stored.block_seq) as block_seq, coalesce(sealed.id, stored.id) as id
        from sealed full join stored on stored.block_seq = sealed.block_seq and stored.id = sealed.id
        where sealed.leaf is distinct from stored.leaf or not stored.intact
        order by 2, 3 limit ${sql.raw(String(MAX_FINDINGS))}`,
      decode: ([kind, blockSeq, entryId]): QZPayAuditFinding => ({
        kind: kind as QZPayAuditFinding['kind'],
        blockSeq: Number(blockSeq),
        entryId: entryId as string,
      }),
    }));
  }

  /** Blocks that entries claim and that are not there, beyond the last one of the chain. */
  #unknownBlocks() {
    return this.fixed('unknown_blocks', () => ({
      source: sql`select distinct block_seq from ${this.#logs.table} as entry where ${this.#inScope('entry')} and not exists (
          select from ${this.model.table} as block where block.livemode = entry.livemode and block.block_seq = entry.block_seq
        ) order by block_seq limit ${sql.raw(String(MAX_FINDINGS))}`,
      decode: ([blockSeq]): QZPayAuditFinding => ({ kind: 'block_missing', blockSeq: Number(blockSeq) }),
    }));
  }

  /** How many entries {@link purgeBefore} would remove. */
  async countBefore(before: Date): Promise<number> {
    const statement = this.fixed('count_before', () => ({
      source: sql`select coalesce(sum(entry_count), 0) from ${this.model.table} where ${this.#isOld()}`,
      decode: ([entries]) => Number(entries),
    }));
    const [entries = 0] = await this.run(statement, { before });
    return entries;
  }

  /**
   * Retention: removes the entries of blocks that were sealed before this instant, the first blocks first, and returns how
   * many: call it again until it removes fewer than `limit` (default 10 000). Whole blocks, so at most one block more than that. Entries
   * that wait for a block stay.
   *
   * A transaction, or a savepoint of the caller's, with the guard of append-only tables lifted as long as it lasts. The
   * blocks stay, without the hashes of their entries: the chain still verifies, and says how many entries are gone. Callers
   * wait for each other, and sealers for them.
   */
  async purgeBefore(before: Date, { limit }: { readonly limit?: number | undefined } = {}): Promise<number> {
    const values = { before, limit: checkedLimit(limit, 'limit', QZPAY_MAX_LIMIT) };
    return new Maintenance(this.context).run(async (context) => {
      const blocks = new QZPayAuditBlocksRepository(context);
      const [removed = 0] = await blocks.run(this.#removeBefore(), values);
      return removed;
    });
  }

  #removeBefore() {
    return this.fixed('remove_before', () => {
      const limit = typedArgument('bigint', 'limit');
      const isChosen = (model: TableModel) =>
        sql`${inMode(model)} and block_seq = any((select blocks from chosen)::bigint[])`;
      return {
        source: sql`with old as materialized (
            select block_seq, entry_count from ${this.model.table} where ${this.#isOld()} order by block_seq limit ${limit} for update
          ), chosen as materialized (
            select array_agg(block_seq) as blocks from (
              select block_seq, sum(entry_count) over (order by block_seq) - entry_count as before_it from old
            ) as summed where before_it < ${limit}
          ), gone as (
            delete from ${this.#logs.table} where ${isChosen(this.#logs)}
          ), emptied as (
            update ${this.model.table} set leaves = '{}' where ${isChosen(this.model)} returning entry_count
          )
          select coalesce(sum(entry_count), 0) from emptied`,
        decode: ([removed]) => Number(removed),
      };
    });
  }

  /** Up to the first block that is not old: instants come from many clocks, and what is removed must be one piece. */
  #isOld(): SQL {
    const before = argument(this.codec('sealedAt'), 'before');
    return sql`${this.equals('livemode')} and not ${EMPTIED} and block_seq < coalesce((
        select min(block_seq) from ${this.model.table} where ${this.equals('livemode')} and sealed_at >= ${before}
      ), 9223372036854775807)`;
  }

  #inScope(alias: 'block' | 'entry'): SQL {
    const [livemode, blockSeq] = ['livemode', 'block_seq'].map((name) => sql.raw(`${alias}.${name}`)) as [SQL, SQL];
    const bound = (name: string) => argument(this.codec('blockSeq'), name);
    return sql`${livemode} = ${argument(this.codec('livemode'))} and ${blockSeq} >= ${bound('next')} and ${blockSeq} <= ${bound('last')}`;
  }
}

const EMPTIED = sql.raw(`leaves = '{}'`);

/** Whoever erases an entry erases all of it: what is left beside a missing salt is not what the entry said. */
const ERASED = sql.raw(
  `(actor_id is null and changes is null and error_message is null and ip_address is null and metadata = '{}'
    and previous_values is null and reason is null and user_agent is null)`,
);

function checkedBlock(value: number | undefined, field: string, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new QZPayValidationError(`${field} must be a whole number from 1`, field);
}
