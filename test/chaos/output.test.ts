// suite: deep
import { OUTPUT } from './output-scenarios'
import { chaosSuite } from './short'

// Targets that come and go, one at a time. The figures of it are judged by `npm run test:chaos`.
chaosSuite('chaos: output', OUTPUT)
