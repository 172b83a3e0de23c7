/** Limits that the schema and the process of a channel share. */

export const MOST_INPUTS = 8
export const MOST_TARGETS = 100
