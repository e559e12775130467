/** Knows how elements are made: text nodes only, never markup from a string. */

/** `make('span', {class: 'chip', 'data-x': 1}, 'text', child)`; null and false children are left out. */
export const make = (name, attributes, ...children) => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, String(value))
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

/** The element with an id; the page is broken without it. */
export const find = (id) => document.getElementById(id)
