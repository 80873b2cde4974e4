// ── the papers beside the record ────────────────────────────────────────────────────────────

const PAPERS_LEAF = "data/anchors/papers.json";

/** The papers' journal: a chain of this dossier that goes on from where the record left it. */
async function readPapers(bag, report, entries) {
  const issued = entries.filter((one) => one.kind === "record.issued").at(-1);
  const claimed = issued && isObject(issued.data.papers) ? issued.data.papers : null;
  if (!bag.has(PAPERS)) {
    if (claimed?.length) report.fail("file_missing", PAPERS, place(issued.number));
    else if (claimed) report.gap(4, "trail_absent", PAPERS);
    return [];
  }
  const bytes = await bag.read(PAPERS);
  const lines = linesOf(bytes);
  const papers = (await Promise.all(lines.map(readEntry))).filter(Boolean);
  const whole = isPapersChain(papers, lines.length, entries.at(-1).stream);
  if (bytes.at(-1) !== 10 || !whole || !holdsClaim(papers, claimed)) {
    report.fail("papers_wrong", PAPERS);
  }
  if (claimed && !papers.some((one) => one.text("kind") === "SIGNING_TRAIL")) {
    report.gap(4, "trail_absent", PAPERS);
  }
  return papers;
}

function isPapersChain(papers, lines, stream) {
  const own = `papers:${stream.slice(stream.indexOf(":") + 1)}`;
  const follows = papers.every((one, at) => {
    const before = at ? papers[at - 1].digest : "0".repeat(64);
    return one.stream === own && one.number === at + 1 && one.prev === before;
  });
  return follows && papers.length > 0 && papers.length === lines;
}

function holdsClaim(papers, claimed) {
  const length = claimed?.length;
  return !length || (Number.isInteger(length) && papers[length - 1]?.digest === claimed.head);
}

const issuedPapers = (papers) => papers.filter((one) => one.kind === "inspection_paper.issued");
const paperPath = (one, suffix) =>
  `data/papers/${one.text("serial").replace(/[^0-9A-Za-z-]/gu, "_")}.${suffix}`;

function checkPaperFiles(bag, report, papers, known) {
  if (bag.has(PAPERS)) [PAPERS, PAPERS_LEAF].forEach((path) => known.add(path));
  for (const one of issuedPapers(papers)) {
    for (const [suffix, key] of [["pdf", "sha256"], ["json", "content_sha256"]]) {
      const path = paperPath(one, suffix);
      known.add(path);
      if (!bag.has(path)) noteAbsent(bag, report, path, one, key, true);
      else if (!isWhole(bag, path, one.text(key))) report.fail("item_altered", path, placeOf(one));
    }
  }
}

/** The end of the papers' journal is a leaf under one of the checkpoints. */
async function checkPaperLeaf(bag, report, anchors, papers) {
  if (!papers.length || !anchors.whole) return;
  if (!bag.has(PAPERS_LEAF)) report.gap(3, "anchors_missing", PAPERS_LEAF);
  else await checkLeaf(bag, report, anchors, [papers.at(-1), PAPERS, PAPERS_LEAF, "papers_wrong"]);
}

/** The certificate of a disposal is under a checkpoint: else anybody could have written it. */
async function checkCustodyLeaf(bag, report, anchors, custody) {
  if (!custody.length || !anchors.whole) return;
  if (!bag.has(CUSTODY_LEAF)) report.gap(2, "custody_unanchored", CUSTODY);
  else await checkLeaf(bag, report, anchors, [custody.at(-1), CUSTODY, CUSTODY_LEAF, "custody_wrong"]);
}

/** The last entry of a journal beside the dossier is the leaf that the second file proves. */
async function checkLeaf(bag, report, anchors, [last, journal, leaf, code]) {
  const { digest: head, number: length, stream } = last;
  let [inside, body] = [false, null];
  try {
    const said = await bag.json(leaf);
    body = unbase64(said.body);
    const path = said.path.map(unhex);
    const one = anchors.checkpoints.find((each) => each.number === said.checkpoint);
    const index = Number.isInteger(said.index) ? said.index : -1;
    inside = await isIncluded(await leafHash(body), index, one.size, path, one.root);
  } catch {
    report.fail("anchors_unreadable", leaf);
    return;
  }
  if (!inside) report.fail(code, leaf);
  else if (plain.decode(body) !== JSON.stringify({ head, length, stream })) report.fail(code, journal);
}

async function checkPapersBeside(bag, papers, report, roots) {
  report.facts.papers = issuedPapers(papers).length;
  for (const one of issuedPapers(papers)) {
    await checkSealed(bag, paperPath(one, "pdf"), one, report, roots);
  }
}
