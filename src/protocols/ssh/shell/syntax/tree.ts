// What a script is made of once it is parsed: the grammar of POSIX.1-2017, Shell Command Language §2.10, without `&`.

/** Pieces that stand together and become one word or, by splitting and globs, several. */
export type Word = readonly Part[]

export type Part = TextPart | ParameterPart | CommandPart | ArithmeticPart

export interface TextPart {
  readonly kind: 'text'
  readonly text: string
  readonly quoted: boolean
}

/** §2.6.2. `length` is `${#name}`. */
export interface ParameterPart {
  readonly kind: 'parameter'
  readonly name: string
  readonly quoted: boolean
  readonly operator?: ParameterOperator
  readonly word?: Word
}

export type ParameterOperator = 'length' | '-' | ':-' | '=' | ':=' | '?' | ':?' | '+' | ':+' | '%' | '%%' | '#' | '##'

/** §2.6.3. */
export interface CommandPart {
  readonly kind: 'command'
  readonly script: Script
  readonly quoted: boolean
}

/** §2.6.4. */
export interface ArithmeticPart {
  readonly kind: 'arithmetic'
  readonly expression: Word
  readonly quoted: boolean
}

/** And-or lists, one after the other. */
export type Script = readonly AndOr[]

export interface AndOr {
  readonly first: Pipeline
  readonly rest: readonly { readonly when: '&&' | '||'; readonly pipeline: Pipeline }[]
}

export interface Pipeline {
  readonly negated: boolean
  readonly commands: readonly Command[]
}

export type Command = SimpleCommand | CompoundCommand | FunctionDefinition

export interface Assignment {
  readonly name: string
  readonly value: Word
}

export interface SimpleCommand {
  readonly kind: 'simple'
  readonly assignments: readonly Assignment[]
  readonly words: readonly Word[]
  readonly redirections: readonly Redirection[]
}

export type RedirectionOperator = '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '<<'

export interface Redirection {
  readonly fd: number
  readonly operator: RedirectionOperator
  /** The file's name or the descriptor; of a here-document, what it holds. */
  readonly word: Word
}

export interface CompoundCommand {
  readonly kind: 'compound'
  readonly body: Compound
  readonly redirections: readonly Redirection[]
}

export type Compound =
  | { readonly kind: 'group'; readonly script: Script }
  | { readonly kind: 'subshell'; readonly script: Script }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: Script | undefined }
  | { readonly kind: 'loop'; readonly until: boolean; readonly condition: Script; readonly body: Script }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[] | undefined; readonly body: Script }
  | { readonly kind: 'case'; readonly word: Word; readonly items: readonly CaseItem[] }

export interface Branch {
  readonly condition: Script
  readonly body: Script
}

export interface CaseItem {
  readonly patterns: readonly Word[]
  readonly body: Script
}

export interface FunctionDefinition {
  readonly kind: 'function'
  readonly name: string
  readonly body: CompoundCommand
}

export interface SyntaxProblem {
  readonly kind: 'syntax-problem'
  /** As dash says it: `"fi" unexpected`. */
  readonly message: string
  /** More lines could make it whole. */
  readonly incomplete: boolean
}
