/** Entering and leaving over HTTP: cookies, log-in, set-up link, and what a request must show to change anything. */
import type { NextFunction, Request, RequestHandler, Response, Router } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { readForm } from '../form.js'
import type { Auth, Session } from './auth.js'
import { loginPage, messagePage, setUpPage } from './public-pages.js'

const sessionCookie = '__Host-tagferry'
const trustedDeviceCookie = '__Host-tagferry-mark'
const attributes = 'Path=/; HttpOnly; Secure; SameSite=Strict'
const yearSeconds = 31_536_000

export interface AuthenticatedRequest extends Request {
  session?: Session
}

/** Log-in, set-up and log-out; after these a request has a session, or was turned away. */
export function addAuth(router: Router, auth: Auth): void {
  router.get('/login', async (_request, response) => {
    response.send(loginPage({ needsSetUp: await auth.needsSetUp() }))
  })
  router.post('/login', ownPagesOnly, limitGuesses(auth), async (request, response) => {
    if (!isPrivate(request)) return void response.status(403).send(messagePage(notPrivate))
    const token = await auth.logIn(readForm(request.body).text('password'))
    if (token === undefined) {
      const needsSetUp = await auth.needsSetUp()
      return void response.status(401).send(loginPage({ needsSetUp, problem: 'This is not the password.' }))
    }
    logIn(response, token, await auth.issueTrustedDeviceToken())
  })
  router.get('/setup', async (request, response) => {
    const token = new URL(request.originalUrl, 'http://localhost').searchParams.get('token') ?? ''
    if (auth.managedByEnv || !(await auth.isValidSetupToken(token)))
      return void response.status(403).send(messagePage(usedUp))
    response.send(setUpPage({ token }))
  })
  router.post('/setup', ownPagesOnly, limitGuesses(auth), async (request, response) => {
    const form = readForm(request.body)
    const [token, password] = [form.text('token'), form.text('password')]
    if (!isPrivate(request)) return void response.status(403).send(messagePage(notPrivate))
    if (!(await auth.isValidSetupToken(token))) return void response.status(403).send(messagePage(usedUp))
    const repeated = form.text('again') === password
    const problem = repeated ? await auth.setUp(token, password) : 'The two passwords are not the same.'
    if (problem !== undefined) return void response.status(422).send(setUpPage({ token, problem }))
    const opened = await auth.logIn(password)
    if (opened === undefined) return response.redirect(303, '/admin/login')
    logIn(response, opened, await auth.issueTrustedDeviceToken())
  })
  router.use(async (request: AuthenticatedRequest, response, next) => {
    const token = cookie(request, sessionCookie)
    const session = token === undefined ? undefined : await auth.find(token)
    if (session) request.session = session
    else if (request.method === 'GET' || request.method === 'HEAD')
      return response.redirect(303, '/admin/login')
    else return void response.status(401).send(messagePage(loggedOut))
    next()
  })
  router.post('/{*path}', ownPagesOnly, (request: AuthenticatedRequest, response, next) => {
    if (readForm(request.body).text('csrf') === request.session?.csrf) return next()
    response.status(403).send(messagePage(stale))
  })
  router.post('/logout', async (request: AuthenticatedRequest, response) => {
    if (request.session) await auth.logOut(request.session)
    logOut(response)
  })
}

/** Ends the session in the browser. */
export function logOut(response: Response): void {
  response.append('Set-Cookie', `${sessionCookie}=; ${attributes}; Max-Age=0`)
  response.append('Clear-Site-Data', '"cache"')
  response.redirect(303, '/admin/login')
}

function logIn(response: Response, token: string, mark: string): void {
  response.append('Set-Cookie', `${sessionCookie}=${token}; ${attributes}`)
  response.append('Set-Cookie', `${trustedDeviceCookie}=${mark}; ${attributes}; Max-Age=${yearSeconds}`)
  response.redirect(303, '/admin')
}

const notPrivate = {
  title: 'Not over plain http',
  text: 'Anybody on the way could read the password. Open the dashboard over https, or on the machine itself, such as by: ssh -L 8787:localhost:8787 your-server',
}
const usedUp = {
  title: 'This link does not open anything any more',
  text: 'It works once, and for a day. Restart tagferry for a new one, or log in.',
}
const loggedOut = { title: 'You are logged out', text: 'Nothing was changed. Log in and try again.' }
const stale = {
  title: 'This page was too old',
  text: 'Nothing was changed. Go back, load the page again and repeat what you did.',
}
const foreign = {
  title: 'This did not come from the dashboard',
  text: 'Nothing was changed. If you use a proxy, let it pass the Host header on.',
}

/** Browsers say where a form stood; who says nothing is no browser, and has no cookie that it was lent. */
const ownPagesOnly: RequestHandler = (request, response, next) => {
  const { origin, host, 'sec-fetch-site': site } = request.headers
  const own = site === 'same-origin'
  // With our own Referrer-Policy a form of ours has the Origin `null`, and only the other header tells whose it is.
  const foreignOrigin =
    origin !== undefined && !(origin === 'null' && own) && !isOrigin(origin, [host, request.host])
  if (foreignOrigin || (site !== undefined && !own && site !== 'none'))
    return void response.status(403).send(messagePage(foreign))
  next()
}

function isOrigin(origin: string, hosts: (string | undefined)[]): boolean {
  return URL.canParse(origin) && hosts.includes(new URL(origin).host)
}

/** Five tries in a quarter of an hour, for each address, and apart for each browser that has been in before. */
function limitGuesses(auth: Auth): RequestHandler {
  return rateLimit({
    windowMs: 15 * 60_000,
    limit: 5,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    validate: false,
    keyGenerator: async (request) => {
      const mark = cookie(request, trustedDeviceCookie)
      return mark && (await auth.isTrustedDevice(mark)) ? mark : ipKeyGenerator(request.ip ?? '', 64)
    },
    handler: (_request: Request, response: Response, _next: NextFunction, { windowMs }) => {
      const title = 'Too many tries'
      const text = `Wait ${windowMs / 60_000} minutes. A browser that has been logged in before has tries of its own.`
      response.status(429).send(messagePage({ title, text }))
    },
  })
}

function isPrivate(request: Request): boolean {
  return request.secure || /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(request.hostname)
}

function cookie(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=')
    if (key === name && value && /^[\w.-]{20,200}$/.test(value)) return value
  }
  return undefined
}
