import { encodingsRun } from './programs'

encodingsRun('docs/relay.md')
