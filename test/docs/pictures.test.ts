// suite: deep
import { encodingsRun } from './programs'

encodingsRun('docs/pictures.md')
