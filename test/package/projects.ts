// Two users of the package, each a few files: what they write is what README.md tells them to.

interface Project {
  name: string
  title: string
  /** Runs with `node`, prints `true ERR_URL`. */
  main: string
  /** Each is handed to `tsc -p`. */
  configs: string[]
  files: Record<string, string>
}

const BODY = `
try {
  new RTMPCapture('http://example.com/live/key')
} catch (error) {
  console.log(error instanceof RxGstError, error.code)
}
`

const TYPES = `import { gst, run, RTMPCapture, RxGstError, type VideoFrame } from 'rxgst'
import { introspect } from 'rxgst/gi'

export async function firstPicture(url: string): Promise<number> {
  const capture = new RTMPCapture(url, { format: 'RGB' })
  await capture.start()
  const frame: VideoFrame = await capture.getFrame()
  const { width, height } = frame
  // @ts-expect-error: a type that were "any" would let this pass
  frame.noSuchThing()
  return width * height
}

export function split(): void {
  const file = introspect(run(gst\`fakesrc ! fakesink\`)).getByName('file')
  file?.emit('split-now')
  // @ts-expect-error: as above
  file?.noSuchThing()
}

export const codeOf = (error: unknown): string => (error instanceof RxGstError ? error.code : 'none')
`

// No @types/node, and the package's own declarations are checked too: they have to stand by themselves.
const config = (module: string, moduleResolution: string): string =>
  JSON.stringify({
    compilerOptions: { target: 'es2022', module, moduleResolution, strict: true, skipLibCheck: false, types: [] },
    files: ['types.ts'],
  })

export const PROJECTS: Project[] = [
  {
    name: 'esm',
    title: 'an ES module project',
    main: 'main.js',
    configs: ['nodenext.json', 'bundler.json'],
    files: {
      'package.json': JSON.stringify({ name: 'esm', private: true, type: 'module' }),
      'main.js': `import { RTMPCapture, RxGstError } from 'rxgst'\n${BODY}`,
      'types.ts': TYPES,
      'nodenext.json': config('nodenext', 'nodenext'),
      'bundler.json': config('esnext', 'bundler'),
    },
  },
  {
    name: 'cjs',
    title: 'a CommonJS project',
    main: 'main.js',
    configs: ['node16.json'],
    files: {
      'package.json': JSON.stringify({ name: 'cjs', private: true }),
      'main.js': `const { RTMPCapture, RxGstError } = require('rxgst')\n${BODY}`,
      'types.ts': TYPES,
      'node16.json': config('node16', 'node16'),
    },
  },
]
