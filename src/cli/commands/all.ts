import type { Io } from '../io.js'
import { createProgram, type Program } from '../program.js'
import { addBackups } from './backups.js'
import { addCompletion } from './completion.js'
import { addDestinations } from './destinations.js'
import { addExamples } from './examples.js'
import { addLetters } from './letters.js'
import { addMoves } from './moves.js'
import { addOperators } from './operators.js'
import { addResyncs } from './resyncs.js'
import { addRunning } from './running.js'
import { addScreens } from './screens.js'
import { addStories } from './stories.js'
import { addTools } from './tools.js'

/** As the help shows them: what is asked first in the night stands first. */
const GROUPS = [
  ['What is going on:', [addScreens]],
  ['What happened to an alert:', [addStories]],
  ['Destinations, their queues and dead letters:', [addDestinations, addLetters, addResyncs, addMoves]],
  ['The relay, who may use it, and who did:', [addRunning, addOperators, addBackups]],
  ['Beside the relay:', [addTools, addCompletion]],
] as const

/** The program with all its commands. */
export function commandsOf(io: Io): Program {
  const program = createProgram(io)
  for (const [group, adds] of GROUPS) {
    program.root.commandsGroup(group)
    for (const add of adds) add(program)
  }
  // among the last group too
  program.root.helpCommand(true)
  addExamples(program)
  return program
}
