// What one scripted shell may use. Every limit that is reached ends what runs, with a line on stderr and one event.

export interface ShellLimits {
  /** Bytes of one line, or of a whole script. ARG_MAX of Linux for one argument (MAX_ARG_STRLEN, execve(2)). */
  readonly scriptMaxBytes: number
  /** Compounds, substitutions and functions within each other. Deeper scripts are made by machines. */
  readonly nestingMax: number
  /** Commands run, loop rounds included, for one line. About ten seconds of work. */
  readonly stepsMax: number
  /** Commands in one pipeline. */
  readonly pipelineMax: number
  /** Bytes of all variables, and of one substitution or word. ARG_MAX is 2 MiB with the usual stack (execve(2)). */
  readonly memoryMaxBytes: number
  /** Words that one word may become (globs). */
  readonly wordsMax: number
  /** Bytes that one line writes to stdout and stderr. What SFTP is for begins here. */
  readonly outputMaxBytes: number
  /** Files and folders that one command walks over. */
  readonly entriesMax: number
  /** Milliseconds that one line runs, time for the peer to take its output included. */
  readonly timeMaxMs: number
  /** Lines that are kept to be recalled; bash's HISTSIZE. */
  readonly historyMax: number
}

export const SHELL_LIMITS: ShellLimits = {
  scriptMaxBytes: 128 << 10,
  nestingMax: 64,
  stepsMax: 1_000_000,
  pipelineMax: 32,
  memoryMaxBytes: 2 << 20,
  wordsMax: 20_000,
  outputMaxBytes: 1 << 30,
  entriesMax: 200_000,
  timeMaxMs: 10 * 60_000,
  historyMax: 500,
}
