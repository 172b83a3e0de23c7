import { encodingsRun } from './programs'

encodingsRun('docs/hardware.md')
