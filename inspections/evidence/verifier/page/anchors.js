// ── RFC 6962 trees ─────────────────────────────────────────────────────────────────────────

const leafHash = (body) => digest(joined(Uint8Array.of(0), body));
const nodeHash = (left, right) => digest(joined(Uint8Array.of(1), left, right));
const entryLeaf = (cover, own) => leafHash(joined(cover, unhex(own)));

async function treeRoot(leaves) {
  if (!leaves.length) return digest(new Uint8Array());
  if (leaves.length === 1) return leaves[0];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(await treeRoot(leaves.slice(0, split)), await treeRoot(leaves.slice(split)));
}

async function isIncluded(leaf, index, size, path, root) {
  if (!(index >= 0 && index < size)) return false;
  let [at, last, found] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 || at === last) {
      found = await nodeHash(sibling, found);
      while (at % 2 === 0 && at) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else found = await nodeHash(found, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(found, root);
}

async function isConsistent(old, now, path) {
  if (old.size === now.size) return !path.length && same(old.root, now.root);
  const steps = Number.isInteger(Math.log2(old.size)) ? [old.root, ...path] : [...path];
  if (!(old.size > 0 && old.size < now.size && steps.length)) return false;
  let [at, last] = [old.size - 1, now.size - 1];
  while (at % 2) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  let [before, after] = [steps[0], steps[0]];
  for (const sibling of steps.slice(1)) {
    if (last === 0) return false;
    if (at % 2 || at === last) {
      [before, after] = [await nodeHash(sibling, before), await nodeHash(sibling, after)];
      while (at % 2 === 0 && at) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else after = await nodeHash(after, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(before, old.root) && same(after, now.root);
}

async function challengeOf(root, stream) {
  const found = await digest(utf8.encode(`challenge\0${root}\0${stream}`));
  const number = new DataView(found.buffer).getBigUint64(0) % 1000000n;
  return String(number).padStart(6, "0");
}

// ── E3 ─────────────────────────────────────────────────────────────────────────────────────

const checkpointItem = (number) => `data/anchors/checkpoints.jsonl#${number}`;

async function readCheckpoint(line) {
  const said = strictJson(line);
  if (JSON.stringify(said) !== strictly.decode(line) || !isPlainPem(said.certificate)) {
    throw new Error("spelling");
  }
  const body = unbase64(said.body);
  const inner = strictJson(body);
  const at = Date.parse(`${/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(inner.at)[0]}Z`) / 1000;
  const { number, size, previous } = inner;
  if (!Number.isInteger(number) || !Number.isInteger(size) || Number.isNaN(at)) throw new Error("int");
  const root = unhex(inner.root);
  return {
    body, number, size, at, root, previous, rootHex: inner.root,
    signature: unbase64(said.signature), pem: String(said.certificate), digest: await sha256(body),
  };
}

const ANCHOR_READERS = {
  async "checkpoints.jsonl"(anchors, bytes) {
    if (bytes.at(-1) !== 10) throw new Error("end");
    anchors.checkpoints = await Promise.all(linesOf(bytes).map(readCheckpoint));
    const numbers = anchors.checkpoints.map((one) => one.number);
    const rising = numbers.every((one, at) => at === 0 || one > numbers[at - 1]);
    if (!numbers.length || !rising) throw new Error("numbers");
  },
  async "leaf.json"(anchors, bytes) {
    const said = writtenJson(bytes);
    if (!Number.isInteger(said.index)) throw new Error("index");
    anchors.leafIndex = said.index;
    anchors.leafBody = unbase64(said.body);
    anchors.leaf = strictJson(anchors.leafBody);
    if (!isObject(anchors.leaf)) throw new Error("leaf");
  },
  async "proofs.json"(anchors, bytes) {
    const said = writtenJson(bytes);
    if (!Number.isInteger(said.size)) throw new Error("size");
    anchors.size = said.size;
    anchors.inclusion = said.inclusion.map(unhex);
    anchors.consistency = new Map(
      said.consistency.map((one) => {
        if (!Number.isInteger(one.from) || !Number.isInteger(one.to)) throw new Error("sizes");
        return [`${one.from} ${one.to}`, one.path.map(unhex)];
      }),
    );
  },
};

async function readAnchors(bag, report) {
  const anchors = { whole: true, checkpoints: [], times: new Map() };
  for (const [name, read] of Object.entries(ANCHOR_READERS)) {
    const path = `data/anchors/${name}`;
    if (!bag.has(path)) {
      report.gap(3, "anchors_missing", path);
      anchors.whole = false;
      continue;
    }
    try {
      await read(anchors, await bag.read(path));
    } catch {
      report.fail("anchors_unreadable", path);
      anchors.whole = false;
    }
  }
  return anchors;
}

async function checkAnchors(bag, report, head, roots) {
  const anchors = await readAnchors(bag, report);
  if (!roots.length) report.gap(3, "no_roots");
  if (!anchors.whole) return anchors;
  await checkTree(anchors, report, head);
  const vouchers = await checkCheckpoints(anchors, report, roots);
  await checkTokens(bag, anchors, report, roots, vouchers);
  await checkRenewals(bag, anchors, report);
  report.facts.roots = [];
  for (const root of roots) {
    report.facts.roots.push({ name: root.part(OID.name), sha256: await sha256(root.bytes) });
  }
  return anchors;
}

const pemDigest = (pem) => sha256(unbase64(pem.replace(/-----[^-]*-----|\n/g, "")));

/** Whose certificates the journal names, by the names they have in the package, with the digest
 * of the file each is taken from. */
function journalled(entries) {
  const kinds = {
    "signature.completed": ["signer", "cms_sha256"],
    "record.sealed": ["seal", "sha256"],
    "inspection_paper.issued": ["seal", "sha256"],
  };
  const named = entries.filter((one) => kinds[one.kind] && one.text("certificate_sha256"));
  return named.map((one) => {
    const [[kind, file], own] = [kinds[one.kind], one.text("certificate_sha256")];
    return [`data/certificates/${kind}-${own.slice(0, 16)}.pem`, own, one.text(file)];
  });
}

async function checkCertificates(bag, report, anchors, entries) {
  const named = journalled(entries);
  const wanted = new Map(named.map(([path, own]) => [path, [own, "data/events.jsonl"]]));
  // Of a certificate whose every file was disposed of nothing is left to be found.
  const kept = new Set(named.filter(([, , file]) => !bag.disposed.has(file)).map(([path]) => path));
  for (const { pem } of anchors.checkpoints) {
    const own = await pemDigest(pem);
    const name = `data/certificates/checkpoint-${own.slice(0, 16)}.pem`;
    wanted.set(name, [own, "data/anchors/checkpoints.jsonl"]);
  }
  for (const [path, [own, source]] of wanted) {
    if (!bag.has(path) && source === "data/events.jsonl" && !kept.has(path)) {
      report.note("item_disposed", path, CUSTODY);
    } else if (!bag.has(path)) report.fail("file_missing", path, source);
    else if (!(await isCertificate(await bag.read(path), own))) {
      report.fail("certificate_differs", path);
    }
  }
  for (const path of bag.under("data/certificates/")) {
    if (!wanted.has(path)) report.fail("file_unexpected", path);
  }
}

async function isCertificate(bytes, own) {
  const pem = plain.decode(bytes);
  try {
    return isPlainPem(pem) && (await pemDigest(pem)) === own;
  } catch {
    return false;
  }
}

function checkHead(anchors, report, head, isLeaf) {
  const { stream, length, head: own } = anchors.leaf;
  if (stream === head.stream && length === head.number && own === head.digest) return;
  const long = Number.isInteger(length) ? length : 0;
  if (!isLeaf || stream !== head.stream || long < head.number) {
    report.fail("leaf_differs", "data/anchors/leaf.json");
  } else if (long > head.number) report.fail("entry_missing", head.after);
  else report.fail("head_differs", head.item);
}

/** The checkpoint the proof of the dossier's last entry speaks of; later ones cover the papers. */
const coveringOf = (anchors) =>
  anchors.checkpoints.find((one) => one.size === anchors.size) ?? anchors.checkpoints.at(-1);

async function checkTree(anchors, report, head) {
  const last = coveringOf(anchors);
  const leaf = await leafHash(anchors.leafBody);
  const inside = await isIncluded(leaf, anchors.leafIndex, last.size, anchors.inclusion, last.root);
  if (!inside || anchors.size !== last.size) report.fail("inclusion_wrong", "data/anchors/proofs.json");
  checkHead(anchors, report, head, inside);
  for (let at = 0; at + 1 < anchors.checkpoints.length; at++) {
    const [one, next] = anchors.checkpoints.slice(at, at + 2);
    if (next.number === one.number + 1 && next.previous !== one.digest) {
      report.fail("checkpoint_unlinked", checkpointItem(next.number));
    }
    const path = anchors.consistency.get(`${one.size} ${next.size}`);
    if (!path && one.size !== next.size) {
      report.fail("checkpoint_unlinked", checkpointItem(one.number));
    } else if (!(await isConsistent(one, next, path ?? []))) {
      report.fail("consistency_wrong", checkpointItem(one.number));
    }
  }
}

async function checkCheckpoints(anchors, report, roots) {
  const vouchers = new Set();
  for (const one of anchors.checkpoints) {
    const item = checkpointItem(one.number);
    let certificate = null;
    try {
      certificate = Certificate.ofPem(one.pem);
    } catch {
      report.fail("checkpoint_altered", item);
      continue;
    }
    if (certificate.isOwnIssuer) report.fail("root_inside", item);
    if (!(await certificate.verifies(one.body, one.signature, "1.2.840.10045.4.3.2"))) {
      report.fail("checkpoint_altered", item);
      continue;
    }
    const root = await vouching(certificate, one.at, roots);
    if (!root || certificate.part(OID.unit) !== "CHECKPOINT") {
      report.gap(3, "checkpoint_untrusted", item);
    } else vouchers.add(root);
  }
  return vouchers;
}

async function checkTokens(bag, anchors, report, roots, vouchers) {
  const stamped = new Map(anchors.checkpoints.map((one) => [one.number, []]));
  const imprints = new Map(anchors.checkpoints.map((one) => [one.number, one.digest]));
  for (const path of bag.under("data/anchors/tokens/")) {
    const number = Number(/^data\/anchors\/tokens\/(\d+)-[^/]+\.tsr$/.exec(path)?.[1] ?? 0);
    if (!stamped.has(number)) {
      report.fail("token_foreign", path);
      continue;
    }
    const token = await readToken(await bag.read(path), imprints.get(number), roots);
    if (!token) {
      report.gap(3, "token_untrusted", path);
      continue;
    }
    stamped.get(number).push(token.at);
    const local = token.root.part(OID.name).includes(WORDS.LOCAL_TIME);
    anchors.times.set(path, { at: token.at, away: !local && !vouchers.has(token.root) });
  }
  for (const [number, times] of stamped) {
    if (!times.length) report.gap(3, "time_pending", `data/anchors/tokens/${number}-*.tsr`);
  }
  const times = [...stamped.values()].flat();
  if (!times.length) return;
  const outside = [...anchors.times.values()].every((one) => one.away);
  report.facts.outside_time = outside;
  report.facts.not_after = stamped.get(coveringOf(anchors).number).sort()[0] ?? "";
  report.facts.stamps = stamped;
  if (!outside) report.note("time_local");
}

async function checkChallenge(bag, entries, anchors, report) {
  const shown = entries.filter((one) => one.kind === "challenge.shown");
  const spokenOnes = entries.filter((one) => one.kind === "challenge.spoken");
  const recorded = entries.some(
    (one) => one.kind === "evidence.admitted" && one.data.kind === "SEGMENT",
  );
  if (!shown.length) {
    if (recorded) report.gap(3, "challenge_absent");
    return;
  }
  const byNumber = new Map(anchors.checkpoints.map((one) => [one.number, one]));
  const right = [];
  for (const entry of shown) {
    const { checkpoint, size, root, code } = entry.data;
    const one = byNumber.get(checkpoint);
    const good = one && size === one.size && root === one.rootHex;
    if (!good || code !== (await challengeOf(one.rootHex, entry.stream))) {
      report.fail("challenge_wrong", place(entry.number));
    } else right.push(one.number);
  }
  const spoken = right.filter((number) => spokenOnes.some((one) => one.data.checkpoint === number));
  if (!spoken.length) report.note("challenge_unspoken");
  if (right.length) {
    // By the system's own clock: a token only proves that the root was there no later.
    const first = Math.min(...right.map((one) => byNumber.get(one).at));
    report.facts.challenge_at = `${new Date(first * 1000).toISOString().slice(0, 19)}Z`;
    report.notProved.push("challenge");
  }
  await checkBefore(bag, anchors, report, Math.min(...spoken));
}

const BEFORE = "data/anchors/before.json";

/** The root of a spoken challenge holds a timestamp: nobody could know the digits before it. */
async function checkBefore(bag, anchors, report, spoken) {
  if (!bag.has(BEFORE)) return;
  const found = [];
  try {
    for (const said of await bag.json(BEFORE)) {
      const name = `data/anchors/${said.token}`;
      const one = anchors.checkpoints.find((each) => each.number === said.challenge);
      const [body, path] = [unbase64(said.body), said.path.map(unhex)];
      const told = stampLeaf(name, bag.digests.get(name)[0]);
      if (!Number.isInteger(said.index)) throw new Error("index");
      const leaf = await leafHash(body);
      const inside = await isIncluded(leaf, said.index, one.size, path, one.root);
      if (plain.decode(body) !== told || !inside) report.fail("before_wrong", BEFORE);
      else if (one.number === spoken && anchors.times.has(name)) found.push(anchors.times.get(name));
    }
  } catch {
    report.fail("before_wrong", BEFORE);
    return;
  }
  if (!found.length) return;
  report.facts.not_before = found.map((one) => one.at).sort().at(-1);
  if (found.some((one) => one.away)) {
    report.notProved = report.notProved.filter((one) => one !== "challenge");
  }
}

const RENEWALS = "data/anchors/renewals.json";

/** A timestamp whose certificate ends is a leaf under a later checkpoint (RFC 4998 §5.2). */
async function checkRenewals(bag, anchors, report) {
  if (!bag.has(RENEWALS)) return;
  const times = [];
  try {
    for (const said of await bag.json(RENEWALS)) {
      const name = `data/anchors/${said.token}`;
      const one = anchors.checkpoints.find((each) => each.number === said.checkpoint);
      const [body, path] = [unbase64(said.body), said.path.map(unhex)];
      if (!Number.isInteger(said.index)) throw new Error("index");
      const told = stampLeaf(name, bag.digests.get(name)[0]);
      const inside = await isIncluded(await leafHash(body), said.index, one.size, path, one.root);
      if (plain.decode(body) !== told || !inside) throw new Error("renewal");
      for (const [known, { at }] of anchors.times) {
        if (known.startsWith(`data/anchors/tokens/${one.number}-`)) times.push(at);
      }
    }
  } catch {
    report.fail("renewal_wrong", RENEWALS);
    return;
  }
  if (times.length) report.facts.renewed_at = times.sort().at(-1);
}

/** The one way in which a timestamp is written into the tree (RFC 8785). */
function stampLeaf(name, head) {
  const named = /^data\/anchors\/tokens\/(\d+)-([^/]+)\.tsr$/.exec(name);
  if (!named) return "";
  return JSON.stringify({ head, length: Number(named[1]), stream: `timestamps:${named[2]}` });
}
