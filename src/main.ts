#!/usr/bin/env node
import { commandsOf } from './cli/commands/all.js'
import { processIo } from './cli/io.js'
import { stopSignal } from './cli/signals.js'

await commandsOf(processIo(stopSignal())).root.parseAsync()
