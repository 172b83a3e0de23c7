// deadline: 400
import { encodingsRun } from './programs'

encodingsRun('docs/pipelines.md')
