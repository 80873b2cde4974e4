// ── reading a folder or a zip, trusting neither ─────────────────────────────────────────────

const MAX_FILES = 100000;
const MAX_TOTAL = 64 * 2 ** 30;
const MAX_ONE = 2 ** 31 - 1;

function checkNames(names) {
  if (names.length > MAX_FILES) throw new Refused(`文件多得不合常理（${names.length} 个）`);
  const seen = new Set();
  for (const name of names) {
    const bad = name.split("/").some((part) => part === "" || part === "." || part === "..");
    // eslint-disable-next-line no-control-regex
    if (bad || /[\x00-\x1f\x7f\\:*?"<>|]/.test(name)) throw new Refused(`文件名不安全：${name}`);
    const alike = name.normalize("NFC").toLowerCase();
    if (seen.has(alike)) throw new Refused(`文件名重复（或只差大小写）：${name}`);
    seen.add(alike);
  }
}

/** Files as name → function that reads the bytes; `entries` are [path, File] of a folder. */
function readFolder(entries) {
  const tops = new Set(entries.map(([path]) => path.split("/")[0]));
  const strip = !entries.some(([path]) => path === "bagit.txt") && tops.size === 1;
  const files = new Map();
  for (const [path, file] of entries) {
    const name = strip ? path.slice(path.indexOf("/") + 1) : path;
    files.set(name, async () => new Uint8Array(await file.arrayBuffer()));
  }
  checkNames([...files.keys()]);
  if (files.size !== entries.length) throw new Refused("文件名重复");
  return files;
}

async function slice(file, from, to) {
  return new DataView(await file.slice(from, to).arrayBuffer());
}

const ODD = "压缩包里夹有不属于任何文件的内容";
const WIDE = 0xffffffff;
const MAX_EXTRA = 128;
const hexOf = (view) =>
  [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)]
    .map((one) => one.toString(16).padStart(2, "0"))
    .join("");

/** What lies between two entries, as far as it could be a descriptor. */
const between = async (file, from, to) => hexOf(await slice(file, from, Math.min(to, from + 32)));

/** Numbers as a zip writes them, each with its width in bytes. */
function little(...numbers) {
  const view = new DataView(new ArrayBuffer(numbers.reduce((sum, [, wide]) => sum + wide, 0)));
  let at = 0;
  for (const [number, wide] of numbers) {
    if (wide === 8) view.setBigUint64(at, BigInt(number), true);
    else if (wide === 4) view.setUint32(at, number, true);
    else view.setUint16(at, number, true);
    at += wide;
  }
  return hexOf(view);
}

/** Whether the header before the bytes says what the directory says of them. */
function isToldTwice(one, head, extra) {
  const said = [6, 8, 10, 12].map((place) => head.getUint16(place, true));
  if (said.join() !== [one.flags, one.method, one.time, one.day].join()) return false;
  const [crc, packed, size] = [14, 18, 22].map((place) => head.getUint32(place, true));
  if (one.flags & 8) {
    // Not known yet; it stands behind the bytes, where `descriptors` looks at it.
    const pairs = [[crc, one.crc], [packed, one.packed], [size, one.size]];
    return pairs.every(([each, right]) => [0, WIDE, right].includes(each));
  }
  if (packed === WIDE && size === WIDE) {
    const wide = little([1, 2], [16, 2], [one.size, 8], [one.packed, 8]);
    return crc === one.crc && hexOf(extra).includes(wide);
  }
  return crc === one.crc && packed === one.packed && size === one.size;
}

/** What may stand behind the bytes of an entry: nothing, or its checksum and sizes again. */
function descriptors(one) {
  if (!(one.flags & 8)) return [""];
  const told = [8, 4].filter((wide) => wide === 8 || Math.max(one.packed, one.size) <= WIDE)
    .map((wide) => little([one.crc, 4], [one.packed, wide], [one.size, wide]));
  return [...told, ...told.map((each) => "504b0708" + each)];
}

async function readZip(file) {
  const { directory, start, count } = await centralDirectory(file);
  const infos = zipEntries(directory);
  if (count !== infos.length && count !== 0xffff) throw new Refused(ODD);
  checkNames(infos.map((one) => one.name.replace(/\/$/, "")));
  if (infos.reduce((sum, one) => sum + one.size, 0) > MAX_TOTAL) {
    throw new Refused("压缩包展开后大得不合常理");
  }
  const kept = infos.filter((one) => !one.name.endsWith("/"));
  kept.forEach(checkEntry);
  let [end, tails] = [0, [""]];
  for (const one of [...infos].sort((each, other) => each.offset - other.offset)) {
    if (one.offset < end) throw new Refused(`压缩包里的文件互相重叠：${one.name}`);
    if (!tails.includes(await between(file, end, one.offset))) throw new Refused(ODD);
    const head = await slice(file, one.offset, one.offset + 30);
    if (head.byteLength !== 30 || head.getUint32(0) !== 0x504b0304) {
      throw new Refused(`压缩包读不出来：${one.name} 的位置不对`);
    }
    const [long, more] = [head.getUint16(26, true), head.getUint16(28, true)];
    const at = one.offset + 30 + long;
    const name = await slice(file, one.offset + 30, at);
    if (plain.decode(name) !== one.name) throw new Refused(`同一个文件有两个名字：${one.name}`);
    if (Math.max(more, one.extra) > MAX_EXTRA || one.note || one.volume) throw new Refused(ODD);
    if (!isToldTwice(one, head, await slice(file, at, at + more))) {
      throw new Refused(`压缩包里 ${one.name} 的两处登记不一致`);
    }
    one.start = at + more;
    [end, tails] = [one.start + one.packed, descriptors(one)];
  }
  if (end > start || !tails.includes(await between(file, end, start))) throw new Refused(ODD);
  return stripTop(new Map(kept.map((one) => [one.name, () => zipBytes(file, one)])));
}

function stripTop(files) {
  const tops = new Set([...files.keys()].map((name) => name.split("/")[0]));
  if (files.has("bagit.txt") || tops.size !== 1) return files;
  return new Map([...files].map(([name, read]) => [name.slice(name.indexOf("/") + 1), read]));
}

async function centralDirectory(file) {
  const end = await slice(file, file.size - 22, file.size);
  const whole = end.byteLength === 22 && end.getUint32(0) === 0x504b0506 && !end.getUint32(4, true);
  if (!whole || end.getUint16(20, true) || end.getUint16(8, true) !== end.getUint16(10, true)) {
    throw new Refused("压缩包读不出来：末尾不完整，或夹有多余的内容");
  }
  let [size, start] = [end.getUint32(12, true), end.getUint32(16, true)];
  const locator = await slice(file, file.size - 42, file.size - 22);
  if (locator.byteLength === 20 && locator.getUint32(0) === 0x504b0607) {
    const at = Number(locator.getBigUint64(8, true));
    const wide = await slice(file, at, at + 56);
    [size, start] = [Number(wide.getBigUint64(40, true)), Number(wide.getBigUint64(48, true))];
  }
  const directory = await slice(file, start, start + size);
  if (directory.byteLength !== size) throw new Refused("压缩包读不出来：目录不完整");
  return { directory, start, count: end.getUint16(10, true) };
}

function zipEntries(directory) {
  const found = [];
  for (let at = 0; at < directory.byteLength; ) {
    if (at + 46 > directory.byteLength || directory.getUint32(at) !== 0x504b0102) {
      throw new Refused("压缩包读不出来：目录损坏");
    }
    const [long, extra, note] = [28, 30, 32].map((place) => directory.getUint16(at + place, true));
    const one = {
      flags: directory.getUint16(at + 8, true),
      method: directory.getUint16(at + 10, true),
      time: directory.getUint16(at + 12, true),
      day: directory.getUint16(at + 14, true),
      crc: directory.getUint32(at + 16, true),
      extra,
      note,
      volume: directory.getUint16(at + 34, true),
      packed: directory.getUint32(at + 20, true),
      size: directory.getUint32(at + 24, true),
      mode: directory.getUint16(at + 40, true),
      offset: directory.getUint32(at + 42, true),
      name: plain.decode(new Uint8Array(directory.buffer, directory.byteOffset + at + 46, long)),
    };
    wider(one, new DataView(directory.buffer, directory.byteOffset + at + 46 + long, extra));
    found.push(one);
    at += 46 + long + extra + note;
  }
  return found;
}

/** Sizes beyond 4 GiB stand in the ZIP64 field. */
function wider(one, extra) {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue;
    let place = at + 4;
    for (const key of ["size", "packed", "offset"]) {
      if (one[key] !== 0xffffffff) continue;
      one[key] = Number(extra.getBigUint64(place, true));
      place += 8;
    }
  }
}

function checkEntry(one) {
  const kind = one.mode & 0xf000;
  if (kind && kind !== 0x8000) throw new Refused(`${one.name} 是链接或特殊文件，不是普通文件`);
  if (one.flags & 1 || (one.method !== 0 && one.method !== 8)) {
    throw new Refused(`${one.name} 用了加密或少见的压缩方法`);
  }
  const odd = one.method === 0 && one.size !== one.packed;
  if (odd || one.size > 1100 * one.packed + 1024) throw new Refused(`${one.name} 大得不合常理`);
}

async function zipBytes(file, one) {
  if (one.size > MAX_ONE) throw new Refused(`${one.name} 对浏览器太大，请用 verify.py`);
  const packed = file.slice(one.start, one.start + one.packed);
  if (packed.size !== one.packed) throw new Refused(`压缩包不完整：${one.name} 被截断`);
  if (one.method === 0) return new Uint8Array(await packed.arrayBuffer());
  try {
    const stream = packed.stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Refused(`压缩包已损坏：${one.name} 解不开`);
  }
}

/** The files with their digests; large ones are not kept. */
class Package {
  constructor(files) {
    this.files = files;
    this.digests = new Map();
    // Digests of what was disposed of by law, as the certificate in the package says.
    this.disposed = new Set();
  }

  async measure(progress) {
    for (const [name, read] of this.files) {
      const bytes = await read();
      const second = name.startsWith("data/") ? sm3(bytes) : "";
      this.digests.set(name, [await sha256(bytes), second, bytes.length]);
      progress?.(this.digests.size, this.files.size);
    }
    return this;
  }

  has(name) {
    return this.files.has(name);
  }

  async read(name) {
    return this.has(name) ? this.files.get(name)() : new Uint8Array();
  }

  async json(name) {
    return writtenJson(await this.read(name));
  }

  under(folder) {
    return [...this.digests.keys()].filter((name) => name.startsWith(folder)).sort();
  }
}
