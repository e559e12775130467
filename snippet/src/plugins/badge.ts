/**
 * Shows an error on the page when the report of an installation check cannot be sent. The shadow root keeps the
 * page's styles out. Styles are set by script, because a strict Content-Security-Policy forbids style elements.
 */
const style: Record<string, string> = {
  position: 'fixed',
  right: '16px',
  bottom: '16px',
  'z-index': '2147483647',
  // With only `right` set, the box would reach the left edge of a phone.
  'box-sizing': 'border-box',
  'max-width': 'min(456px, calc(100% - 32px))',
  padding: '12px 16px',
  border: '2px solid #b3261e',
  'border-radius': '8px',
  background: '#fff',
  color: '#1b1b1b',
  font: '14px/1.5 system-ui, sans-serif',
}

/** `code` is what to copy or look at, such as the missing line of a policy. */
export const showBadge = (cause: string, code?: string) => {
  const host = document.createElement('tagferry-badge')
  const box = document.createElement('div')
  for (const name in style) box.style.setProperty(name, style[name] as string)
  box.setAttribute('role', 'alert')
  const add = (tag: string, text: string) => {
    const element = document.createElement(tag)
    element.textContent = text
    box.append(element)
    return element
  }
  add('strong', 'tagferry: the check has failed. ')
  add('span', `${cause} `)
  if (code) add('code', code)
  const close = add('button', '×')
  close.setAttribute('aria-label', 'Close')
  close.style.setProperty('margin-left', '8px')
  close.addEventListener('click', () => host.remove())
  host.attachShadow({ mode: 'open' }).append(box)
  document.documentElement.append(host)
}
