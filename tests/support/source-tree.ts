// Reads the imports and the functions of source files, for tests of the architecture.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Import {
  /** Path of the importing file from the root of the repository. */
  from: string
  /** Path of the imported file from the root, or the name of a package such as `express` or `node:fs`. */
  to: string
  /** Nothing of it is left at run time. */
  typeOnly: boolean
}

/** Source files below a folder, without builds; paths from the root of the repository. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter(
      (file) =>
        /\.(ts|tsx|mjs|js)$/.test(file) && !/\/(dist|node_modules|peers-snippet)\/|\.d\.ts$/.test(file),
    )
    .sort()
}

export const readSource = (file: string): string => readFileSync(root + file, 'utf8')

const parse = (file: string, text: string) => ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true)

/** The folder or file below `collector/src` that a path belongs to, such as `intake` or `event.ts`. */
export function areaOf(file: string): string | undefined {
  const [, area] = /^collector\/src\/([^/]+)/.exec(file) ?? []
  return area
}

/** All imports and re-exports of a file, dynamic ones included. */
export function importsOf(file: string, text = readSource(file)): Import[] {
  const found: Import[] = []
  const add = (specifier: string, typeOnly: boolean) => {
    found.push({ from: file, to: resolve(file, specifier), typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
      add((node.moduleSpecifier as ts.StringLiteral).text, isTypeOnly(node))
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments
      if (specifier && ts.isStringLiteralLike(specifier)) add(specifier.text, false)
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const { literal } = node.argument
      if (ts.isStringLiteral(literal)) add(literal.text, true)
    }
    ts.forEachChild(node, visit)
  }
  visit(parse(file, text))
  return found
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly
  const { importClause } = node
  if (!importClause) return false
  const bindings = importClause.namedBindings
  const named = bindings && ts.isNamedImports(bindings) ? bindings.elements : undefined
  const allTypes = !importClause.name && named?.every((element) => element.isTypeOnly)
  return importClause.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes === true
}

/** A relative specifier names the source file that its `.js` stands for. */
function resolve(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  const path = posix.join(dirname(file), specifier)
  const name = path.replace(/\.js$/, '')
  const exists = (candidate: string) => ts.sys.fileExists(root + candidate)
  return [`${name}.ts`, `${name}.tsx`, path].find(exists) ?? path
}

export interface FunctionSize {
  file: string
  name: string
  lines: number
}

/**
 * Sizes of the outermost functions of a file. A closure counts as part of the function around it. Callbacks of
 * `describe` and tables of data do not count: the functions inside them do.
 */
export function functionsOf(file: string, text = readSource(file)): FunctionSize[] {
  const source = parse(file, text)
  const found: FunctionSize[] = []
  const line = (position: number) => source.getLineAndCharacterOfPosition(position).line
  const visit = (node: ts.Node): void => {
    if (isFunction(node) && node.body && !isSuite(node)) {
      found.push({ file, name: nameOf(node), lines: line(node.end) - line(node.getStart()) + 1 })
    } else ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node)
  )
}

/** `describe('…', () => { … })` and its kin only group tests. */
function isSuite({ parent }: ts.Node): boolean {
  if (!parent || !ts.isCallExpression(parent)) return false
  return /^(describe|suite)\b/.test(parent.expression.getText())
}

function nameOf(node: ts.FunctionLikeDeclaration): string {
  if (node.name) return node.name.getText()
  const { parent } = node
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name.getText()
  return '(anonymous)'
}
