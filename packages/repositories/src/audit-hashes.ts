import { type SQL, sql } from 'drizzle-orm';

/**
 * The hashes of the audit trail. There is one definition, in SQL, so that whoever has the rows can check them with psql.
 * Each is SHA-256 in lower-case hexadecimal digits over UTF-8 text. Lists are written as PostgreSQL writes a `jsonb` array:
 * members joined by `, `, keys of objects by length and then by bytes, numbers with all their digits. Instants are ISO 8601
 * in UTC with milliseconds.
 *
 * ```
 * payload_hash = sha256(salt ‖ [actor_id, changes, error_message, ip_address, metadata, previous_values, reason, user_agent])
 * leaf         = sha256([id, livemode, entity_type, entity_id, action, category, actor_type, success, request_id,
 *                        created_at] ‖ payload_hash)
 * root_hash    = sha256(the leaves of the block, joined, in the byte order of the entries' ids)
 * block_hash   = sha256([livemode, block_seq, previous_hash, root_hash, entry_count, sealed_at])
 * ```
 */
const PAYLOAD = [
  'actor_id',
  'changes',
  'error_message',
  'ip_address',
  'metadata',
  'previous_values',
  'reason',
  'user_agent',
] as const;

const ENVELOPE = [
  'id',
  'livemode',
  'entity_type',
  'entity_id',
  'action',
  'category',
  'actor_type',
  'success',
  'request_id',
] as const;

/** An instant as JavaScript writes it, whatever the time zone of the session. */
export function isoInstant(instant: SQL): SQL {
  return sql`to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** Of the entry `alias`, which has all columns of the payload, and its salt. */
export function payloadHash(alias: string): SQL {
  return sha256(sql`${of(alias, 'salt')} || jsonb_build_array(${columns(alias, PAYLOAD)})::text`);
}

export function leafHash(alias: string): SQL {
  const list = sql`jsonb_build_array(${columns(alias, ENVELOPE)}, ${isoInstant(of(alias, 'created_at'))})`;
  return sha256(sql`${list}::text || ${of(alias, 'payload_hash')}`);
}

/** Of leaves with the columns `id` and `leaf`, as an aggregate. */
export function rootHash(): SQL {
  return sha256(sql`coalesce(string_agg(leaf, '' order by id collate "C"), '')`);
}

export function blockHash(alias: string): SQL {
  const names = ['livemode', 'block_seq', 'previous_hash', 'root_hash', 'entry_count'];
  return sha256(sql`jsonb_build_array(${columns(alias, names)}, ${isoInstant(of(alias, 'sealed_at'))})::text`);
}

export function sha256(text: SQL): SQL {
  return sql`encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;
}

function columns(alias: string, names: readonly string[]): SQL {
  return sql.join(
    names.map((name) => of(alias, name)),
    sql`, `,
  );
}

function of(alias: string, name: string): SQL {
  return sql`${sql.identifier(alias)}.${sql.identifier(name)}`;
}
