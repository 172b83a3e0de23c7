/** A thread that looks at frames: adds up their bytes, marks the first one, and gives them back. */
import { parentPort } from 'node:worker_threads'
import { receiveFrame, type TransferredFrame } from '../../../src/index'

parentPort!.on('message', (message: TransferredFrame | 'end') => {
  if (message === 'end') return parentPort!.close()
  try {
    using frame = receiveFrame(message)
    const sum = frame.data.reduce((all, value) => all + value, 0)
    frame.data[0] = 77
    const { width, height, format, timestamp, sequence } = frame
    parentPort!.postMessage({ sum, width, height, format, timestamp, sequence })
  } catch (error) {
    parentPort!.postMessage({ code: (error as { code: string }).code })
  }
})
