// ── what is found ──────────────────────────────────────────────────────────────────────────

const spoken = (item) => {
  const at = item.indexOf("#");
  return at < 0 || at === item.length - 1 ? item : `${item.slice(0, at)} 第 ${item.slice(at + 1)} 条`;
};
const place = (number) => `data/events.jsonl#${number}`;
const LEVELS = ["fail", "gap", "note"];

class Report {
  constructor() {
    this.findings = [];
    this.notProved = ["place", "root", "revoked", "pdf", "tool"];
    this.facts = {};
    this.grade = 4;
  }

  add(level, code, item, detail) {
    const values = { item: spoken(item), detail: spoken(detail) };
    const text = WORDS.SAYS[code].replace(/\{(item|detail)\}/g, (_, key) => values[key]);
    const known = this.findings.some(
      (one) => one.level === level && one.code === code && one.item === item && one.text === text,
    );
    if (!known) this.findings.push({ level, code, item, text });
  }

  fail(code, item = "", detail = "") {
    this.grade = 0;
    this.add("fail", code, item, detail);
  }

  gap(grade, code, item = "", detail = "") {
    this.grade = Math.min(this.grade, grade - 1);
    this.add("gap", code, item, detail);
  }

  note(code, item = "", detail = "") {
    this.add("note", code, item, detail);
  }

  unproved(code) {
    if (!this.notProved.includes(code)) this.notProved.push(code);
  }
}

// ── E1 ─────────────────────────────────────────────────────────────────────────────────────

const TAG_FILES = [
  "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "manifest-sm3.txt",
  "VERIFY.txt", "verify.py", "verify.html",
];
const BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

async function checkBag(bag, report) {
  if (plain.decode(await bag.read("bagit.txt")) !== BAGIT) {
    report.fail("bag_malformed", "bagit.txt", "版本声明");
  }
  const payload = new Set(bag.under("data/"));
  const tags = [...bag.digests.keys()].filter(
    (name) => !payload.has(name) && name !== "tagmanifest-sha256.txt",
  );
  await checkList(bag, report, "tagmanifest-sha256.txt", new Set(tags), 0);
  const named = await checkList(bag, report, "manifest-sha256.txt", payload, 0);
  // What the one list tells of a file, the other need not say again.
  const rest = new Set([...payload].filter((path) => !named.has(path)));
  await checkList(bag, report, "manifest-sm3.txt", rest, 1, named);
  for (const name of tags) if (!TAG_FILES.includes(name)) report.fail("file_unexpected", name);
}

/** Returns the paths the list complains of; of those in `silent` it says nothing. */
async function checkList(bag, report, name, expected, column, silent = new Set()) {
  const wrong = new Set();
  const complain = (code, path) => wrong.add(path) && report.fail(code, path, name);
  if (!bag.has(name)) {
    report.fail("list_missing", name);
    return wrong;
  }
  const text = plain.decode(await bag.read(name));
  const listed = new Map();
  for (const line of text.split("\n").slice(0, -1)) {
    const found = /^([0-9a-f]{64}) {2}([^ \n][^\n]*)$/.exec(line);
    if (!found || listed.has(found[2])) {
      report.fail("bag_malformed", name, Array.from(line).slice(0, 80).join(""));
    } else listed.set(found[2], found[1]);
  }
  if (!text.endsWith("\n")) report.fail("bag_malformed", name, "末行");
  for (const path of listed.keys()) {
    if (!expected.has(path) && !silent.has(path)) complain("file_missing", path);
  }
  for (const path of expected) {
    if (!listed.has(path)) complain("file_unlisted", path);
    else if (bag.digests.get(path)[column] !== listed.get(path)) complain("file_altered", path);
  }
  return wrong;
}

async function checkInfo(bag, report, kind, stream, at) {
  const sizes = bag.under("data/").map((name) => bag.digests.get(name)[2]);
  const wanted = [
    "Bag-Software-Agent: yunkanyan 1",
    `Internal-Sender-Description: ${kind}`,
    `Internal-Sender-Identifier: ${stream}`,
    `Bagging-Date: ${at.slice(0, 10)}`,
    `Payload-Oxum: ${sizes.reduce((sum, one) => sum + one, 0)}.${sizes.length}`,
    "",
  ].join("\n");
  if (plain.decode(await bag.read("bag-info.txt")) !== wanted) {
    report.fail("bag_info_differs", "bag-info.txt");
  }
}

async function readEntry(body) {
  try {
    const { stream, number, prev, kind, at, data, private: hidden } = strictJson(body);
    const texts = [stream, prev, kind, at].every((one) => typeof one === "string");
    if (!texts || !Number.isInteger(number) || !isObject(data) || !isObject(hidden)) return null;
    const text = (key) => (data[key] ? String(data[key]) : "");
    return { stream, number, prev, kind, at, data, private: hidden, text, digest: await sha256(body) };
  } catch {
    return null;
  }
}

function linesOf(data) {
  const lines = [];
  let from = 0;
  for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, from)) {
    lines.push(data.subarray(from, at));
    from = at + 1;
  }
  if (from < data.length) lines.push(data.subarray(from));
  return lines;
}

async function checkChain(data, report) {
  const found = await Promise.all(linesOf(data).map(readEntry));
  const entries = [];
  let [expected, before] = [1, "0".repeat(64)];
  found.forEach((entry, at) => {
    if (entry === null) {
      report.fail("entry_unreadable", place(expected));
      [expected, before] = [expected + 1, ""];
      return;
    }
    if (entry.number !== expected) {
      const until = Math.min(entry.number, expected + 20);
      for (let number = expected; number < until; number++) {
        report.fail("entry_missing", place(number));
      }
      if (until <= expected) report.fail("entry_misplaced", place(expected), String(entry.number));
      before = "";
    }
    if (entries.length && entry.stream !== entries[0].stream) {
      report.fail("entry_foreign", place(entry.number));
    }
    if (before && entry.prev !== before) {
      const following = found[at + 1] ?? null;
      const whole = following === null || following.prev === entry.digest;
      report.fail("entry_altered", place(Math.max(1, whole ? entry.number - 1 : entry.number)));
    }
    entries.push(entry);
    [expected, before] = [entry.number + 1, entry.digest];
  });
  if (data.length && data.at(-1) !== 10) report.fail("entry_unreadable", place(Math.max(1, expected - 1)));
  return entries;
}

const PAPERS = "data/papers.jsonl";
const CUSTODY = "data/custody.jsonl";
const CUSTODY_LEAF = "data/anchors/custody.json";

/** The custody journal is a chain about this dossier as it ended; keeps what was removed. */
async function checkCustody(bag, report, last) {
  if (!bag.has(CUSTODY)) {
    if (bag.has(CUSTODY_LEAF)) report.fail("file_missing", CUSTODY, CUSTODY_LEAF);
    return [];
  }
  const bytes = await bag.read(CUSTODY);
  const entries = await Promise.all(linesOf(bytes).map(readEntry));
  const stream = `custody:${last.stream.slice(last.stream.indexOf(":") + 1)}`;
  const whole = entries.every((one, at) => {
    const before = at ? entries[at - 1]?.digest : "0".repeat(64);
    return one && one.stream === stream && one.number === at + 1 && one.prev === before;
  });
  const disposed = whole && entries.find((one) => one.kind === "dossier.disposed");
  const { journal, removed } = disposed ? disposed.data : {};
  const told = isObject(journal) && Object.keys(journal).length === 3
    && journal.stream === last.stream && journal.length === last.number
    && journal.head === last.digest;
  if (bytes.at(-1) !== 10 || !told || !Array.isArray(removed)) {
    report.fail("custody_wrong", CUSTODY);
    return [];
  }
  bag.disposed = new Set(removed.filter(isObject).map((one) => String(one.sha256)));
  return entries;
}

/** Where an entry stands in the package: the papers have a journal of their own. */
const placeOf = (entry) =>
  entry.stream.startsWith("papers:") ? `${PAPERS}#${entry.number}` : place(entry.number);

/** A file is not there: disposed of, as the certificate says, or lost. */
function noteAbsent(bag, report, path, entry, key, signed = false) {
  if (!bag.disposed.has(entry.text(key))) {
    report.fail("item_missing", path, placeOf(entry));
    return;
  }
  report.unproved("disposed");
  // Without what was signed nothing can be said of who signed.
  if (signed) report.gap(4, "item_disposed", path, CUSTODY);
  else report.note("item_disposed", path, CUSTODY);
}

function itemPath(number, data) {
  const label = Array.from(data.item ? String(data.item) : "")
    .map((one) => (/[0-9A-Za-z_-]/.test(one) ? one : "_"))
    .join("");
  const folder = WORDS.FOLDERS[data.kind] ?? "others";
  const suffix = WORDS.SUFFIXES[data.media_type] ?? "bin";
  const six = String(number).padStart(6, "0");
  return `data/items/${folder}/${six}${label ? "-" + label : ""}.${suffix}`;
}

function checkItems(bag, report, admitted) {
  const paths = new Set();
  for (const entry of admitted) {
    const path = itemPath(entry.number, entry.data);
    paths.add(path);
    if (!bag.has(path)) {
      noteAbsent(bag, report, path, entry, "sha256");
      continue;
    }
    const [first, second, size] = bag.digests.get(path);
    const { sha256: one, sm3: other, size: length } = entry.data;
    if (first !== one || size !== length || second !== other) {
      report.fail("item_altered", path, place(entry.number));
    }
  }
  return paths;
}

function checkRecord(bag, report, admitted, known) {
  const kinds = { "data/record.pdf": "application/pdf", "data/record.json": "application/json" };
  for (const [path, type] of Object.entries(kinds)) {
    const entry = admitted
      .filter((one) => one.data.purpose === "RECORD" && one.data.media_type === type)
      .at(-1);
    if (!entry) continue;
    known.add(path);
    if (!bag.has(path)) noteAbsent(bag, report, path, entry, "sha256", true);
    else if (bag.digests.get(path)[0] !== entry.data.sha256) report.fail("record_altered", path);
  }
}

const FROZEN = "data/record-frozen.pdf";
const messagePath = (answer) =>
  `data/signatures/${answer.text("signature").replace(/[^0-9A-Za-z-]/gu, "_")}.p7s`;

/** What people signed, and what their keys made of it, once more under names that are found. */
function checkCopies(bag, report, entries, known) {
  const frozen = entries.filter((one) => one.kind === "record.frozen").slice(-1);
  for (const one of frozen) known.add(checkCopy(bag, report, FROZEN, one, "sha256"));
  for (const one of entries) {
    if (one.kind !== "signature.completed" || !one.text("cms_sha256")) continue;
    known.add(checkCopy(bag, report, messagePath(one), one, "cms_sha256"));
  }
}

function checkCopy(bag, report, path, entry, key) {
  if (!bag.has(path)) noteAbsent(bag, report, path, entry, key, true);
  else if (bag.digests.get(path)[0] !== entry.text(key)) {
    report.fail("item_altered", path, place(entry.number));
  }
  return path;
}

const salted = (shown) => {
  if (typeof shown.salt !== "string" || typeof shown.value !== "string") throw new Error("salt");
  return sha256(`${shown.salt}\0${shown.value}`);
};

async function checkPrivate(bag, report, entries) {
  const path = "data/private.json";
  if (!bag.has(path)) {
    report.notProved.push("persons");
    return;
  }
  const byNumber = new Map(entries.map((one) => [String(one.number), one]));
  try {
    for (const [number, values] of Object.entries(await bag.json(path))) {
      for (const [name, shown] of Object.entries(values)) {
        if ((await salted(shown)) !== byNumber.get(number)?.private[name]) {
          report.fail("private_differs", `${path}#${number}`, name);
        }
      }
    }
  } catch {
    report.fail("anchors_unreadable", path);
  }
}

async function checkDerived(bag, report, admitted, known) {
  const path = "data/derived.json";
  if (!bag.has(path)) return;
  known.add(path);
  report.notProved.push("derived");
  const part = (one) => Number(one.text("segment").split(":").at(-1)) || 0;
  const order = (one, other) =>
    one.text("taken_at") < other.text("taken_at") ? -1
      : one.text("taken_at") > other.text("taken_at") ? 1 : part(one) - part(other);
  const segments = admitted.filter((one) => one.data.kind === "SEGMENT").sort(order);
  const parents = await sha256(segments.map((one) => one.text("sha256")).join("\n"));
  try {
    for (const copy of await bag.json(path)) {
      const name = `data/${copy.file}`;
      known.add(name);
      if (!bag.has(name)) report.fail("file_missing", name, path);
      else if (bag.digests.get(name)[0] !== copy.sha256 || copy.parents_sha256 !== parents) {
        report.fail("derived_differs", name);
      }
    }
  } catch {
    report.fail("anchors_unreadable", path);
  }
}

// ── E2 ─────────────────────────────────────────────────────────────────────────────────────

async function checkSeal(bag, report, entries) {
  const seal = entries.find((one) => one.kind === "dossier.sealed");
  if (!seal) {
    report.gap(2, "not_sealed");
    return;
  }
  for (const one of entries) {
    if (one.number > seal.number) report.fail("entries_after_seal", place(one.number));
  }
  const path = "data/manifest.json";
  const admitted = entries.filter((one) => one.kind === "evidence.admitted");
  const { journal_head: head, journal_length: length, evidence } = seal.data;
  if (head !== seal.prev || length !== seal.number - 1 || evidence !== admitted.length) {
    report.fail("seal_differs", place(seal.number), "条数或末条摘要");
  }
  await checkCovers(bag, report, entries, seal);
  if (!bag.has(path)) {
    report.fail("item_missing", path, place(seal.number));
    return;
  }
  if (bag.digests.get(path)[0] !== seal.data.manifest_sha256) report.fail("manifest_altered", path);
  checkManifest(await bag.read(path), report, admitted, seal);
}

function checkManifest(bytes, report, admitted, seal) {
  let listed;
  try {
    const manifest = strictJson(bytes);
    listed = new Map(manifest.evidence.map((one) => [one.number, `${one.id} ${one.sha256}`]));
    const { head, length } = manifest.journal;
    if (head !== seal.prev || length !== seal.number - 1) {
      report.fail("manifest_differs", "data/manifest.json");
    }
  } catch {
    report.fail("anchors_unreadable", "data/manifest.json");
    return;
  }
  const told = new Map(
    admitted.map((one) => [one.number, `${one.data.evidence} ${one.data.sha256}`]),
  );
  for (const number of new Set([...listed.keys(), ...told.keys()])) {
    if (listed.get(number) !== told.get(number)) report.fail("manifest_differs", place(number));
  }
}

async function checkCovers(bag, report, entries, seal) {
  const path = "data/anchors/covers.json";
  const root = seal.data.entries_root;
  if (root === undefined || root === null) return;
  if (!bag.has(path)) {
    report.note("covers_unchecked");
    return;
  }
  let seed;
  let right;
  try {
    const shown = await bag.json(path);
    seed = shown.value;
    right = (await salted(shown)) === seal.private.covers;
  } catch {
    report.fail("anchors_unreadable", path);
    return;
  }
  if (!right) {
    report.fail("private_differs", path, "covers");
    return;
  }
  const before = entries.filter((one) => one.number < seal.number);
  const leaves = await Promise.all(
    before.map(async (one, at) =>
      entryLeaf(await digest(utf8.encode(`cover\0${seed}\0${at + 1}`)), one.digest),
    ),
  );
  if (hex(await treeRoot(leaves)) !== root) {
    report.fail("seal_differs", place(seal.number), "条目根");
  }
}
