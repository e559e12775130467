// Makes valid and invalid certificates for a test, with the openssl command.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDir } from '../support/temporary.js'
import { MissingPrerequisite } from './row.js'

export interface Certificates {
  /** Path of the certificate authority that a collector must trust. */
  authority: string
  good: KeyPair
  expired: KeyPair
  selfSigned: KeyPair
  wrongHost: KeyPair
}

export interface KeyPair {
  key: Buffer
  cert: Buffer
}

const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

/** @param host name in the valid certificates */
export function makeCertificates(host: string): Certificates {
  const dir = temporaryDir()
  const openssl = (line: string) => {
    const { error, status, stderr } = spawnSync('openssl', line.split(' '), { cwd: dir, encoding: 'utf8' })
    if (error) throw new MissingPrerequisite('openssl is missing: install it (apt-get install openssl).')
    if (status !== 0) throw new Error(`openssl ${line}: ${stderr}`)
  }
  const pair = (name: string): KeyPair => ({
    key: readFileSync(join(dir, `${name}.key`)),
    cert: readFileSync(join(dir, `${name}.pem`)),
  })
  openssl(`req -x509 ${newKey} -keyout authority.key -out authority.pem -days 2 -subj /CN=authority`)
  writeFileSync(join(dir, 'serial.txt'), '')
  writeFileSync(join(dir, 'serial'), '01')
  writeFileSync(
    join(dir, 'authority.cnf'),
    `[ca]\ndefault_ca = it\n[it]\ndatabase = serial.txt\nserial = serial\nnew_certs_dir = .\ncertificate = authority.pem
private_key = authority.key\ndefault_md = sha256\npolicy = any\nunique_subject = no\n[any]\ncommonName = supplied\n`,
  )
  const signed = (name: string, to: string, dates: string): KeyPair => {
    writeFileSync(join(dir, `${name}.ext`), `subjectAltName = DNS:${to}\n`)
    openssl(`req ${newKey} -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`)
    openssl(
      `ca -batch -config authority.cnf -in ${name}.csr -out ${name}.pem -notext -extfile ${name}.ext ${dates}`,
    )
    return pair(name)
  }
  openssl(
    `req -x509 ${newKey} -keyout self.key -out self.pem -days 2 -subj /CN=self -addext subjectAltName=DNS:${host}`,
  )
  return {
    authority: join(dir, 'authority.pem'),
    good: signed('good', host, '-days 2'),
    expired: signed('expired', host, '-startdate 20200101000000Z -enddate 20200201000000Z'),
    selfSigned: pair('self'),
    wrongHost: signed('other', 'other.example', '-days 2'),
  }
}
