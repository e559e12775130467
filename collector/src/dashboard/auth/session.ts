/** Authenticates requests over HTTP: log-in, set-up and log-out, session cookies, CSRF and rate limits. */
import type { NextFunction, Request, RequestHandler, Response, Router } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { isLocalHost } from '../../http/local-host.js'
import { minuteMs } from '../../time.js'
import { readForm } from '../form.js'
import type { Auth } from './auth.js'
import { loginPage, messagePage, setUpPage } from './public-pages.js'
import type { Session } from './session-records.js'

const sessionCookie = '__Host-tagferry'
const trustedDeviceCookie = '__Host-tagferry-mark'
const cookieAttributes = 'Path=/; HttpOnly; Secure; SameSite=Strict'
const trustedDeviceSeconds = 31_536_000
const attemptWindowMs = 15 * minuteMs
const maxAttempts = 5

export interface AuthenticatedRequest extends Request {
  session?: Session
}

/** Routes that are added to the router after this see only requests with a session. */
export function addAuth(router: Router, auth: Auth): void {
  const limitAttempts = attemptLimiter(auth)
  addLogin(router, auth, limitAttempts)
  addSetUp(router, auth, limitAttempts)
  router.use(requireSession(auth))
  router.post('/{*path}', sameOriginOnly, requireCsrfToken)
  router.post('/logout', async (request: AuthenticatedRequest, response) => {
    if (request.session) await auth.logOut(request.session)
    logOut(response)
  })
}

function addLogin(router: Router, auth: Auth, limitAttempts: RequestHandler): void {
  router.get('/login', async (_request, response) => {
    response.send(loginPage({ needsSetUp: await auth.needsSetUp() }))
  })
  router.post('/login', sameOriginOnly, limitAttempts, async (request, response) => {
    if (!isPrivate(request)) return sendMessage(response, 403, notPrivate)
    const token = await auth.logIn(readForm(request.body).text('password'))
    if (token === undefined) {
      const needsSetUp = await auth.needsSetUp()
      return void response.status(401).send(loginPage({ needsSetUp, problem: 'Wrong password.' }))
    }
    logIn(response, token, await auth.issueTrustedDeviceToken())
  })
}

function addSetUp(router: Router, auth: Auth, limitAttempts: RequestHandler): void {
  router.get('/setup', async (request, response) => {
    const { searchParams } = new URL(request.originalUrl, 'http://localhost')
    const token = searchParams.get('token') ?? ''
    if (auth.managedByEnv || !(await auth.isValidSetupToken(token)))
      return sendMessage(response, 403, linkUsed)
    response.send(setUpPage({ token }))
  })
  router.post('/setup', sameOriginOnly, limitAttempts, async (request, response) => {
    const form = readForm(request.body)
    const [token, password] = [form.text('token'), form.text('password')]
    if (!isPrivate(request)) return sendMessage(response, 403, notPrivate)
    if (!(await auth.isValidSetupToken(token))) return sendMessage(response, 403, linkUsed)
    const isConfirmed = form.text('again') === password
    const problem = isConfirmed ? await auth.setUp(token, password) : 'The two passwords are not the same.'
    if (problem !== undefined) return void response.status(422).send(setUpPage({ token, problem }))
    const sessionToken = await auth.logIn(password)
    if (sessionToken === undefined) return response.redirect(303, '/admin/login')
    logIn(response, sessionToken, await auth.issueTrustedDeviceToken())
  })
}

function logIn(response: Response, sessionToken: string, trustedDeviceToken: string): void {
  response.append('Set-Cookie', `${sessionCookie}=${sessionToken}; ${cookieAttributes}`)
  response.append(
    'Set-Cookie',
    `${trustedDeviceCookie}=${trustedDeviceToken}; ${cookieAttributes}; Max-Age=${trustedDeviceSeconds}`,
  )
  response.redirect(303, '/admin')
}

/** Removes the session from the browser. */
export function logOut(response: Response): void {
  response.append('Set-Cookie', `${sessionCookie}=; ${cookieAttributes}; Max-Age=0`)
  response.append('Clear-Site-Data', '"cache"')
  response.redirect(303, '/admin/login')
}

interface Message {
  title: string
  text: string
}

const notPrivate: Message = {
  title: 'Not over plain http',
  text: 'Anybody on the way could read the password. Open the dashboard over https, or on the machine itself, such as by: ssh -L 8787:localhost:8787 your-server',
}
const linkUsed: Message = {
  title: 'This link does not open anything any more',
  text: 'It works once, and for a day. Restart tagferry for a new one, or log in.',
}
const loggedOut: Message = {
  title: 'You are logged out',
  text: 'Nothing was changed. Log in and try again.',
}
const stalePage: Message = {
  title: 'This page was too old',
  text: 'Nothing was changed. Go back, load the page again and repeat what you did.',
}
const crossOrigin: Message = {
  title: 'This did not come from the dashboard',
  text: 'Nothing was changed. If you use a proxy, let it pass the Host header on.',
}

function sendMessage(response: Response, status: number, message: Message): void {
  response.status(status).send(messagePage(message))
}

function requireSession(auth: Auth): RequestHandler {
  return async (request: AuthenticatedRequest, response, next) => {
    const token = readCookie(request, sessionCookie)
    const session = token === undefined ? undefined : await auth.findSession(token)
    if (session) {
      request.session = session
      return next()
    }
    if (request.method === 'GET' || request.method === 'HEAD') response.redirect(303, '/admin/login')
    else sendMessage(response, 401, loggedOut)
  }
}

const requireCsrfToken: RequestHandler = (request: AuthenticatedRequest, response, next) => {
  if (readForm(request.body).text('csrf') === request.session?.csrf) return next()
  sendMessage(response, 403, stalePage)
}

/** Browsers send where a form comes from. A client that sends neither header is no browser: nobody can misuse it. */
const sameOriginOnly: RequestHandler = (request, response, next) => {
  const { origin, host, 'sec-fetch-site': fetchSite } = request.headers
  const isSameOrigin = fetchSite === 'same-origin'
  // Under `Referrer-Policy: no-referrer` our own forms have the Origin `null`; Sec-Fetch-Site tells them apart.
  const isForeignOrigin =
    origin !== undefined && !(origin === 'null' && isSameOrigin) && !isOriginOf(origin, [host, request.host])
  const isForeignSite = fetchSite !== undefined && !isSameOrigin && fetchSite !== 'none'
  if (isForeignOrigin || isForeignSite) return sendMessage(response, 403, crossOrigin)
  next()
}

function isOriginOf(origin: string, hosts: (string | undefined)[]): boolean {
  return URL.canParse(origin) && hosts.includes(new URL(origin).host)
}

/** Counts failed attempts by IP address, and apart for each trusted device. */
function attemptLimiter(auth: Auth): RequestHandler {
  return rateLimit({
    windowMs: attemptWindowMs,
    limit: maxAttempts,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    validate: false,
    keyGenerator: async (request) => {
      const token = readCookie(request, trustedDeviceCookie)
      return token && (await auth.isTrustedDevice(token)) ? token : ipKeyGenerator(request.ip ?? '', 64)
    },
    handler: (_request: Request, response: Response, _next: NextFunction, { windowMs }) =>
      sendMessage(response, 429, {
        title: 'Too many attempts',
        text: `Wait ${windowMs / minuteMs} minutes. A browser that has been logged in before has tries of its own.`,
      }),
  })
}

/** Nobody between the browser and this process can read the request. */
function isPrivate(request: Request): boolean {
  // A request of HTTP/1.0 may come without a Host header.
  return request.secure || isLocalHost(request.hostname ?? '')
}

function readCookie(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=')
    if (key === name && value && /^[\w.-]{20,200}$/.test(value)) return value
  }
  return undefined
}
