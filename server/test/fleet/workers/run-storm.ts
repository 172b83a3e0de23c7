/** `npm run test:fleet -- [--events=500] [--seed=1] [--ttl=3000]`: ends with a table; with 1 where anything failed. */
import { storm } from './storm.js'

const given = new Map(process.argv.slice(2).map(text => text.replace(/^--/, '').split('=') as [string, string]))
const number = (name: string, otherwise: number) => Number(given.get(name) ?? otherwise)
const seed = number('seed', Math.floor(Math.random() * 1e9))
const events = number('events', 500)
console.log(`fleet: ${events} faults, --seed=${seed}`)
const { done, faults } = await storm({ seed, events, ttlMs: number('ttl', 3000), say: text => console.log(text) })
console.table(
  Object.fromEntries(
    Object.entries(done).map(([name, { count, longestGapMs }]) => [
      name,
      { times: count, 'longest pause, s': Math.round(longestGapMs / 100) / 10 },
    ]),
  ),
)
const total = Object.values(done).reduce((sum, { count }) => sum + count, 0)
console.log(`${total} faults survived, ${faults.length} failed`)
process.exit(faults.length === 0 && total > 0 ? 0 : 1)
