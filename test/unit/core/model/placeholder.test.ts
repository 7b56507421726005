import { expect, test } from 'vitest';
import {
  fillPlaceholders,
  placeholders,
  placeholdersIn,
  variablesOf,
} from '../../../../src/core/model/placeholder.ts';

test('placeholders are filled once: a value that looks like one stays', () => {
  const values = { failedHost: '{successorHost}', successorHost: 'db2' };
  expect(fillPlaceholders('{failedHost} -> {successorHost} {}', values)).toBe(
    '{successorHost} -> db2 {}',
  );
});

test('what is not known yet is left to the caller', () => {
  expect(fillPlaceholders('uid={recoveryUID}', {})).toBe('uid={recoveryUID}');
  expect(fillPlaceholders('uid={recoveryUID}', {}, (name) => `<${name}>`)).toBe(
    'uid=<recoveryUID>',
  );
});

test('braces of JSON are no placeholders', () => {
  expect(placeholdersIn('{"text": "{failedHost} is gone", "at": {}}')).toEqual(['failedHost']);
});

test('variables have the names that Orchestrator gives them', () => {
  const names = Object.keys(variablesOf(Object.fromEntries(placeholders.map((it) => [it, '']))));
  expect(names.toSorted()).toEqual([
    'ORC_AUTO_MASTER_RECOVERY',
    'ORC_COMMAND',
    'ORC_COUNT_LOST_REPLICAS',
    'ORC_COUNT_REPLICAS',
    'ORC_FAILED_HOST',
    'ORC_FAILED_PORT',
    'ORC_FAILURE_CLUSTER',
    'ORC_FAILURE_CLUSTER_ALIAS',
    'ORC_FAILURE_DESCRIPTION',
    'ORC_FAILURE_TYPE',
    'ORC_IS_DOWNTIMED',
    'ORC_IS_SUCCESSFUL',
    'ORC_LOST_REPLICAS',
    'ORC_ORCHESTRATOR_HOST',
    'ORC_RECOVERY_UID',
    'ORC_REPLICA_HOSTS',
    'ORC_SUCCESSOR_ALIAS',
    'ORC_SUCCESSOR_HOST',
    'ORC_SUCCESSOR_PORT',
  ]);
});
