/** A method call without arguments (D-Bus Specification, "Message Protocol"), little-endian. */
export function methodCall(
  serial: number,
  call: { readonly destination: string; readonly path: string; readonly interface: string; readonly member: string },
): Buffer {
  const fields = joined([
    headerField(1, 'o', call.path),
    headerField(2, 's', call.interface),
    headerField(3, 's', call.member),
    headerField(6, 's', call.destination),
  ]);
  const start = Buffer.alloc(16);
  // 'l' for little-endian, METHOD_CALL, no flags, protocol version 1; no body.
  start.set([0x6c, 1, 0, 1]);
  start.writeUInt32LE(serial, 8);
  start.writeUInt32LE(fields.length, 12);
  return joined([start, fields, Buffer.alloc(0)]);
}

/** How many of the messages that are whole in these bytes answer a call: returns and errors, not signals. */
export function countReplies(bytes: Buffer): number {
  let replies = 0;
  for (let at = 0; at + 16 <= bytes.length; ) {
    const read = (offset: number) => (bytes[at] === 0x42 ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset));
    const end = at + 16 + padded(read(at + 12)) + read(at + 4);
    if (end > bytes.length) break;
    // METHOD_RETURN and ERROR
    if (bytes[at + 1] === 2 || bytes[at + 1] === 3) replies += 1;
    at = end;
  }
  return replies;
}

/** A struct of a code and a variant that holds one text. */
function headerField(code: number, signature: 'o' | 's', text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(text));
  return Buffer.concat([Buffer.from([code, 1, signature.charCodeAt(0), 0]), length, Buffer.from(`${text}\0`)]);
}

/** Each part begins at a multiple of eight bytes. */
function joined(parts: readonly Buffer[]): Buffer {
  return parts.reduce((all, part) => {
    return Buffer.concat([all, Buffer.alloc(padded(all.length) - all.length), part]);
  }, Buffer.alloc(0));
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}
