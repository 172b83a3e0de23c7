// suite: deep
import { encodingsRun } from './programs'

encodingsRun('docs/captions.md')
