/** A field that chooses one of a few: labelled, with a hint, and kept as it was when a form is refused. */
import type { FieldProps } from './elements.js'

export interface SelectProps extends Pick<FieldProps, 'context' | 'action' | 'name' | 'label' | 'hint'> {
  value: string
  /** Labels by value. */
  options: Readonly<Record<string, string>>
  disabled?: boolean
}

export function Select({ context, action, name, label, hint, value, options, disabled }: SelectProps) {
  const refused = context.refused?.action === action ? context.refused : undefined
  const chosen = refused?.values.text(name) ?? value
  const id = `${action}-${name}`
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={name} disabled={disabled} aria-describedby={hint ? `${id}-hint` : undefined}>
        {Object.entries(options).map(([key, text]) => (
          <option key={key} value={key} selected={key === chosen}>
            {text}
          </option>
        ))}
      </select>
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  )
}
