import type { Signal } from '@preact/signals'

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly of: readonly T[]
  readonly value: Signal<T>
}

/** One of a few, kept in a signal. */
export function Choice<T extends string>({ label, of, value }: ChoiceProps<T>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={value.value}
        onChange={({ currentTarget }) => {
          const chosen = of.find((one) => one === currentTarget.value)
          if (chosen !== undefined) value.value = chosen
        }}
      >
        {of.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  )
}
