/** The program `rxgst serve …`. */
import { Command } from 'commander'
import { registerServe } from '../../../src/commands/serve.js'

const program = new Command('rxgst')
registerServe(program)
await program.parseAsync()
