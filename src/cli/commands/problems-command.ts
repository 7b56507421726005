import { Command } from 'commander';
import { inEnglish } from '../../core/model/phrase.ts';
import type { Finding, Severity } from '../../core/model/finding.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Colour } from '../output/paint.ts';
import type { Perform } from '../perform.ts';
import { demandAnswers, look, withEngine, type Run } from '../run.ts';
import { findingJson } from '../output/topology-json.ts';

export function problemsCommand(perform: Perform): Command {
  return new Command('problems')
    .description('print what is wrong, gravest first; exit code 3 if anything is')
    .argument('[CLUSTER]', 'all where none is named')
    .action((cluster: string | undefined) => perform((run) => showProblems(run, cluster)));
}

function showProblems(run: Run, cluster: string | undefined): Promise<ExitCode> {
  return withEngine(run, cluster === undefined ? [] : [cluster], async (session) => {
    const { states, finish } = await look(run, session);
    if (run.options.json === true) {
      const clusters = states.map((it) => ({
        id: it.topology.cluster,
        findings: it.findings.map(findingJson),
      }));
      run.json({ clusters }, 'document');
    }
    const several = states.length > 1;
    const lines = states.flatMap((state) =>
      state.findings.flatMap((it) =>
        findingLines(run, it, several ? `${state.topology.cluster}: ` : ''),
      ),
    );
    if (run.options.json !== true)
      (lines.length === 0 ? ['No problem was found.'] : lines).forEach(run.tell);
    finish();
    demandAnswers(states);
    return lines.length > 0 ? exitCodes.refused : session.done;
  });
}

const colours: Record<Severity, Colour> = { error: 'red', warning: 'yellow', info: 'dim' };

function findingLines({ paint }: Run, finding: Finding, before: string): readonly string[] {
  return [
    `${before}${paint(colours[finding.severity], finding.code)}: ${finding.says}`,
    ...finding.evidence.map((it) => paint('dim', `    ${inEnglish(it)}`)),
    ...(finding.advice === '' ? [] : [`    ${finding.advice}`]),
  ];
}
