import { crc32 } from 'node:zlib';

/** A ZIP archive with one file in it, not compressed: what CreateFunction takes. */
export function zipOf(name: string, content: string): Buffer {
  const [file, data] = [Buffer.from(name), Buffer.from(content)];
  const entry = Buffer.alloc(26);
  entry.writeUInt16LE(20, 0); // version needed: 2.0
  entry.writeUInt32LE(crc32(data), 10);
  entry.writeUInt32LE(data.length, 14);
  entry.writeUInt32LE(data.length, 18);
  entry.writeUInt16LE(file.length, 22);

  const local = Buffer.concat([signature(0x04034b50), entry, file, data]);
  const attributes = Buffer.alloc(14);
  attributes.writeUInt32LE(0o100644 * 2 ** 16, 6); // a plain file, readable by all
  const madeBy = Buffer.from([20, 3]); // Unix
  const central = Buffer.concat([signature(0x02014b50), madeBy, entry, attributes, file]);

  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
