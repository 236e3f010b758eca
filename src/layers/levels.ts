/** Base layers are compressed once and pulled by everyone: they are worth more effort than app layers (level 4 by default). */
export const LEVEL_BASE = 6;
