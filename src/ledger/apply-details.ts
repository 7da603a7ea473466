import { mergedAttributes, mergedTags } from '../model/details.js'
import type { AlertState, Applied } from '../model/ledger.js'
import type { Draft } from '../model/message.js'

type DetailsDraft = Extract<Draft, { kind: 'tag' | 'untag' | 'attributes' }>

/** Tags as a set, attributes by name; neither leaves a trace in the history (alerta/database/backends, 9.1.0). */
export const applyDetails = (draft: DetailsDraft, state: AlertState): Applied => ({
  state: detailed(draft, state),
  entry: undefined,
  changed: false,
  refused: undefined,
})

function detailed(draft: DetailsDraft, state: AlertState): AlertState {
  switch (draft.kind) {
    case 'tag':
      return { ...state, tags: mergedTags(state.tags, draft.tags) }
    case 'untag':
      return { ...state, tags: state.tags.filter((tag) => !draft.tags.includes(tag)) }
    case 'attributes':
      return { ...state, attributes: merged(state.attributes, draft.attributes) }
  }
}

/** Null takes one away, also one that was null before. */
const merged = (known: AlertState['attributes'], told: AlertState['attributes']): AlertState['attributes'] =>
  Object.fromEntries(Object.entries(mergedAttributes(known, told)).filter(([, value]) => value !== null))
