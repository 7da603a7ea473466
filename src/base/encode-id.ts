/** Most ids are these alone. */
const NEEDS_NO_CODE = /^[\w-]+$/

/** An id as a part of a URL's path. Through a Buffer, for it may hold half a surrogate pair, on which encodeURIComponent throws. */
export const encodeId = (id: string): string =>
  NEEDS_NO_CODE.test(id) ? id : encodeURIComponent(Buffer.from(id).toString())
