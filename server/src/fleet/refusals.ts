/** Why a worker may not be in the fleet. */
import { Problem } from '../core/problem.js'

export const NAME_IN_USE = 'ERR_WORKER_NAME_IN_USE'

export const nameInUse = (name: string) =>
  new Problem(409, NAME_IN_USE, `another process is the worker '${name}'`, {
    retryable: true,
    remedy: 'Give each machine of the fleet a worker name of its own.',
  })

export const otherTtl = (name: string, ttlMs: number, otherMs: number) =>
  new Problem(
    409,
    'ERR_FLEET_TTL',
    `the worker '${name}' has a TTL of ${ttlMs / 1000} s, and the workers of the fleet have one of ${otherMs / 1000} s`,
    {
      remedy: 'Give all workers the same TTL. To change it, stop all of them for the longer of both, then start them.',
    },
  )
