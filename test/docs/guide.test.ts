// deadline: 400
import { programsRun } from './programs'

programsRun('docs/guide.md')
