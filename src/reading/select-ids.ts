import { type AlertReads, QueryTooMuch } from '../store/alert-reads.js'
import { readQuery } from './query.js'
import { badRequest } from './refusals.js'

/** Alerta's BULK_QUERY_LIMIT: so many alerts can be meant at once. */
const MOST_IDS = 100_000

/** The ids of the alerts that the parameters of a request are about, for what is done to all of them. */
export const createSelectIds =
  (alerts: Pick<AlertReads, 'ids'>) =>
  async (parameters: URLSearchParams, customers: readonly string[]): Promise<readonly string[]> => {
    try {
      return await alerts.ids(readQuery(parameters, customers), MOST_IDS)
    } catch (error) {
      throw error instanceof QueryTooMuch ? badRequest(error.message) : error
    }
  }
