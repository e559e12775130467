/** Renders code with a button that copies it; the client script shows the button. */

export const Copyable = ({ text, label }: { text: string; label: string }) => (
  <div class="copyable">
    <pre>
      <code>{text}</code>
    </pre>
    <button type="button" class="plain" data-copy={text} hidden>
      {label}
    </button>
  </div>
)
