import { Problem } from '../core/problem.js'

export const nameInUse = (name: string) =>
  new Problem(409, 'ERR_WORKER_NAME_IN_USE', `another process is the worker '${name}'`, {
    retryable: true,
    remedy: 'Give each machine of the fleet a worker name of its own.',
  })
