// suite: deep
import { encodingsRun } from './programs'

encodingsRun('docs/from-fmus-vid.md')
