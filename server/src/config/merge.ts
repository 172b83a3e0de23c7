/** JSON merge patches (RFC 7396): applied, and made. */
import type { Place } from './place.js'

type Json = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** null in the patch removes; objects are merged; all else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged = new Map(isObject(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name), value))
  }
  // Unlike an assignment, this takes '__proto__' as any name.
  return Object.fromEntries(merged)
}

/** The patch that makes `to` of `from`; undefined: they are equal. Values have no null in them. */
export function makePatch(from: unknown, to: unknown): unknown {
  if (!isObject(from) || !isObject(to)) return isEqual(from, to) ? undefined : to
  const patch: [string, unknown][] = []
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) patch.push([name, null])
  for (const [name, value] of Object.entries(to)) {
    const change = Object.hasOwn(from, name) ? makePatch(from[name], value) : value
    if (change !== undefined) patch.push([name, change])
  }
  return patch.length === 0 ? undefined : Object.fromEntries(patch)
}

export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, index) => isEqual(one, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length && names.every(name => Object.hasOwn(b, name) && isEqual(a[name], b[name]))
  )
}

/** The places of a merged value: each value's own file. */
export function mergePlaces(target: Place | null, patch: Place | null, value: unknown): Place | null {
  if (patch === null || target === null || !isObject(value)) return patch ?? target
  const children = new Map(target.children)
  for (const [name, child] of patch.children) {
    if (Object.hasOwn(value, name)) children.set(name, mergePlaces(children.get(name) ?? null, child, value[name])!)
    else children.delete(name)
  }
  return { ...target, children }
}
