// ── E4: timestamps of signatures that came after the seal, told beside the dossier ──────────────

const lateStamps = (papers) => papers.filter((one) => one.kind === "signature.stamped");

const stampPath = (stamp) => `${messagePath(stamp).slice(0, -"p7s".length)}tsr`;

/** Each of these timestamps is there as registered. */
function checkLateFiles(bag, report, papers, known) {
  for (const one of lateStamps(papers)) {
    const path = stampPath(one);
    known.add(path);
    if (!bag.has(path)) noteAbsent(bag, report, path, one, "sha256");
    else if (bag.digests.get(path)[0] !== one.text("sha256")) {
      report.fail("item_altered", path, placeOf(one));
    }
  }
}

/** Each is over the signature in the message of that digest. */
async function checkLateStamps(bag, papers, report, roots) {
  for (const one of lateStamps(papers)) {
    const [path, message] = [stampPath(one), messagePath(one)];
    if (!isWhole(bag, path, one.text("sha256"))) continue;
    if (!isWhole(bag, message, one.text("cms_sha256"))) continue;
    const value = signatureValue(await bag.read(message));
    const token = value && (await readToken(await bag.read(path), await sha256(value), roots));
    if (!token) report.gap(4, "signature_stamp_untrusted", path);
  }
}

/** What the one signer's key made, out of a CMS message (RFC 5652 §5.3); null if unreadable. */
function signatureValue(message) {
  try {
    const found = signedData(message).signer.children.filter((one) => one.tag === 4);
    return found.length === 1 ? found[0].content : null;
  } catch {
    return null;
  }
}
