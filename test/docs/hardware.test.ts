// deadline: 200
import { programsRun } from './programs'

programsRun('docs/hardware.md')
