import { encodingsRun } from './programs'

encodingsRun('docs/introspection.md')
