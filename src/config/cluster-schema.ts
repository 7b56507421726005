import * as z from 'zod';
import { readPattern } from '../core/model/member-pattern.ts';
import { readAddress } from './address.ts';

/** A text that is read into `host:port`. */
const address = z.string().transform((text, context) => {
  const read = readAddress(text);
  if (read.kind === 'read') return read.key;
  context.issues.push({ code: 'custom', message: read.because, input: text });
  return z.NEVER;
});

/** A rule of who belongs to the cluster. It stays a text: settings are written down again, for the background monitor. */
const memberPattern = z.string().transform((text, context) => {
  const read = readPattern(text);
  if (read.kind === 'read') return text;
  context.issues.push({ code: 'custom', message: read.because, input: text });
  return z.NEVER;
});

const word = z.string().min(1);

/** A program and its arguments, never a shell string. */
const command = z.array(z.string()).min(1);

const backend = z.union([
  z.literal('builtin'),
  z.strictObject({ orchestrator: z.url({ protocol: /^https?$/ }), alias: word.optional() }),
]);

const tls = z.strictObject({
  ca: word
    .optional()
    .describe('File of the certificate authority that signed the servers’ certificates.'),
  cert: word.optional().describe('File of our own certificate.'),
  key: word.optional().describe('File of our own private key.'),
  verify: z.boolean().default(true).describe('Refuse a server whose certificate does not hold.'),
});

const ssh = z.strictObject({
  host: word,
  port: z.int().min(1).max(65535).optional(),
  user: word.optional(),
  key: word.optional(),
});

const proxy = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded'), writer: address, reader: address.optional() }),
  z.looseObject({ kind: z.literal('haproxy') }),
  z.looseObject({ kind: z.literal('proxysql') }),
  z.strictObject({ kind: z.literal('hook'), command }),
]);

/** One entry of `switchover.clusters`, as a person writes it. Every key is known from the first day. */
export const clusterSchema = z.strictObject({
  id: z
    .string()
    .max(64)
    .regex(
      /^[\p{L}\p{N}][\p{L}\p{N} ._@-]*$/u,
      'it must begin with a letter or digit and hold letters, digits, spaces and . _ @ - only',
    )
    .describe('Name of the cluster, unique among all clusters.'),
  seeds: z
    .array(address)
    .min(1)
    .describe(
      'Where to begin: host or host:port of at least one instance. The others are discovered.',
    ),
  user: word.describe('User that reads the state of the servers and performs plans.'),
  passwordCommand: command
    .optional()
    .describe('Program and arguments that print the password of the user.'),
  passwordFile: word
    .optional()
    .describe('File that holds the password of the user; readable by its owner only.'),
  replicationUser: word
    .optional()
    .describe(
      'User that replicas connect with; needed where a plan gives a server its first source.',
    ),
  replicationPasswordCommand: command
    .optional()
    .describe('Program and arguments that print the password of the replication user.'),
  replicationPasswordFile: word
    .optional()
    .describe('File that holds the password of the replication user; readable by its owner only.'),
  backend: backend
    .default('builtin')
    .describe('Who watches: "builtin", or a running Orchestrator.'),
  environment: z
    .enum(['lab', 'staging', 'production'])
    .default('production')
    .describe('Decides how much is asked before a change.'),
  mode: z
    .enum(['manage', 'observe'])
    .default('manage')
    .describe('"observe" never changes anything.'),
  pollMs: z
    .int()
    .min(100)
    .max(600_000)
    .default(1000)
    .describe('Milliseconds between two looks at the cluster.'),
  connectTimeoutMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(1000)
    .describe(
      'How long one attempt to log in to a server may take, in milliseconds; longer where it was seen to need longer.',
    ),
  queryTimeoutMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(1000)
    .describe(
      'How long a server may take to answer one question, in milliseconds; longer where it was seen to need longer.',
    ),
  addresses: z
    .record(address, address)
    .default({})
    .describe(
      'Where we reach an instance that the servers know by another name: {"db001:3306": "127.0.0.1:13311"}.',
    ),
  docker: z
    .union([
      z.literal(false),
      z.strictObject({
        network: word
          .optional()
          .describe('Only containers on this network count, e.g. "mybridge"; all do unless told.'),
        host: word
          .optional()
          .describe(
            'Where the container engine listens, as DOCKER_HOST spells it; where the docker command would look unless told.',
          ),
      }),
    ])
    .optional()
    .describe(
      'Finds the containers of the instances, so that names that only containers know are reached; absent: only where it helps; false never looks.',
    ),
  tls: z
    .union([z.literal(false), tls])
    .optional()
    .describe(
      'Requires TLS and verifies the certificates of the servers; absent: TLS wherever a server offers it; false: none.',
    ),
  allowPublicKeyRetrieval: z
    .boolean()
    .default(false)
    .describe(
      'Without TLS, encrypts a password with a key that the server sends: safe only on a network where no one can intercept the connection.',
    ),
  ssh: ssh.optional().describe('Reaches the servers through this host.'),
  members: z
    .union([z.literal('any').transform(() => ['any']), z.array(memberPattern)])
    .optional()
    .describe(
      'Who belongs to the cluster, beside its seeds and addresses: "db*.orders.internal:3306", "10.20.0.0/16", or "any". Switchover logs in to no other server. Absent: whom a person confirmed.',
    ),
  caConfirmsMembers: z
    .boolean()
    .optional()
    .describe(
      'A server that shows a certificate of tls.ca for its name belongs to the cluster too.',
    ),
  acceptedReplicationFilters: z
    .array(word)
    .default([])
    .describe(
      'Filters that a new master may have: "replicate_wild_ignore_table=mysql.%", or only what an ignoring filter names: "mysql.%".',
    ),
  promotionRules: z
    .record(address, z.enum(['prefer', 'neutral', 'must-not']))
    .default({})
    .describe('Which instances to prefer as master, and which must not become one.'),
  proxies: z.array(proxy).default([]).describe('Proxies that lead the application to the master.'),
  confirmSeconds: z
    .number()
    .min(0)
    .max(60)
    .default(0.3)
    .describe('How long a verdict must hold before anything is done.'),
  autoRejoin: z
    .boolean()
    .default(true)
    .describe('Brings a clean old master back as a replica by itself.'),
  onPossibleLoss: z
    .enum(['hold', 'report'])
    .default('hold')
    .describe('When a promotion may lose transactions: hold, or promote and report them.'),
  onUnfencedMaster: z
    .enum(['hold', 'promote'])
    .default('promote')
    .describe(
      'When the master is silent and nothing keeps it from taking writes of applications that still reach it: hold, or promote.',
    ),
  writeProbe: z
    .boolean()
    .default(false)
    .describe(
      'Also tests the master by writing one row of a table of its own, switchover.write_probe.',
    ),
});
