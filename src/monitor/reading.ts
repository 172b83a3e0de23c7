import type { Reading } from './observation'

/** The input of the rules: a meter's reading, with the monitor's own details. */
export type MonitorReading = Omit<Reading, 'details'> & { readonly details: Readonly<Record<string, number | null>> }
