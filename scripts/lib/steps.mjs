// Steps that wait for one another, and run side by side where they need not.

/**
 * Runs what there is a reason for, each step after those that it names; returns how many ran.
 *
 * A step is `{ name, after, reason, run }`: `reason()` gives null where nothing is to be done, and is asked when the
 * steps before are done. After a failure no further step begins, and those that run come to their end: apt-get must not
 * be cut off. Then the first failure is thrown. `onFirst` is called before the first step that runs.
 */
export async function runSteps(steps, onFirst = () => {}) {
  const early = steps.find(({ after = [] }, at) =>
    after.some(name => !steps.slice(0, at).some(step => step.name === name)),
  )
  if (early) throw new Error(`the step "${early.name}" comes before one that it needs`)
  const done = new Map()
  let ran = 0
  let failure = null
  const runStep = async ({ after = [], reason, run }) => {
    await Promise.all(after.map(name => done.get(name)))
    if (failure !== null) return
    try {
      if (!reason()) return
      if (ran++ === 0) onFirst()
      await run()
    } catch (error) {
      failure ??= { error }
    }
  }
  for (const step of steps) done.set(step.name, runStep(step))
  await Promise.all(done.values())
  if (failure !== null) throw failure.error
  return ran
}
