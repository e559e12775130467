/** Renders a complete HTML document with its head. */
import type { ComponentChildren } from 'preact'
import { renderToString } from 'preact-render-to-string'

export interface DocumentProps {
  title: string
  /** Loads the client script. */
  hasClientScript?: boolean
  children: ComponentChildren
}

export function renderDocument({ title, hasClientScript = false, children }: DocumentProps): string {
  const html = renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · tagferry`}</title>
        <link rel="stylesheet" href="/admin/static/admin.css" />
        <link rel="icon" href="/admin/static/icon.svg" type="image/svg+xml" />
        {hasClientScript && <script type="module" src="/admin/static/client.js" />}
      </head>
      <body>{children}</body>
    </html>,
  )
  return `<!doctype html>${html}`
}
