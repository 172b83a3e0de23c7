import { Capture } from '../../../src/index'

// Shares the pictures of an address until it is ended: url, name, and what ends it.
const [, , url = '', name = '', end = ''] = process.argv

void (async () => {
  const capture = new Capture(url, { connectTimeout: 20_000, stallTimeout: 20_000, logger: console })
  const share = capture.share(name)
  await capture.start()
  setInterval(() => {
    const { pictures, error } = share.stats()
    console.log(`${pictures} pictures, ${error}`)
    if (pictures > 5 && end === 'exit') process.exit(0)
  }, 20)
})()
