import type { Props } from './graph-data'

export type ElementProps<Factory extends string> = Factory extends string ? Props : never
