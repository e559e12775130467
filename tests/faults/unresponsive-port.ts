// A port whose connections are never accepted: the queue of its listener is full.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { killOnExit } from '../support/temporary.js'
import { sleep } from '../support/wait.js'

const listen = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
  console.log(this.address().port)
})`

export interface UnresponsivePort {
  port: number
  end(): void
}

/** The system drops packets to a full queue, so that not even a SYN is answered. */
export async function startUnresponsivePort(): Promise<UnresponsivePort> {
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] })
  killOnExit(child)
  const [printed] = await once(child.stdout, 'data')
  const port = Number(printed)
  child.kill('SIGSTOP')
  const fillers: Socket[] = []
  for (let filler = 0; filler < 4; filler++) fillers.push(connect(port, '127.0.0.1').on('error', () => {}))
  await sleep(200)
  return {
    port,
    end() {
      for (const filler of fillers) filler.destroy()
      child.kill('SIGKILL')
    },
  }
}
