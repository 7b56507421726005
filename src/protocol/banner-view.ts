import { fill, phrase, type Phrase } from '../core/model/phrase.ts';
import type { Finding, ProblemCode, Severity } from '../core/model/finding.ts';
import { knownUserRefusedBy } from '../core/model/refused-login.ts';
import { problemSentences, problemTitles } from './labels.ts';
import type { BannerView } from './panel-state.ts';
import type { Remedy } from './remedy.ts';
import { spell, type Localizer } from './localizer.ts';

const icons: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'info' };

/** What the doctor calls a finding that it can mend from here. */
const fixes: Readonly<Partial<Record<ProblemCode, string>>> = {
  ReplicationCredentialsWrong: 'ReplicationCredentialsWrong',
  WritableReplica: 'WritableReplica',
  SettingsSlowDetection: 'SlowDetection',
};

const remedies: Readonly<Partial<Record<ProblemCode, Remedy>>> = {
  SettingsUnusable: 'open-line',
  SettingsError: 'open-line',
  ClusterUnnamed: 'confirm-settings',
  FailoverUnnamed: 'confirm-settings',
  SettingUnnamed: 'confirm-settings',
  NoMonitor: 'start-monitor',
  NeighbourRefusesUser: 'create-monitor-user',
  InstancesRefuseUser: 'create-monitor-user',
  InstancesNotResolved: 'map-addresses',
  ServerKeyChanged: 'accept-key',
};

export function bannerOf(finding: Finding, cluster: string, words: Localizer): BannerView {
  return {
    code: finding.code,
    tone: finding.severity,
    icon: icons[finding.severity],
    instance: finding.instance,
    title: words.t(problemTitles[finding.code]),
    says: findingText(finding, cluster, words),
    evidence: finding.evidence.map((it) => spell(it, words)),
    advice: words.t(finding.advice),
    fixes: fixes[finding.code] ?? null,
    remedy: remedyOf(finding),
  };
}

/** A user that is there, with an expired password or a locked account, need not be created. */
function remedyOf({ code, facts }: Finding): Remedy | null {
  const remedy = remedies[code] ?? null;
  const { number } = facts;
  const isKnown = typeof number === 'number' && knownUserRefusedBy(number) !== undefined;
  return remedy === 'create-monitor-user' && isKnown ? null : remedy;
}

/** What is no trouble of a server, but of the way to it. */
export function noteBanner(says: Phrase, words: Localizer): BannerView {
  return {
    code: 'Containers',
    tone: 'info',
    icon: 'info',
    instance: null,
    title: spell(phrase('Containers'), words),
    says: spell(says, words),
    evidence: [],
    advice: '',
    fixes: null,
    remedy: null,
  };
}

/** The finding in the user's language; in English the engine's own sentence, which knows more. */
export function findingText(
  finding: Pick<Finding, 'code' | 'instance' | 'says' | 'facts'>,
  cluster: string,
  words: Localizer,
): string {
  const sentence = problemSentences[finding.code];
  const values = { ...finding.facts, cluster, instance: finding.instance ?? cluster };
  const translated = words.t(sentence, values);
  const incomplete = /\{\w+\}/.test(translated);
  return incomplete || translated === fill(sentence, values) ? finding.says : translated;
}
