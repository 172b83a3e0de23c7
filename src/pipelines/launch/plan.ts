import type { DraftElement, DraftLink, DraftPad } from '../graph/data'

/** One row of gst-launch text, such as `d.video ! queue ! .sink mux`. */
export interface Row {
  /** The start at a pad of an element of another row. */
  readonly from: DraftPad | null
  /** The elements by index, each with the pads between it and the one before. */
  readonly items: readonly {
    readonly element: number
    readonly pads: readonly [from: string | null, to: string | null]
  }[]
  /** The end at a pad of an element of another row. */
  readonly to: DraftPad | null
}

interface OpenRow {
  from: DraftPad | null
  items: { element: number; pads: readonly [string | null, string | null] }[]
  to: DraftPad | null
}

/**
 * Arranges elements and links in rows. Each element and each link occurs once and in order, so that the text parses
 * back to the same graph. Links are by index.
 */
export function planRows(elements: readonly DraftElement[], links: readonly DraftLink[]): readonly Row[] {
  const rows: OpenRow[] = []
  let open = null as OpenRow | null
  let next = 0
  let at = 0
  while (next < elements.length || at < links.length) {
    const link = links[at]
    const last: number | undefined = open?.items.at(-1)?.element
    if (link && open && last !== undefined && link.from.element === last) {
      // A pad of a named element has the name before it: `d.video ! queue` reads better than `d .video ! queue`.
      const inline =
        link.to.element === next &&
        (link.from.pad === null || elements[last]!.name === null) &&
        (link.to.pad === null || elements[next]!.name === null)
      if (inline) {
        open.items.push({ element: next++, pads: [link.from.pad, link.to.pad] })
        at++
        continue
      }
      if (link.from.pad === null && (link.to.element !== next || link.to.pad !== null)) {
        open.to = link.to
        open = null
        at++
        continue
      }
    }
    open = null
    // The source of a link must be written already; its target need not.
    const known = link !== undefined && (typeof link.from.element !== 'number' || link.from.element < next)
    if (known && link.to.element === next && link.to.pad === null) {
      open = { from: link.from, items: [{ element: next++, pads: [null, null] }], to: null }
      at++
    } else if (known || next >= elements.length) {
      rows.push({ from: link!.from, items: [], to: link!.to })
      at++
    } else {
      open = { from: null, items: [{ element: next++, pads: [null, null] }], to: null }
    }
    if (open) rows.push(open)
  }
  return rows
}

/** The elements that other rows refer to: they need a name. */
export function* referredTo(rows: readonly Row[]): Generator<number> {
  for (const { from, to } of rows) {
    if (from && typeof from.element === 'number') yield from.element
    if (to && typeof to.element === 'number') yield to.element
  }
}
