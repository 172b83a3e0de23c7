/**
 * The known name that a misspelt one most likely means, or null when none is near: for messages that say
 * "did you mean". Case and the separators _ and - are no difference (buffer_size means bufferSize).
 */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const wanted = plain(name)
  // A third of the letters may be wrong; beyond that a guess misleads more than it helps.
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

/** Insertions, deletions, replacements and swapped neighbours; `limit` when there are at least that many. */
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
