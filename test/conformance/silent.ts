import type { Log } from '../../src/base/log.js'

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }
