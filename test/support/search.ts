/** RUNS=5000 makes a search of a property: so many histories, each time other ones. HOSTILE_RUNS does that for test/hostile. */
export const isSearch = process.env.RUNS !== undefined || process.env.HOSTILE_RUNS !== undefined

export const runs = (usual: number): number => Number(process.env.RUNS ?? usual)

/** For a property whose histories take long. */
export const PATIENCE_MS = isSearch ? 12 * 60 * 60_000 : 120_000
