import type { Reading } from './observation'

/** A meter's reading, and what a monitor knows besides: what rules look at. */
export type MonitorReading = Omit<Reading, 'details'> & { readonly details: Readonly<Record<string, number | null>> }
