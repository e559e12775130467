import { afterEach, describe, expect, test, vi } from 'vitest'
import { resetBrowser, settle, visit } from '../../tests/support/snippet/visit.js'

afterEach(() => {
  document.body.replaceChildren()
  resetBrowser()
})

const open = async (html: string, data: Record<string, string> = {}) => {
  document.body.innerHTML = html
  const page = await visit({ script: 'full', data: { pageview: 'off', ...data } })
  await settle()
  const find = (selector: string) => document.querySelector(selector) as HTMLElement
  const fire = async (selector: string, type: string) => {
    const event = new Event(type, { bubbles: true, cancelable: true })
    find(selector).dispatchEvent(event)
    await settle()
    return event
  }
  return { page, find, fire }
}

describe('an element with data-tt-event', () => {
  test('sends its event when a child is clicked', async () => {
    const { page, fire } = await open(
      '<button data-tt-event="AddToCart" data-tt-value="9.5" data-tt-currency="EUR" data-tt-content-id="sku-1"><b>+</b></button>',
    )
    const event = await fire('b', 'click')
    expect(event.defaultPrevented).toBe(false)
    expect(page.sent('AddToCart').map(({ properties }) => properties)).toEqual([
      { value: '9.5', currency: 'EUR', content_type: 'product', contents: [{ content_id: 'sku-1' }] },
    ])
  })

  test('without further attributes sends empty properties', async () => {
    const { page, fire } = await open('<a data-tt-event="Contact">call</a>')
    await fire('a', 'click')
    // The collector drops null values.
    expect(Object.values(page.sent('Contact')[0]?.properties ?? {})).toEqual([null, null, null, null])
  })

  test('that is a form sends its event on submit, not on click', async () => {
    const { page, fire } = await open('<form data-tt-event="Lead"><input><button>go</button></form>')
    await fire('input', 'click')
    await fire('input', 'change')
    await fire('button', 'click')
    expect(page.names()).toEqual([])
    await fire('form', 'submit')
    expect(page.names()).toEqual(['Lead'])
  })

  test.each(['input', 'select', 'textarea'])(
    'that is a field (%s) sends its event on change',
    async (name) => {
      const { page, fire } = await open(`<${name} data-tt-event="Search"></${name}>`)
      await fire(name, 'click')
      expect(page.names()).toEqual([])
      await fire(name, 'change')
      expect(page.names()).toEqual(['Search'])
    },
  )

  test('sends its event even if the page stops propagation', async () => {
    const { page, find, fire } = await open('<button data-tt-event="Lead">go</button>')
    find('button').addEventListener('click', (event) => event.stopImmediatePropagation())
    await fire('button', 'click')
    expect(page.names()).toEqual(['Lead'])
  })

  test('may be added after the script has started', async () => {
    const { page, find, fire } = await open('<p></p>')
    find('p').innerHTML = '<button data-tt-event="Lead">go</button>'
    await fire('button', 'click')
    expect(page.names()).toEqual(['Lead'])
  })

  test('inside another one is the only one that sends', async () => {
    const { page, fire } = await open(
      '<div data-tt-event="Outer"><button data-tt-event="Inner">go</button></div>',
    )
    await fire('button', 'click')
    expect(page.names()).toEqual(['Inner'])
  })
})

test('data-prefix changes the prefix of the attributes', async () => {
  const { page, fire } = await open(
    '<i data-tt-event="A"></i><b data-x-event="B" data-x-currency="EUR"></b>',
    {
      prefix: 'data-x-',
    },
  )
  await fire('i', 'click')
  await fire('b', 'click')
  expect(page.names()).toEqual(['B'])
})

test('clicks on unmarked elements and on the document send nothing and throw nothing', async () => {
  const { page, fire } = await open('<p>text</p>')
  const errors = vi.fn()
  window.addEventListener('error', errors)
  await fire('p', 'click')
  document.dispatchEvent(new Event('click'))
  window.dispatchEvent(new Event('click'))
  window.removeEventListener('error', errors)
  expect(errors).not.toHaveBeenCalled()
  expect(page.names()).toEqual([])
})

test('events of elements are held until consent', async () => {
  const { page, fire } = await open('<b data-tt-event="Lead"></b>', { consent: 'required' })
  await fire('b', 'click')
  expect(page.names()).toEqual([])
  page.tagferry.consent('grant')
  await settle()
  expect(page.names()).toEqual(['Lead'])
})
