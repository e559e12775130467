/** Renders the labelled fields of a form: text, JSON, selection, switch. */
import type { ComponentChildren } from 'preact'
import type { Context } from '../page.js'
import { Problem, submissionOf } from './action-form.js'

interface LabelProps {
  context: Context
  /** The action of the form around it. */
  action: string
  name: string
  label: string
  hint?: ComponentChildren
}

export interface FieldProps extends LabelProps {
  value?: string
  type?: 'text' | 'password' | 'search'
  placeholder?: string
  required?: boolean
  readonly?: boolean
}

/** A text field. It keeps the value of a form that is shown again, unless it is a password. */
export function Field(props: FieldProps) {
  const { context, action, name, label, hint, type = 'text', value, ...rest } = props
  const submission = submissionOf(context, action)
  const problem = submission?.problems[name]
  const currentValue = type === 'password' ? undefined : (submission?.values.text(name) ?? value)
  const id = `${action}-${name}`
  const describedBy = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        id={id}
        name={name}
        type={type as 'text'}
        value={currentValue}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={describedBy || undefined}
      />
      <Problem id={`${id}-problem`} text={problem} />
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  )
}

export interface JsonFieldProps extends LabelProps {
  value: string
}

/** A field for JSON in several lines. */
export function JsonField({ context, action, name, label, hint, value }: JsonFieldProps) {
  const submission = submissionOf(context, action)
  const problem = submission?.problems[name]
  const describedBy = problem ? `${name}-problem ${name}-hint` : `${name}-hint`
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <textarea
        id={name}
        name={name}
        rows={18}
        spellcheck={false}
        class="json"
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={describedBy}
        value={submission?.values.raw(name) || value}
      />
      <Problem id={`${name}-problem`} text={problem} />
      <small id={`${name}-hint`}>{hint}</small>
    </div>
  )
}

export interface SelectProps extends LabelProps {
  value: string
  /** Labels by value. */
  options: Readonly<Record<string, string>>
  disabled?: boolean
}

export function Select({ context, action, name, label, hint, value, options, disabled }: SelectProps) {
  const selected = submissionOf(context, action)?.values.text(name) ?? value
  const id = `${action}-${name}`
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={name} disabled={disabled} aria-describedby={hint ? `${id}-hint` : undefined}>
        {Object.entries(options).map(([key, text]) => (
          <option key={key} value={key} selected={key === selected}>
            {text}
          </option>
        ))}
      </select>
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  )
}

export interface SwitchProps {
  name: string
  label: string
  checked: boolean
  disabled?: boolean
}

export const Switch = ({ name, label, checked, disabled }: SwitchProps) => (
  <label class="switch">
    {/* biome-ignore lint/a11y/useAriaPropsForRole: a checkbox reports its checked state natively. */}
    <input type="checkbox" role="switch" name={name} defaultChecked={checked} disabled={disabled} />
    {label}
  </label>
)
