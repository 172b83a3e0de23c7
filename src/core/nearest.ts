/**
 * The known name that is most similar to a misspelt one, or null if none is similar: for "did you mean" messages. Case
 * and the separators _ and - do not count (buffer_size is bufferSize).
 */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const wanted = plain(name)
  // At most a third of the letters may be wrong: a worse guess misleads more than it helps.
  let best = Math.max(1, Math.floor(wanted.length / 3)) + 1
  let nearest: string | null = null
  for (const candidate of known) {
    const distance = editDistance(wanted, plain(candidate), best)
    if (distance >= best) continue
    best = distance
    nearest = candidate
  }
  return nearest
}

function plain(name: string): string {
  return name.slice(0, 64).toLowerCase().replace(/[_-]/g, '')
}

/**
 * Counts insertions, deletions, replacements and swapped neighbours; returns `limit` if there are at least that many.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
