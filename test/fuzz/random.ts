/** Numbers that look random and are the same for the same seed (mulberry32), so that every finding can be had again. */
export interface Random {
  /** 0 … 1, without 1. */
  real(): number
  /** 0 … count − 1. */
  below(count: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  bytes(count: number): Buffer
}

export function random(seed: number): Random {
  let state = seed >>> 0
  const real = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number): number => Math.floor(real() * count)
  return {
    real,
    below,
    chance: probability => real() < probability,
    pick: list => list[below(list.length)]!,
    bytes: count => Buffer.from(Array.from({ length: count }, () => below(256))),
  }
}
