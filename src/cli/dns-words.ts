// The words of `portolan dns`. What they do stands in commands/dns.ts.

import { Argument, Option, type Command } from 'commander'
import { FAILURES } from '../net/world/failure-words.ts'
import type { DnsAnchorOptions } from './commands/dns.ts'
import { JSON_OUT, RUNNING, examples } from './words.ts'

export function addDns(root: Command): void {
  const dns = root
    .command('dns')
    .description('see and change the names of a running world, ask them, and have them go wrong')
    .addHelpText('after', examples('portolan dns ls', 'portolan dns set www.harbor.test 60 A 192.0.2.77'))
  asked(dns.command('ls').description('list the zones, or the records at and below a name'))
    .argument('[name]', 'a zone or any other name; . for the root')
    .addHelpText(
      'after',
      examples('portolan dns ls', 'portolan dns ls harbor.test', 'portolan dns ls www.harbor.test --json'),
    )
    .action(async (name: string | undefined, options: object) => (await commands()).dnsLs(name, options))
  asked(dns.command('set').description('put a record in place of those of its name and type; seen at once'))
    .argument('<name>', 'the whole name')
    .argument('<words...>', 'as in a zone file: [seconds] TYPE DATA, all names whole')
    .option('--add', 'beside those that are there')
    .addHelpText(
      'after',
      examples('portolan dns set www.harbor.test 60 A 192.0.2.77', "portolan dns set --add harbor.test TXT 'v=test 1'"),
    )
    .action(async (name: string, words: string[], options: object) => (await commands()).dnsSet(name, words, options))
  asked(dns.command('rm').description('take records away: all of a name, of a type, or one'))
    .argument('<name>', 'the whole name')
    .argument('[type]', 'of this type only')
    .argument('[data...]', 'with these data only')
    .addHelpText('after', examples('portolan dns rm www.harbor.test AAAA', 'portolan dns rm blog.harbor.test'))
    .action(async (name: string, type: string | undefined, data: string[], options: object) =>
      (await commands()).dnsRm(name, type, data, options),
    )
  asked(dns.command('query').description('ask the resolver of the world, or walk from the root'))
    .argument('<name>', 'the whole name')
    .argument('[type]', 'of the records', 'A')
    .option('--trace', 'from the root with nothing remembered, each question and answer shown')
    .addHelpText(
      'after',
      examples('portolan dns query www.harbor.test', 'portolan dns query www.harbor.test AAAA --trace'),
    )
    .action(async (name: string, type: string, options: object) => (await commands()).dnsQuery(name, type, options))
  asked(dns.command('fail').description('have name servers do something wrong'))
    .addArgument(new Argument('<what>', 'what goes wrong').choices(FAILURES))
    .argument('[name]', 'for questions of this name; * stands for any characters (default: all)')
    .option('--type <type>', 'for questions of this type')
    .option('--host <host>', 'for answers of this server')
    .option('--peer <peer>', 'for askers: a host, an address or a range')
    .option('--count <number>', 'so many times (default: until `portolan dns heal`)')
    .option('--delay <duration>', 'how long `delay` holds the answer back')
    .option('--poison <record>', 'what `poison` adds: a name and an address')
    .addHelpText(
      'after',
      examples(
        'portolan dns fail servfail www.harbor.test --count 3',
        'portolan dns fail delay --delay 3s --host ns.island.test',
      ),
    )
    .action(async (what: string, name: string | undefined, options: object) =>
      (await commands()).dnsFail(what, name, options),
    )
  asked(dns.command('failures').description('list what goes wrong on order, and how often it did')).action(
    async (options: object) => (await commands()).dnsFailures(options),
  )
  asked(dns.command('heal').description('end a failure, or all of them'))
    .argument('[id]', 'its number in `portolan dns failures`')
    .action(async (id: string | undefined, options: object) => (await commands()).dnsHeal(id, options))
  asked(dns.command('hints').description('print the root hints, for resolvers of your own')).action(
    async (options: object) => (await commands()).dnsHints(options),
  )
  asked(dns.command('anchor').description('print the trust anchor, for validators of your own'))
    .addOption(new Option('--form <form>', 'DS records, or a statement of BIND').choices(['ds', 'bind']).default('ds'))
    .addHelpText('after', examples('portolan dns anchor > root.key', 'portolan dns anchor --form bind'))
    .action(async (options: DnsAnchorOptions) => (await commands()).dnsAnchor(options))
  asked(
    dns.command('keys').description('print the keys for transfers and updates, as `nsupdate -y` takes them'),
  ).action(async (options: object) => (await commands()).dnsKeys(options))
}

function asked(command: Command): Command {
  return command.option(...RUNNING).option(...JSON_OUT)
}

function commands() {
  return import('./commands/dns.ts')
}
