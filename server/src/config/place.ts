/** Where a value stands in its file. A tree beside the value's own, so that anchors and merges keep their places. */
import type { ConfigProblem } from '../core/problem.js'

/** Finds line and column, from 1, of an offset in a text. */
export interface Source {
  readonly file: string
  at(offset: number): { readonly line: number; readonly column: number }
}

export interface Place {
  readonly source: Source
  /** Offset of the key; null: an item of a list, or the whole. */
  readonly keyAt: number | null
  readonly valueAt: number
  /** Offset behind the value. */
  readonly valueEnd: number
  readonly children: ReadonlyMap<string, Place>
}

export type Path = readonly PropertyKey[]

/** The place of a path, or of the nearest part of it that stands somewhere. */
export function placeOf(root: Place | null, path: Path): Place | null {
  let place = root
  for (const name of path) {
    const child = place?.children.get(String(name))
    if (child === undefined) break
    place = child
  }
  return place
}

const SHOWN_NAME = /^[\p{L}\p{N}_.-]{1,64}$/u

/** A name of a key for people; what is no name may be a part of a secret. */
export function shownName(name: PropertyKey): string {
  return SHOWN_NAME.test(String(name)) ? String(name) : '(a name)'
}

/** channels.studio.inputs[0].url */
export function shownPath(path: Path): string {
  let shown = ''
  for (const part of path) {
    if (typeof part === 'number') shown += `[${part}]`
    else shown += `${shown === '' ? '' : '.'}${shownName(part)}`
  }
  return shown
}

/** A problem of the value at a path; `ofKey`: of its key. */
export function problemAt(
  root: Place | null,
  file: string,
  path: Path,
  message: string,
  { ofKey = false }: { readonly ofKey?: boolean } = {},
): ConfigProblem {
  const place = placeOf(root, path)
  const offset = ofKey ? (place?.keyAt ?? place?.valueAt) : place?.valueAt
  const { line, column } = place && offset !== undefined ? place.source.at(offset) : { line: null, column: null }
  return { file: place?.source.file ?? file, line, column, path: shownPath(path), message }
}

/** A source that counts lines only when somebody asks. */
export function sourceOf(file: string, text: string): Source {
  let starts: number[] | null = null
  return {
    file,
    at: offset => {
      starts ??= lineStarts(text)
      let [low, high] = [0, starts.length - 1]
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if (starts[middle]! <= offset) low = middle
        else high = middle - 1
      }
      return { line: low + 1, column: offset - starts[low]! + 1 }
    },
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
