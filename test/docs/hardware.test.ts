import { programsRun } from './programs'

programsRun('docs/hardware.md')
