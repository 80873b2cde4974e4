// ── the two kinds of package, and the verdict ───────────────────────────────────────────────

async function checkDossier(bag, report, roots) {
  const entries = await checkChain(await bag.read("data/events.jsonl"), report);
  if (!entries.length) {
    report.fail("file_missing", "data/events.jsonl", "manifest-sha256.txt");
    return;
  }
  const last = entries.at(-1);
  const admitted = entries.filter((one) => one.kind === "evidence.admitted");
  Object.assign(report.facts, { kind: "dossier", stream: last.stream, entries: entries.length });
  report.facts.items = admitted.length;
  await checkInfo(bag, report, "dossier", last.stream, last.at);
  const custody = await checkCustody(bag, report, last);
  const known = checkItems(bag, report, admitted);
  checkRecord(bag, report, admitted, known);
  await checkDerived(bag, report, admitted, known);
  checkCopies(bag, report, entries, known);
  const papers = await readPapers(bag, report, entries);
  checkPaperFiles(bag, report, papers, known);
  checkLateFiles(bag, report, papers, known);
  await checkPrivate(bag, report, entries);
  await checkSeal(bag, report, entries);
  const anchors = await checkAnchors(bag, report, { ...last, item: place(last.number), after: place(last.number + 1) }, roots);
  await checkPaperLeaf(bag, report, anchors, papers);
  await checkCustodyLeaf(bag, report, anchors, custody);
  checkExtras(bag, report, known);
  if (anchors.whole) {
    await checkCertificates(bag, report, anchors, [...entries, ...papers]);
    await checkChallenge(bag, entries, anchors, report);
  }
  await checkSigners(bag, entries, report, roots);
  await checkPaperSeal(bag, entries, report, roots);
  await checkMark(bag, entries, report, roots);
  await checkLateStamps(bag, papers, report, roots);
  await checkPapersBeside(bag, papers, report, roots);
}

const ALWAYS_KNOWN = [
  "data/events.jsonl", "data/manifest.json", "data/private.json", "data/finding.json",
  "data/anchors/checkpoints.jsonl", "data/anchors/leaf.json", "data/anchors/proofs.json",
  "data/anchors/covers.json", "data/anchors/before.json",
  "data/anchors/renewals.json",
  CUSTODY, CUSTODY_LEAF,
];

function checkExtras(bag, report, known) {
  for (const path of bag.under("data/")) {
    const pem = path.startsWith("data/certificates/") && path.endsWith(".pem");
    const token = path.startsWith("data/anchors/tokens/");
    if (!pem && !token && !known.has(path) && !ALWAYS_KNOWN.includes(path)) {
      report.fail("file_unexpected", path);
    }
  }
}

const entryPath = (number) => `data/entries/${String(number).padStart(6, "0")}.json`;

async function readProof(bag) {
  const said = await bag.json("data/finding.json");
  if (!Number.isInteger(said.seal)) throw new Error("seal");
  const seal = await readEntry(await bag.read(entryPath(said.seal)));
  const shown = new Map(
    said.entries.map((one) => [one.number, [unhex(one.cover), one.path.map(unhex)]]),
  );
  const { journal_length: length, entries_root: root } = seal.data;
  return { item: String(said.item), seal, shown, length, root: unhex(root) };
}

async function checkFinding(bag, report, roots) {
  report.notProved.push("rest", "persons");
  let proof;
  try {
    proof = await readProof(bag);
  } catch {
    report.fail("anchors_unreadable", "data/finding.json");
    return;
  }
  const { seal, shown, item } = proof;
  const entries = [];
  for (const number of [...shown.keys()].sort((one, other) => one - other)) {
    const entry = await readEntry(await bag.read(entryPath(number)));
    const [cover, path] = shown.get(number);
    const told = entry && entry.number === number && entry.stream === seal.stream;
    const leaf = entry && (await entryLeaf(cover, entry.digest));
    if (told && (await isIncluded(leaf, number - 1, proof.length, path, proof.root))) {
      entries.push(entry);
    } else report.fail("finding_wrong", entryPath(number));
  }
  const findings = entries.filter((one) => one.kind === "finding.recorded");
  const admitted = entries.filter((one) => one.kind === "evidence.admitted");
  const cited = findings.flatMap((one) => one.data.evidence ?? []).map(String).sort();
  const there = admitted.map((one) => one.text("evidence")).sort();
  const right = findings.length === 1 && findings[0].data.item === item;
  if (!right || cited.join() !== there.join() || seal.kind !== "dossier.sealed") {
    report.fail("finding_differs", "data/finding.json");
  }
  Object.assign(report.facts, { kind: "finding", stream: seal.stream, item });
  await checkInfo(bag, report, "finding", seal.stream, seal.at);
  const known = checkItems(bag, report, admitted);
  for (const number of [...shown.keys(), seal.number]) known.add(entryPath(number));
  const ends = { item: entryPath(seal.number), after: entryPath(seal.number + 1) };
  const anchors = await checkAnchors(bag, report, { ...seal, ...ends }, roots);
  if (anchors.whole) await checkCertificates(bag, report, anchors, []);
  checkExtras(bag, report, known);
  report.gap(4, "finding_only");
}

async function refuseOwnRoots(bag, roots) {
  const given = new Set(await Promise.all(roots.map((one) => sha256(one.bytes))));
  for (const name of bag.files.keys()) {
    if (!/(\.pem|\.crt|\.cer|checkpoints\.jsonl)$/.test(name)) continue;
    const text = plain.decode(await bag.read(name)).replaceAll("\\n", "\n");
    for (const [pem] of text.matchAll(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)) {
      let own = "";
      try {
        own = await sha256(Certificate.ofPem(pem).bytes);
      } catch {
        continue;
      }
      if (given.has(own)) {
        throw new Refused("给出的根证书就在包里：包里的证书不能证明它自己。请用主管机关另行公布的根证书");
      }
    }
  }
}

/** The same verdict as `verify.py --json`, as far as a browser can look. */
async function verify(files, roots, progress) {
  const bag = await new Package(files).measure(progress);
  if (!bag.has("bagit.txt")) throw new Refused("这不是案卷包：里面没有 bagit.txt");
  await refuseOwnRoots(bag, roots);
  const report = new Report();
  await checkBag(bag, report);
  if (bag.has("data/finding.json")) await checkFinding(bag, report, roots);
  else await checkDossier(bag, report, roots);
  const key = (one) => [LEVELS.indexOf(one.level), one.code, one.item, one.text].join("\0");
  const sizes = [...bag.digests.values()].map(([, , size]) => size);
  return {
    verified: report.grade >= 3,
    grade: WORDS.GRADES[report.grade],
    findings: report.findings.sort((one, other) => (key(one) < key(other) ? -1 : 1)),
    not_proved: report.notProved.sort(),
    facts: { ...report.facts, files: sizes.length, bytes: sizes.reduce((a, b) => a + b, 0) },
  };
}
