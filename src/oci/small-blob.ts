/** Bytes up to which a blob is read whole: streams cost more than they save below. */
export const SMALL_BLOB = 1 << 20;
