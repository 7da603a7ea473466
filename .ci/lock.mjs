import { closeSync, linkSync, openSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'

/** The holder shows every second that it lives; one who has not for so long is gone (also across containers). */
const BEAT_MS = 1_000
const STALE_MS = 15_000

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until this process alone holds the lock file; returns the release. A holder that died is replaced. */
export async function lock(file, say) {
  let told = false
  while (!take(file)) {
    if (!told) say('another run is at it, waiting for it to end')
    told = true
    breakStale(file)
    await pause(100)
  }
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), BEAT_MS)
  return () => {
    clearInterval(beat)
    rmSync(file, { force: true })
  }
}

function take(file) {
  try {
    closeSync(openSync(file, 'wx'))
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** Renaming lets only one of several waiters have a given file; one that proves to be a newer holder's goes back. */
function breakStale(file) {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined || Date.now() - found.mtimeMs < STALE_MS) return
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if (error.code === 'ENOENT') return
    throw error
  }
  if (statSync(aside).ino !== found.ino) linkSync(aside, file)
  rmSync(aside)
}
