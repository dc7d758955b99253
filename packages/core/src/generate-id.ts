/**
 * Source of the ids that a storage makes where the caller brings none.
 *
 * MUST NOT return the same string twice, in any process. Ids that ascend with time keep inserts next to each other.
 *
 * @conformance concurrency/ids-are-made-once
 */
export type QZPayGenerateId = () => string;
