import { Command, CommanderError } from 'commander';
import { acknowledgeCommand } from './commands/acknowledge-command.ts';
import { armCommand, disarmCommand } from './commands/arm-command.ts';
import { createUserCommand } from './commands/create-user-command.ts';
import { detectionsCommand } from './commands/detections-command.ts';
import { doctorCommand } from './commands/doctor-command.ts';
import { downtimeCommand } from './commands/downtime-command.ts';
import { exitCodeOf, exitCodes, type ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import { keysCommand } from './commands/keys-command.ts';
import { labCommand } from './commands/lab-command.ts';
import { locksCommand } from './commands/locks-command.ts';
import { membersCommand } from './commands/members-command.ts';
import { monitorCommand } from './commands/monitor-command.ts';
import { lines, printableJson } from '../core/model/shown-text.ts';
import { coloured, plain } from './output/paint.ts';
import type { Perform } from './perform.ts';
import { problemsCommand } from './commands/problems-command.ts';
import { demandHome } from './default-folders.ts';
import { promoteCommand } from './commands/promote-command.ts';
import { recoveriesCommand } from './commands/recoveries-command.ts';
import { rejoinCommand } from './commands/rejoin-command.ts';
import { relocateCommand } from './commands/relocate-command.ts';
import { reportCommand } from './commands/report-command.ts';
import type { CommonOptions, Run } from './run.ts';
import { settingsCommand } from './commands/settings-command.ts';
import { topologyCommand } from './commands/topology-command.ts';

/** Every command, in the order of the help. */
const commands: readonly ((perform: Perform) => Command)[] = [
  topologyCommand,
  problemsCommand,
  promoteCommand,
  rejoinCommand,
  relocateCommand,
  createUserCommand,
  membersCommand,
  locksCommand,
  monitorCommand,
  settingsCommand,
  detectionsCommand,
  recoveriesCommand,
  reportCommand,
  acknowledgeCommand,
  downtimeCommand,
  disarmCommand,
  armCommand,
  doctorCommand,
  keysCommand,
  labCommand,
];

/** Runs one command line (without `node` and the program's name). Resolves with the exit code, never rejects. */
export async function runCli(words: readonly string[], io: Io): Promise<ExitCode> {
  const program = programFor(io);
  let code: ExitCode = exitCodes.done;
  const perform: Perform = async (work) => {
    demandHome(io);
    code = await work(runOf(io, program.opts<CommonOptions>()));
  };
  for (const command of commands) adopt(program, command(perform));
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    return tellError(error, io, words.includes('--verbose'));
  }
}

function programFor(io: Io): Command {
  return new Command('switchover')
    .description('See MySQL and MariaDB replication, promote a replica, rejoin an old master.')
    .option('--config <FILE>', 'settings (JSON); otherwise $SWITCHOVER_CONFIG or the user’s own')
    .option('--state <DIR>', 'folder of the journal and the lab')
    .option('--json', 'one JSON document on stdout; words for people go to stderr')
    .option('--verbose', 'more words on stderr')
    .option('--no-color', 'no colours')
    .option('--confirm <CLUSTER>', 'needed to change a production cluster')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.out(lines(text)),
      writeErr: (text) => io.err(lines(text)),
    })
    .exitOverride();
}

/** A command that stands in a file of its own learns what the program knows. */
function adopt(program: Command, command: Command): void {
  for (const one of [command, ...command.commands]) {
    one.copyInheritedSettings(program);
  }
  program.addCommand(command);
}

function runOf(io: Io, options: CommonOptions): Run {
  const json = options.json === true;
  const colours = options.color !== false && (io.env['NO_COLOR'] ?? '') === '';
  const pen = colours && (json ? io.terminal.err : io.terminal.out) ? coloured() : plain;
  const warn = (line: string): void => io.err(`${pen.line(line)}\n`);
  return {
    io,
    options,
    warn,
    tell: json ? warn : (line) => io.out(`${pen.line(line)}\n`),
    json: (value, style) =>
      io.out(`${printableJson(JSON.stringify(value, null, style === 'document' ? 2 : 0))}\n`),
    paint: pen.paint,
  };
}

function tellError(error: unknown, io: Io, verbose: boolean): ExitCode {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (io.signal.aborted) {
    io.err('error: cancelled.\n');
    return exitCodes.failed;
  }
  const code = exitCodeOf(error);
  if (code === undefined) {
    io.err(
      `error: this is a bug of switchover; please report it with these lines:\n${lines(stack ?? message)}\n`,
    );
    return exitCodes.failed;
  }
  const told = [
    ...message.split('\n').map((it) => `error: ${it}`),
    ...(verbose ? [stack ?? ''] : []),
  ];
  io.err(`${lines(told.join('\n'))}\n`);
  return code;
}
