/** A change of one channel, made on what people wrote of it. */
import { Problem } from '../core/problem.js'
import { isObject, mergePatch } from './merge.js'

/** `old`: undefined: there is no such channel. Throws Problem. */
export function patchedChannel(id: string, old: unknown, patch: unknown): unknown {
  if (old === undefined) throw unknown(`channel ${id}`, 'ERR_CHANNEL_UNKNOWN')
  if (!isObject(patch))
    throw new Problem(422, 'ERR_CONFIG_INVALID', 'a patch of a channel has fields', {
      remedy: 'Send an object: RFC 7396.',
    })
  return mergePatch(old, patch)
}

/** `value`: a target; null: it is removed. Throws Problem. */
export function channelWithTarget(id: string, old: unknown, target: string, value: unknown): unknown {
  if (!isObject(old)) throw unknown(`channel ${id}`, 'ERR_CHANNEL_UNKNOWN')
  const targets = isObject(old['targets']) ? old['targets'] : {}
  if (value === null && !Object.hasOwn(targets, target)) throw unknown(`target ${target}`, 'ERR_TARGET_UNKNOWN')
  const others = Object.entries(targets).filter(([name]) => name !== target)
  const next = value === null ? others : [...others, [target, value] as const]
  return { ...old, targets: Object.fromEntries(next) }
}

export function unknown(what: string, code: string): Problem {
  return new Problem(404, code, `there is no ${what}`, { remedy: 'GET /api/v1/channels tells which there are.' })
}
