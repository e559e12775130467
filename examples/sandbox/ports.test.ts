/** Chooses a port while another server listens on the wanted one. */
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { choosePort } from './ports.js'

test('a taken port is reported and replaced', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const taken = (other.address() as AddressInfo).port
  const logged: string[] = []
  const port = await choosePort(taken, 'the shop', (sentence) => logged.push(sentence))
  await new Promise((resolve) => other.close(resolve))
  expect(port).not.toBe(taken)
  expect(logged).toEqual([`Port ${taken} is taken, so the shop uses ${port}.`])
  expect(await choosePort(taken, 'the shop', (sentence) => logged.push(sentence))).toBe(taken)
  expect(logged).toHaveLength(1)
})
