import type { ShownDestination, ShownSender } from '../../../management/console-look.js'
import { amount, stateShown, whyShown } from '../destination-state.js'
import { count, rate, several } from '../format.js'
import { around, branch, curve, Edge, Shape, trunkLine } from '../map-edges.js'
import { type Box, type FurtherNode, type Layout, WIDTH } from '../map-layout.js'
import { toneOf } from '../parts/state.js'
import { beyond, destinations, relay } from '../pulse.js'
import { to } from '../router.js'

/** Who sends, this relay, where it sends to, and where those send to. */
export function MapDrawing({ layout }: { layout: Layout }) {
  const { us, height } = layout
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing is no form
    <svg
      class={layout.isDense ? 'dense' : ''}
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="group"
      aria-label="Map of the federation"
    >
      <defs>
        <marker
          id="arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="9"
          markerHeight="9"
          orient="auto-start-reverse"
          markerUnits="userSpaceOnUse"
        >
          <path class="arrowhead" d="M1 1 7 4 1 7Z" />
        </marker>
      </defs>
      <Headings layout={layout} />
      <Lines layout={layout} />
      {layout.senders.map(({ sender, ...box }) => (
        <SenderNode key={sender.credential + sender.address} box={box} sender={sender} />
      ))}
      {layout.otherSenders > 0 && (
        <text class="note" x={12} y={height - 6}>
          and {several(layout.otherSenders, 'other sender')}
        </text>
      )}
      <a class="node us" href="#/about">
        <rect x={us.x} y={us.y} width={us.width} height={us.height} rx={12} />
        <text class="name" x={us.x + us.width / 2} y={us.y + 31} text-anchor="middle">
          This relay
        </text>
        <text class="note" x={us.x + us.width / 2} y={us.y + 51} text-anchor="middle">
          {cut(hostOf(relay.value?.baseUrl ?? ''), 25)}
        </text>
      </a>
      {destinations.value.map((one) => {
        const box = layout.destinations.get(one.name)
        return box === undefined ? null : (
          <DestinationNode key={one.name} box={box} one={one} isDense={layout.isDense} />
        )
      })}
      {layout.beyond.map((node) => (
        <BeyondNode key={node.identity} node={node} />
      ))}
    </svg>
  )
}

const Headings = ({ layout }: { layout: Layout }) => (
  <>
    <text class="heading" x={6} y={16}>
      {layout.senders.length === 0 ? 'Nobody has sent anything yet' : 'Senders'}
    </text>
    {!layout.isDense && (
      <text class="heading" x={530} y={16}>
        Destinations
      </text>
    )}
    {layout.beyond.length > 0 && (
      <text class="heading" x={958} y={16}>
        Theirs
      </text>
    )}
  </>
)

function Lines({ layout }: { layout: Layout }) {
  const { us, isDense, trunks } = layout
  const columns = [...new Set([...layout.destinations.values()].map(({ x }) => x))]
  return (
    <>
      {layout.senders.map(({ sender, ...box }) => (
        <Edge
          key={sender.credential + sender.address}
          {...curve(box, us)}
          state={sender.known ? 'flowing' : 'suspended'}
          rate={sender.acceptedPerSecond}
          isBare
        />
      ))}
      {trunks.map((trunk, i) => {
        const boxes = [...layout.destinations.values()].filter(({ x }) => x === columns[i])
        return <path key={trunk} class="edge" d={trunkLine(us, trunk, boxes, i === 0)} stroke-width={2} />
      })}
      {/* what is well is drawn first: what is not lies on top of it */}
      {destinations.value.toReversed().map((one) => {
        const box = layout.destinations.get(one.name)
        if (box === undefined) return null
        const column = columns.indexOf(box.x)
        const back = layout.back.get(one.name)
        const line = isDense ? branch(trunks[column] ?? 0, box) : curve(us, box, back === undefined ? 0 : -7)
        return (
          <g key={one.name} data-edge={one.name} data-state={stateShown(one)}>
            <Edge {...line} state={stateShown(one)} rate={one.deliveredPerSecond} isBare={isDense} />
            {back !== undefined && !isDense && (
              <Edge {...curve(us, box, 7)} state={stateShown(back)} rate={back.queued === 0 ? 0.01 : 0} isBack isBare />
            )}
          </g>
        )
      })}
      {layout.furtherEdges.map(({ from, state, to, queued }) => {
        const start = layout.destinations.get(from)
        const end =
          to.kind === 'ours'
            ? layout.destinations.get(to.name)
            : layout.beyond.find(({ identity }) => identity === to.identity)
        if (start === undefined || end === undefined) return null
        const line = to.kind === 'ours' ? around(start, end) : curve(start, end)
        const key = `${from} ${to.kind === 'ours' ? to.name : to.identity}`
        return <Edge key={key} {...line} state={state} rate={queued > 0 ? 0.01 : 0} />
      })}
    </>
  )
}

function SenderNode({ box, sender }: { box: Box; sender: ShownSender }) {
  const refusals = Object.values(sender.refused).reduce((sum, n) => sum + n, 0)
  const isKnown = sender.known
  return (
    <g class={isKnown ? 'node' : 'node in-trouble tone-warn'}>
      <title>
        {`${sender.credential} from ${sender.address}: ${count(sender.accepted)} accepted, ${count(refusals)} refused${sender.lastError === null ? '' : `; ${sender.lastError.why}`}`}
      </title>
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={9} />
      <text class="name" x={box.x + 13} y={box.y + 20}>
        {cut(isKnown ? sender.credential : `refused (${sender.credential})`, 17)}
      </text>
      <text class="note" x={box.x + 13} y={box.y + 37}>
        {cut(sender.address, 22)}
      </text>
      <text class="amount" x={box.x + box.width - 12} y={box.y + 20}>
        {isKnown ? `${rate(sender.acceptedPerSecond)}/s` : `${count(refusals)}×`}
      </text>
    </g>
  )
}

function DestinationNode({ box, one, isDense }: { box: Box; one: ShownDestination; isDense: boolean }) {
  const state = stateShown(one)
  const tone = toneOf(state)
  const isPair = beyond.value.some(({ name, told }) => name === one.name && told?.destinations.some(isUs))
  const kind = isPair ? 'pair' : (one.kind ?? '')
  const note = whyShown(one) || [kind, hostOf(one.url ?? '')].filter((part) => part !== '').join(' · ')
  const { x, y, width, height } = box
  const first = isDense ? y + height / 2 + 5 : y + height / 2 - 5
  const seen = {
    name: cut(one.name, isDense ? 18 : 24),
    amount: amount(one),
    note: isDense ? '' : cut(`${tone === 'well' ? '' : `${state}: `}${note}`, width > 400 ? 62 : 46),
  }
  return (
    // it is called what is written in it: the state of what is well is told by the table below
    <a class={tone === 'well' ? 'node' : `node in-trouble tone-${tone}`} href={to(['destinations', one.name])}>
      <rect x={x} y={y} width={width} height={height} rx={isDense ? 7 : 10} />
      <Shape x={x + 12} y={isDense ? y + height / 2 - 6 : first - 11} size={12} state={state} />
      <text class="name" x={x + 32} y={first}>
        {seen.name}
      </text>
      <text class="amount" x={x + width - 13} y={first}>
        {seen.amount}
      </text>
      {seen.note !== '' && (
        <text class="note" x={x + 32} y={first + 19}>
          {seen.note}
        </text>
      )}
    </a>
  )
}

const isUs = ({ identities }: { readonly identities: readonly string[] }): boolean =>
  identities.some((identity) => relay.value?.identities.includes(identity))

function BeyondNode({ node }: { node: FurtherNode }) {
  const state = stateShown(node)
  const tone = toneOf(state)
  return (
    <g class={tone === 'well' ? 'node' : `node in-trouble tone-${tone}`}>
      <title>{`${node.name} (${node.identity}): ${state}, ${count(node.queued)} queued`}</title>
      <rect x={node.x} y={node.y} width={node.width} height={node.height} rx={9} />
      <Shape x={node.x + 12} y={node.y + node.height / 2 - 6} size={12} state={state} />
      <text class="name" x={node.x + 32} y={node.y + node.height / 2 + 5}>
        {cut(node.name, 17)}
      </text>
      <text class="amount" x={node.x + node.width - 12} y={node.y + node.height / 2 + 5}>
        {tone === 'well' && node.queued === 0 ? '' : node.queued > 0 ? `${count(node.queued)} queued` : state}
      </text>
    </g>
  )
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url)
