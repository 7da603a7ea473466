import fc from 'fast-check'
import { isSearch } from './search.js'

/** Properties look at the same cases in each run, so that a change is judged by what it changes. A failure names its seed. */
if (!isSearch) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_122 })
