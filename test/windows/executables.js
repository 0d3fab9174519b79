// Two tiny programs for Windows, byte by byte, so that no compiler is needed (Microsoft's "PE Format" names the fields).

const u16 = (...values) => Buffer.concat(values.map((value) => bytes(2, (to) => to.writeUInt16LE(value))));
const u32 = (...values) => Buffer.concat(values.map((value) => bytes(4, (to) => to.writeUInt32LE(value))));
const u64 = (...values) => Buffer.concat(values.map((value) => bytes(8, (to) => to.writeBigUInt64LE(BigInt(value)))));
const text = (value) => Buffer.from(`${value}\0`, 'latin1');

/** Where the one section lies in memory, and in the file. */
const sectionAt = 0x1000;
const inFile = 0x200;

/** A library whose one function is another library's: `target` is e.g. `advapi32.SystemFunction036`. */
export function forwardingLibrary(file, name, target) {
  // The directory, then three tables of one entry each: addresses, names, ordinals.
  const addresses = sectionAt + 40;
  const [names, ordinals] = [addresses + 4, addresses + 8];
  const strings = ordinals + 2;
  const [fileName, exported, forwarded] = [file, name, target].map(text);
  const nameAt = strings + fileName.length;
  // An address within the export directory is no code but the name of what to call instead.
  const targetAt = nameAt + exported.length;
  const directory = [u32(0, 0), u16(0, 0), u32(strings, 1, 1, 1, addresses, names, ordinals)];
  const section = Buffer.concat([...directory, u32(targetAt), u32(nameAt), u16(0), fileName, exported, forwarded]);
  return image({ section, library: true, start: 0, directories: { exports: [sectionAt, section.length] } });
}

/** A program that does what Ctrl-C at the console does, to all that share its console, and ends. */
export function interruptingProgram() {
  const codeLength = 0x40;
  const imports = sectionAt + codeLength;
  // The directory (one library, one empty entry), then its functions twice: as they are named and as they will be found.
  const named = imports + 40;
  const found = named + 24;
  const hints = found + 24;
  const functions = ['GenerateConsoleCtrlEvent', 'ExitProcess'].map((name) => Buffer.concat([u16(0), text(name)]));
  const at = functions.map((_, index) => hints + Buffer.concat(functions.slice(0, index)).length);
  const library = hints + Buffer.concat(functions).length;
  const code = [];
  const add = (...values) => code.push(...values);
  const call = (index) => {
    const distance = found + 8 * index - (sectionAt + code.length + 6);
    add(0xff, 0x15, ...u32(distance)); // call [rip + distance]
  };
  add(0x48, 0x83, 0xec, 0x28); // sub rsp, 40: room that a called function may use
  add(0x31, 0xc9, 0x31, 0xd2); // xor ecx, ecx; xor edx, edx: CTRL_C_EVENT, to everybody
  call(0);
  add(0x31, 0xc9); // xor ecx, ecx: exit code 0
  call(1);
  const section = Buffer.concat([
    Buffer.from(code),
    Buffer.alloc(codeLength - code.length),
    u32(named, 0, 0, library, found, 0, 0, 0, 0, 0),
    u64(...at, 0),
    u64(...at, 0),
    ...functions,
    text('kernel32.dll'),
  ]);
  return image({ section, library: false, start: sectionAt, directories: { imports: [imports, 40] } });
}

function image({ section, library, start, directories: { exports = [0, 0], imports = [0, 0] } }) {
  const stub = Buffer.alloc(64);
  stub.write('MZ');
  stub.writeUInt32LE(64, 60);
  const [x64, sections, optionalLength] = [0x8664, 1, 240];
  const characteristics = library ? 0x2022 : 0x23;
  const [console, size] = [3, filled(section).length];
  const header = Buffer.concat([
    stub,
    text('PE\0'),
    u16(x64, sections),
    u32(0, 0, 0),
    u16(optionalLength, characteristics, 0x20b, 0),
    u32(size, 0, 0, start, sectionAt),
    u64(0x140000000),
    u32(sectionAt, inFile),
    u16(6, 0, 0, 0, 6, 0),
    u32(0, 2 * sectionAt, inFile, 0),
    u16(console, 0x100),
    u64(0x100000, 0x1000, 0x100000, 0x1000),
    u32(0, 16, ...exports, ...imports, ...Array(28).fill(0)),
    Buffer.from('.all\0\0\0\0'),
    u32(section.length, sectionAt, size, inFile, 0, 0, 0, 0xe0000020),
  ]);
  return Buffer.concat([filled(header), filled(section)]);
}

/** To the next multiple of a file's unit. */
function filled(part) {
  return Buffer.concat([part, Buffer.alloc((inFile - (part.length % inFile)) % inFile)]);
}

function bytes(length, write) {
  const buffer = Buffer.alloc(length);
  write(buffer);
  return buffer;
}
