export interface ExecListener {
  output(piece: Buffer): void;
  complaint(piece: Buffer): void;
}

const headLength = 8;
const complaintStream = 2;

/**
 * Takes apart what the engine mixes into one stream: frames of a head of eight bytes (which stream, and how long) and as
 * many bytes. A frame is handed out piece by piece, as it comes.
 */
export function execFrames(listener: ExecListener): (piece: Buffer) => void {
  let head = Buffer.alloc(0);
  let left = 0;
  let isComplaint = false;
  return (piece) => {
    let rest = piece;
    while (rest.length > 0) {
      if (left === 0) {
        const missing = headLength - head.length;
        head = Buffer.concat([head, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (head.length === headLength) {
          isComplaint = head[0] === complaintStream;
          left = head.readUInt32BE(4);
          head = Buffer.alloc(0);
        }
      } else {
        const part = rest.subarray(0, left);
        rest = rest.subarray(left);
        left -= part.length;
        if (isComplaint) {
          listener.complaint(part);
        } else {
          listener.output(part);
        }
      }
    }
  };
}
