import { programsRun } from './programs'

programsRun('docs/introspection.md')
