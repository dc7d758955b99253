/** A value of metadata. `undefined` means "leave this key out". */
export type QZPayMetadataValue = string | number | boolean | null | undefined;

/**
 * Free data of the host on an entity: a flat record.
 *
 * Storage keeps it as given, of any size, drops keys whose value is `undefined`, and does not enforce flatness. In an
 * update the object replaces the stored one.
 */
export type QZPayMetadata = Record<string, QZPayMetadataValue>;
