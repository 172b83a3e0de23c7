import { endsRow, startsRow } from '../elements/knowledge'
import type { GraphData, GraphLink } from './data'

export interface OpenEnds {
  /** Whether another element can be linked before its first element. */
  readonly start: boolean
  /** Whether another element can be linked behind the last element of its first row. */
  readonly end: boolean
  /** The links of the first row: elements 0 to row.length. */
  readonly row: readonly GraphLink[]
}

/** Where a nested graph continues: at both ends of its first row, unless they are linked. */
export function openEnds({ elements, links }: GraphData): OpenEnds {
  const row: GraphLink[] = []
  for (;;) {
    const from = elements[row.length]?.name
    const to = elements[row.length + 1]?.name
    const link = links.find(
      one => one.from.element === from && one.to.element === to && one.from.pad === null && one.to.pad === null,
    )
    if (!link) break
    row.push(link)
  }
  const [first] = elements
  const last = elements[row.length]
  return {
    start: first !== undefined && !startsRow(first.factory) && !links.some(({ to }) => to.element === first.name),
    end: last !== undefined && !endsRow(last.factory) && !links.some(({ from }) => from.element === last.name),
    row,
  }
}
