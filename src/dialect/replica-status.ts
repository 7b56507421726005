import type { Channel, ReceiverState, ReplicationFault } from '../core/model/instance.ts';
import { columnsOf, textOf, UnexpectedAnswer, type Columns, type Row } from './answer.ts';
import { readChannelOmissions } from './omissions.ts';
import { withoutSecret } from './secret-statement.ts';

/** `Preparing`: MariaDB is connected and does not read yet. */
const receiverStates: Readonly<Record<string, ReceiverState>> = {
  Yes: 'yes',
  No: 'no',
  Connecting: 'connecting',
  Preparing: 'connecting',
};

const applierStates: Readonly<Record<string, Channel['applier']>> = { Yes: 'yes', No: 'no' };

/** Rows of the replica status, in the words of any release; channels without a source are left out. */
export function readChannels(
  rows: readonly Row[],
  statement: string,
  ownId: number | null = null,
): readonly Channel[] {
  return rows
    .filter((row) => {
      const host = columnsOf(row, statement).text('Source_Host', 'Master_Host');
      // Group replication shows its inner channels so.
      return host !== '' && host !== '<NULL>';
    })
    .map((row) => readChannel(row, statement, ownId));
}

function readChannel(row: Row, statement: string, ownId: number | null): Channel {
  const columns = columnsOf(row, statement);
  return {
    name: columns.optionalText('Channel_Name', 'Connection_name') ?? '',
    source: {
      host: columns.text('Source_Host', 'Master_Host'),
      port: columns.whole('Source_Port', 'Master_Port'),
    },
    sourceServerId: columns.whole('Source_Server_Id', 'Master_Server_Id'),
    sourceUuid: columns.optionalText('Source_UUID', 'Master_UUID') || null,
    user: columns.text('Source_User', 'Master_User'),
    receiver: oneOf(receiverStates, columns, statement, ['Replica_IO_Running', 'Slave_IO_Running']),
    applier: oneOf(applierStates, columns, statement, ['Replica_SQL_Running', 'Slave_SQL_Running']),
    lagSeconds: columns.optionalWhole('Seconds_Behind_Source', 'Seconds_Behind_Master'),
    delaySeconds: columns.optionalWhole('SQL_Delay') ?? 0,
    ...readPlaces(columns),
    receiverError: readFault(columns, 'Last_IO_Errno', 'Last_IO_Error'),
    applierError: readFault(columns, 'Last_SQL_Errno', 'Last_SQL_Error'),
    connectRetrySeconds: columns.whole('Connect_Retry'),
    ...readChannelOmissions(columns, ownId),
    tls: columns.text('Source_SSL_Allowed', 'Master_SSL_Allowed') === 'Yes',
    publicKey: mayAskForKey(columns),
    ownFailover: false,
    raw: readRaw(row, columns),
    statement,
  };
}

function mayAskForKey(columns: Columns): boolean {
  const asks = columns.optionalText('Get_Source_public_key', 'Get_master_public_key') ?? '0';
  const file = columns.optionalText('Source_public_key_path', 'Master_public_key_path') ?? '';
  return asks === '1' || file !== '';
}

function readPlaces(
  columns: Columns,
): Pick<Channel, 'received' | 'applied' | 'method' | 'retrieved'> {
  const usingGtid = columns.optionalText('Using_Gtid') ?? 'No';
  const autoPosition = columns.optionalWhole('Auto_Position') ?? 0;
  return {
    received: {
      file: columns.text('Source_Log_File', 'Master_Log_File'),
      offset: columns.whole('Read_Source_Log_Pos', 'Read_Master_Log_Pos'),
    },
    applied: {
      file: columns.text('Relay_Source_Log_File', 'Relay_Master_Log_File'),
      offset: columns.whole('Exec_Source_Log_Pos', 'Exec_Master_Log_Pos'),
    },
    method: autoPosition === 1 || usingGtid !== 'No' ? 'gtid' : 'file',
    retrieved: columns.optionalText('Retrieved_Gtid_Set', 'Gtid_IO_Pos') ?? '',
  };
}

/** As the server gives it, but for what a statement that failed may give away. */
function readRaw(row: Row, columns: Columns): Channel['raw'] {
  const errno = columns.optionalWhole('Last_SQL_Errno') ?? undefined;
  const cells = Object.entries(row).map(([name, value]) => {
    const text = textOf(value);
    return [name, text === null ? null : withoutSecret(text, errno)];
  });
  return Object.fromEntries(cells);
}

function readFault(columns: Columns, code: string, message: string): ReplicationFault | null {
  const number = columns.whole(code);
  return number === 0
    ? null
    : { code: number, message: withoutSecret(columns.text(message), number) };
}

function oneOf<Value>(
  known: Readonly<Record<string, Value>>,
  columns: Columns,
  statement: string,
  names: readonly string[],
): Value {
  const text = columns.text(...names);
  const value = known[text];
  if (value === undefined) {
    throw new UnexpectedAnswer(statement, names.join(' or '), `is "${text}"`);
  }
  return value;
}

/** The applier says that it waits for more. With parallel workers it says so before they have finished. */
export function hasReadAllRelayLog({ raw }: Channel): boolean {
  const state = columnsOf(raw, 'the replica status').optionalText(
    'Replica_SQL_Running_State',
    'Slave_SQL_Running_State',
  );
  return /has read all relay log/i.test(state ?? '');
}
