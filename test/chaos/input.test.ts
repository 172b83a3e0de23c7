// suite: deep
import { INPUT } from './input-scenarios'
import { chaosSuite } from './short'

// The air of an output while its input comes and goes. The figures of it are judged by `npm run test:chaos`.
chaosSuite('chaos: input', INPUT)
