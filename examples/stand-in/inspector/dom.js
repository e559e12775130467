/** Creates elements from text nodes, never from markup in a string. */

const fill = (element, attributes, children) => {
  for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, String(value))
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

/** `make('span', {class: 'chip', 'data-x': 1}, 'text', child)`; null and false children are left out. */
export const make = (name, attributes, ...children) =>
  fill(document.createElement(name), attributes, children)

/** `make` for SVG elements. */
export const makeSvg = (name, attributes, ...children) =>
  fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)

/** The element with an id. */
export const byId = (id) => document.getElementById(id)

const SHAPES = { passed: 'm3 8.5 3.2 3.2L13 5', warned: 'M8 2.5v7M8 12.2v1.3', refused: 'm4 4 8 8m0-8-8 8' }

/** A tick, an exclamation mark or a cross. It is hidden from screen readers, so add the word beside it. */
export const icon = (name) =>
  makeSvg(
    'svg',
    { class: `icon ${name}`, viewBox: '0 0 16 16', width: 12, height: 12, 'aria-hidden': 'true' },
    makeSvg('path', { d: SHAPES[name], fill: 'none', stroke: 'currentColor', 'stroke-width': 2.4 }),
  )

/** Text for screen readers only. */
export const hidden = (text) => make('span', { class: 'hidden' }, text)
