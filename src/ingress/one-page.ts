/** Alerta's DEFAULT_PAGE_SIZE. */
const PAGE_SIZE = 50

/** All there is, in the shape of Alerta's lists. */
export function onOnePage(name: string, items: readonly object[]): object {
  const none = items.length === 0
  const page = { page: 1, pageSize: Math.max(items.length, PAGE_SIZE), pages: none ? 0 : 1, more: false }
  return { status: 'ok', ...(none ? { message: 'not found' } : {}), ...page, [name]: items, total: items.length }
}
