import type { ShownMessage } from '../../../management/story-shown.js'
import { answerOf, skipShown, titleOf } from '../message-words.js'
import { to } from '../router.js'
import { Moment } from './moment.js'
import { State } from './state.js'

/** Messages with what became of them at one destination. */
export const Attempts = ({ messages, destination }: { messages: readonly ShownMessage[]; destination: string }) => (
  <div class="scroll">
    <table class="stacked">
      <thead>
        <tr>
          <th scope="col">Message</th>
          <th scope="col">There</th>
          <th scope="col">Answer</th>
          <th scope="col" class="number">
            Came
          </th>
        </tr>
      </thead>
      <tbody>
        {messages.map((message) => {
          const there = message.deliveries.find((delivery) => delivery.destination === destination)
          const skipped = message.skipped.find((skip) => skip.destination === destination)
          return (
            <tr key={message.message} class="row-link">
              <td class="break">
                <a href={to(['messages', message.message])}>{titleOf(message)}</a>
                <span class="sub">{message.says}</span>
              </td>
              <td>
                <State state={there?.state ?? 'skipped'} />
              </td>
              <td class="break wide">{there === undefined ? skipShown(skipped?.why ?? '') : answerOf(there) || '–'}</td>
              <td class="number" data-label="Came">
                <Moment at={message.acceptedAt} />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  </div>
)
