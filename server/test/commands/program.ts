/** The commands of access alone, as the tests run them. */
import { Command } from 'commander'
import { registerCtl } from '../../src/commands/ctl.js'
import { registerPasswd } from '../../src/commands/passwd.js'

const program = new Command('rxgst')
registerPasswd(program)
registerCtl(program)
await program.parseAsync()
