import type { DraftElement, DraftLink, DraftPad } from '../graph/data'

/** One row of gst-launch text, as `d.video ! queue ! .sink mux`. */
export interface Row {
  /** Begins at a pad of an element that stands elsewhere. */
  readonly from: DraftPad | null
  /** Elements by index, each with the pads between it and the one before. */
  readonly items: readonly {
    readonly element: number
    readonly pads: readonly [from: string | null, to: string | null]
  }[]
  /** Ends at a pad of an element that stands elsewhere. */
  readonly to: DraftPad | null
}

interface OpenRow {
  from: DraftPad | null
  items: { element: number; pads: readonly [string | null, string | null] }[]
  to: DraftPad | null
}

/**
 * Lays elements and links out in rows that name every element and every link once and in their order, so that what is
 * read back is the same graph. Links are by index here.
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
      // A pad of an element with a name is written with the name: `d.video ! queue` reads better than `d .video !
      // queue`.
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
    // What a link comes from has been written, what it leads to need not have been.
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

/** The elements that a row refers to from elsewhere: they need a name of their own. */
export function* referredTo(rows: readonly Row[]): Generator<number> {
  for (const { from, to } of rows) {
    if (from && typeof from.element === 'number') yield from.element
    if (to && typeof to.element === 'number') yield to.element
  }
}
