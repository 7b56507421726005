// Runs inside one host of a test's network. It is handed a listener of the outside and leads whoever connects there to a
// port of this host, whatever becomes of the network between. Argument: the port. It ends with whoever started it.
import { connect } from 'node:net';
import { argv } from 'node:process';

const port = Number(argv[2]);

process.on('message', (_, listener) => {
  listener.on('connection', (outer) => {
    const inner = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [outer, inner],
      [inner, outer],
    ]) {
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  process.send('ready');
});
process.on('disconnect', () => {
  process.exit();
});
