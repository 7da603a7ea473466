#!/usr/bin/env node
import { addDestinations } from './cli/commands/destinations.js'
import { addLetters } from './cli/commands/letters.js'
import { addResyncs } from './cli/commands/resyncs.js'
import { addRunning } from './cli/commands/running.js'
import { addTools } from './cli/commands/tools.js'
import type { Io } from './cli/io.js'
import { createProgram } from './cli/program.js'
import { stopSignal } from './cli/signals.js'

const io: Io = { stdout: process.stdout, stderr: process.stderr, env: process.env, signal: stopSignal() }
const program = createProgram(io)
for (const add of [addRunning, addDestinations, addLetters, addResyncs, addTools]) add(program)
await program.root.parseAsync()
