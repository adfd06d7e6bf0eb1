// The words of `portolan clock`. What they do stands in commands/clock.ts.

import { Argument, type Command } from 'commander'
import type { ClockLeapOptions } from './commands/clock.ts'
import { JSON_OUT, RUNNING, examples } from './words.ts'

export function addClock(root: Command): void {
  const clock = told(root.command('clock'))
    .description('see and move the clock of a running world')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      examples('portolan clock', 'portolan clock set 2027-01-01T12:00:00Z', 'portolan clock rate 60'),
    )
    .action(async (options: object) => (await commands()).clockShow(options))
  told(clock.command('set').description('set it to a time'))
    .argument('<time>', '2027-01-01T12:00:00Z, or a day; UTC where no offset is said')
    .addHelpText('after', examples('portolan clock set 2027-01-01', 'portolan clock set 2030-06-01T09:00:00+02:00'))
    .action(async (time: string, options: object) => (await commands()).clockSet(time, options))
  told(clock.command('offset').description("put it so far ahead of the machine's, or behind"))
    .argument('<duration>', '+3d, -2h, 0s')
    .allowUnknownOption()
    .addHelpText('after', examples('portolan clock offset +3d', 'portolan clock offset -2h'))
    .action(async (by: string, options: object) => (await commands()).clockOffset(by, options))
  told(clock.command('step').description('move it from where it is'))
    .argument('<duration>', '+1s, -500ms')
    .allowUnknownOption()
    .addHelpText('after', examples('portolan clock step -500ms', 'portolan clock step +1h'))
    .action(async (by: string, options: object) => (await commands()).clockStep(by, options))
  told(clock.command('rate').description('have it run faster or slower, from where it is'))
    .argument('<rate>', 'seconds of the world in one of the machine; 1: as fast')
    .allowUnknownOption()
    .addHelpText('after', examples('portolan clock rate 60', 'portolan clock rate 0.5'))
    .action(async (rate: string, options: object) => (await commands()).clockRate(rate, options))
  told(clock.command('leap').description('announce a leap second at the end of a UTC day'))
    .addArgument(new Argument('<kind>', 'one second more, or one less').choices(['insert', 'delete']))
    .option('--on <day>', 'the day at whose end it is (default: today, in the world)')
    .option('--smear <duration>', 'spread it evenly over this long around that midnight; 24h: from noon to noon')
    .addHelpText(
      'after',
      examples('portolan clock leap insert', 'portolan clock leap insert --on 2026-12-31 --smear 24h'),
    )
    .action(async (kind: 'insert' | 'delete', options: ClockLeapOptions) => (await commands()).clockLeap(kind, options))
  told(clock.command('reset').description("the machine's time again, at its rate"))
    .addHelpText('after', examples('portolan clock reset'))
    .action(async (options: object) => (await commands()).clockReset(options))
}

function told(command: Command): Command {
  return command.option(...RUNNING).option(...JSON_OUT)
}

function commands() {
  return import('./commands/clock.ts')
}
