/** Most texts that stand in a URL or a header are these alone. */
const NEEDS_NO_CODE = /^[\w-]+$/

/** As encodeURIComponent, but through a Buffer: that throws on half a surrogate pair, which what a peer told may hold. */
export const percentEncoded = (text: string): string =>
  NEEDS_NO_CODE.test(text) ? text : encodeURIComponent(Buffer.from(text).toString())
