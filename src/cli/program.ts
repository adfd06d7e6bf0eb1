// The words of the command line, each command with its options and examples. What they do stands in commands/.

import { beginHostKey } from '../net/rsa-host-key.ts'
import type { UpOptions } from './commands/up.ts'
import { Argument, Command, Option } from 'commander'
import { addClock } from './clock-words.ts'
import { addDns } from './dns-words.ts'
import type { MailWaitOptions } from './commands/mail.ts'
import type { RunOptions } from './commands/run.ts'
import { EXIT } from './exit-codes.ts'
import { JSON_OUT, RUNNING, WORLD, examples } from './words.ts'

const VERSION = '0.1.0'

/** Built anew for each call, so that tests may parse as often as they like. */
export function program(): Command {
  const root = new Command('portolan')
    .description('A private internet on one machine: real servers on the real ports, from one file, in one process.')
    .version(VERSION, '-V, --version')
    .enablePositionalOptions()
    .showHelpAfterError('(portolan --help lists the commands)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage))
  addRun(root)
  addExec(root)
  addUp(root)
  addLs(root)
  addMail(root)
  addDns(root)
  addClock(root)
  addTrace(root)
  addPort(root)
  addExplain(root)
  addCheck(root)
  addInit(root)
  addDoctor(root)
  return root
}

function addRun(root: Command): void {
  root
    .command('run')
    .description('run a program inside a private internet that ends with it')
    .argument('[command...]', 'the program and its words (default: your shell)')
    .option(...WORLD)
    .option('--as <host>', 'the client host that the program stands as')
    .option('--catch-all', 'answer for every name, address and port')
    .addOption(
      new Option('--report <form>', 'what to say at the end').choices(['text', 'json', 'none']).default('text'),
    )
    .option('--report-to <file>', 'write the report there instead of standard error')
    .option('--pcap <file>', 'write every packet and the TLS secrets to a pcapng file')
    .option('--state <dir>', 'keep the authority, and what services keep, in this folder')
    .passThroughOptions()
    .addHelpText(
      'after',
      examples(
        'portolan run -- curl https://www.harbor.test/',
        'portolan run --catch-all --pcap out.pcapng -- ./unknown-program',
        'portolan run',
      ),
    )
    .action(async (command: string[], options: RunOptions) => (await import('./commands/run.ts')).run(command, options))
}

function addExec(root: Command): void {
  root
    .command('exec')
    .description('run a second program in a world that is running')
    .argument('<command...>', 'the program and its words')
    .option(...RUNNING)
    .option('--as <host>', 'the client host that the program stands as (default: the first that runs)')
    .passThroughOptions()
    .addHelpText(
      'after',
      examples('portolan exec -- dig www.harbor.test', 'portolan exec --as desktop -- curl http://www.island.test/'),
    )
    .action(async (command: string[], options: object) => (await import('./commands/exec.ts')).exec(command, options))
}

function addUp(root: Command): void {
  root
    .command('up')
    .description('bring a world up on loopback and keep it until Ctrl-C')
    .option(...WORLD)
    .option('--pcap <file>', 'write every packet and the TLS secrets to a pcapng file')
    .option('--state <dir>', 'keep the authority, and what services keep, in this folder')
    .option(...JSON_OUT)
    .addHelpText('after', examples('portolan up', 'portolan up --world lab.yaml --json'))
    .action(async (options: UpOptions) => {
      const begun = beginHostKey(options)
      await (await import('./commands/up.ts')).up(options, begun)
    })
}

function addLs(root: Command): void {
  root
    .command('ls')
    .description('list the running worlds with their hosts, ports and services')
    .option(...RUNNING)
    .option(...JSON_OUT)
    .addHelpText('after', examples('portolan ls', 'portolan ls --json'))
    .action(async (options: object) => (await import('./commands/ls.ts')).ls(options))
}

function addMail(root: Command): void {
  const mail = root
    .command('mail')
    .description('read the mail of a running world, and wait for it')
    .addHelpText('after', examples('portolan mail ls', 'portolan mail wait --to bob@island.test --subject Welcome'))
  filtered(mail.command('ls').description('list what arrived for whom, the newest last'))
    .addHelpText('after', examples('portolan mail ls', 'portolan mail ls --to bob@island.test --json'))
    .action(async (options: object) => (await import('./commands/mail.ts')).mailLs(options))
  placed(mail.command('show').description('show one mail, decoded, with its attachments'))
    .argument('[which]', 'its number in the list, or its Message-ID (default: the last mail)', '')
    .option('--raw', 'as it lies there')
    .option('--part <number>', 'the content of an attachment')
    .option('--to <file>', 'where --raw or --part goes (default: standard output)')
    .addHelpText('after', examples('portolan mail show', 'portolan mail show 3 --part 1 --to report.pdf'))
    .action(async (which: string, options: object) => (await import('./commands/mail.ts')).mailShow(which, options))
  filtered(
    mail.command('wait').description('wait until such a mail is there, and show it; code 1 when the time is over'),
  )
    .option('--timeout <duration>', 'for how long at most', '30s')
    .option('--count <number>', 'how many of them', '1')
    .option('--new', 'what was there before does not count')
    .addHelpText(
      'after',
      examples(
        'portolan mail wait --to bob@island.test --subject Welcome --timeout 10s',
        'portolan mail wait --new --json',
      ),
    )
    .action(async (options: MailWaitOptions) => (await import('./commands/mail.ts')).mailWait(options))
}

function filtered(command: Command): Command {
  return placed(command)
    .option('--to <address>', 'for this account or recipient; @DOMAIN for any there')
    .option('--from <address>', 'from this sender; @DOMAIN for any there')
    .option('--subject <text>', 'with this in the subject, in any case')
    .option('--mailbox <name>', 'in this mailbox; * for all (default: all but what was sent and drafts)')
}

function placed(command: Command): Command {
  return command
    .option(...RUNNING)
    .option('--state <dir>', 'the state folder of a world that does not run')
    .option(...JSON_OUT)
}

function addTrace(root: Command): void {
  root
    .command('trace')
    .description('show the way of something through a running world, port by port')
    .addArgument(new Argument('<what>', 'what to follow').choices(['mail']))
    .argument('[which]', 'the Message-ID of the mail (default: the last one)', '')
    .option(...RUNNING)
    .option(...JSON_OUT)
    .addHelpText('after', examples('portolan trace mail', "portolan trace mail '<20261124.1@harbor.test>' --json"))
    .action(async (_what: string, which: string, options: object) =>
      (await import('./commands/trace.ts')).traceMail(which, options),
    )
}

function addPort(root: Command): void {
  root
    .command('port')
    .description('say what a port is for, what it risks, and who holds it')
    .argument('<port>', 'a number or the name of a service')
    .option(...WORLD)
    .option(...JSON_OUT)
    .addHelpText('after', examples('portolan port 587', 'portolan port imap', 'portolan port 40000 --json'))
    .action(async (port: string, options: object) => (await import('./commands/port.ts')).port(port, options))
}

function addExplain(root: Command): void {
  root
    .command('explain')
    .description('say which firewall rule decides about a connection, and why')
    .argument('<from>', 'a host or an address')
    .argument('<to>', 'host:port, host:service or address:port, with /udp where it is not TCP')
    .option(...WORLD)
    .option(...JSON_OUT)
    .addHelpText(
      'after',
      examples('portolan explain laptop mail.harbor.test:25', 'portolan explain laptop ns.harbor.test:53/udp'),
    )
    .action(async (from: string, to: string, options: object) =>
      (await import('./commands/explain.ts')).explainFlow(from, to, options),
    )
}

function addCheck(root: Command): void {
  root
    .command('check')
    .description('validate a world file and show every problem with its place')
    .argument('[file]', 'the world file (default: ./portolan.yaml)')
    .option(...JSON_OUT)
    .addHelpText('after', examples('portolan check', 'portolan check lab.yaml --json'))
    .action(async (file: string | undefined, options: object) =>
      (await import('./commands/check.ts')).check(file, options),
    )
}

function addInit(root: Command): void {
  root
    .command('init')
    .description('write the default world to a file, to make it your own')
    .argument('[file]', 'where to (default: ./portolan.yaml)')
    .option('--force', 'overwrite a file that is there')
    .addHelpText('after', examples('portolan init', 'portolan init lab.yaml'))
    .action(async (file: string | undefined, options: object) =>
      (await import('./commands/init.ts')).init(file, options),
    )
}

function addDoctor(root: Command): void {
  root
    .command('doctor')
    .description('test what this machine allows, and name the remedy for what it does not')
    .option(...JSON_OUT)
    .action(async (options: object) => (await import('./commands/doctor.ts')).doctor(options))
}
