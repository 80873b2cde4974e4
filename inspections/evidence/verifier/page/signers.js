// ── E4: who signed the record ──────────────────────────────────────────────────────────────

const FILES = ["strokes_sha256", "picture_sha256", "photo_sha256", "cms_sha256"];

async function checkSigners(bag, entries, report, roots) {
  const frozen = entries.filter((one) => one.kind === "record.frozen").at(-1);
  if (!frozen) {
    report.gap(4, "record_absent");
    return;
  }
  const paper = frozen.text("sha256");
  const files = new Set(
    entries.filter((one) => one.kind === "evidence.admitted").map((one) => one.text("sha256")),
  );
  if (!files.has(paper)) report.fail("record_unbound", place(frozen.number));
  for (const one of entries) {
    if (one.kind !== "record.issued") continue;
    if (one.text("frozen_sha256") !== paper || !files.has(one.text("signed_sha256"))) {
      report.fail("record_unbound", place(one.number));
    }
  }
  for (const answer of checkAnswers(entries, report, paper, files)) {
    await checkCertified(bag, answer, report, roots);
  }
}

/** Everybody asked has answered; returns the signatures that are bound to the record. */
function checkAnswers(entries, report, paper, files) {
  const asked = entries.filter(
    (one) => one.kind === "signature.requested" && one.text("document_sha256") === paper,
  );
  const answers = new Map(
    entries
      .filter((one) => ["signature.completed", "signature.declined"].includes(one.kind))
      .map((one) => [one.text("signature"), one]),
  );
  const inspectors = new Set();
  const bound = [];
  for (const request of asked) {
    const answer = answers.get(request.text("signature"));
    if (!answer) report.gap(4, "signature_missing", place(request.number));
    else if (answer.kind === "signature.declined") {
      report.note("applicant_declined", place(answer.number));
    } else if (!isBound(answer, paper, files)) {
      report.fail("signature_unbound", place(answer.number));
    } else {
      bound.push(answer);
      if (request.text("signer") === "INSPECTOR") inspectors.add(request.text("signer_id"));
      if (request.text("assurance") === "CERTIFIED" && !answer.text("cms_sha256")) {
        report.gap(4, "signature_uncertified", place(answer.number));
      }
    }
  }
  if (!asked.some((one) => one.text("signer") === "APPLICANT")) {
    report.gap(4, "signature_missing", "APPLICANT");
  }
  if (inspectors.size < 2) report.gap(4, "inspectors_too_few");
  return bound;
}

function isBound(answer, paper, files) {
  const named = FILES.map(answer.text).filter(Boolean);
  return answer.text("document_sha256") === paper && named.length > 0 && named.every((x) => files.has(x));
}

const isWhole = (bag, path, digest) => bag.has(path) && bag.digests.get(path)[0] === digest;

function secondsOf(entry) {
  const found = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.exec(entry.at.slice(0, 19));
  return found ? Date.parse(`${found[0]}Z`) / 1000 || 0 : 0;
}

/** The signer's CMS message is over the frozen record, by the certificate the journal names. */
async function checkCertified(bag, answer, report, roots) {
  const path = messagePath(answer);
  if (!answer.text("cms_sha256")) {
    report.note("handwriting_only", place(answer.number));
    report.unproved("handwriting");
    return;
  }
  if (answer.text("key") !== "device") {
    report.note("key_of_server", place(answer.number));
    report.unproved("server_key");
  }
  const whole = isWhole(bag, path, answer.text("cms_sha256"));
  if (!whole || !isWhole(bag, FROZEN, answer.text("document_sha256"))) return;
  const [message, content] = [await bag.read(path), await bag.read(FROZEN)];
  const found = await readMessage(message, content, secondsOf(answer), roots);
  if (!found) report.fail("signature_forged", path);
  else if (!found.root) report.gap(4, "signer_untrusted", path);
  else {
    const told = ["SIGNER", answer.text("signature"), answer.text("certificate_sha256")];
    const { signer } = found;
    const own = [signer.part(OID.unit), signer.part(OID.name), await sha256(signer.bytes)];
    if (told.join("\n") !== own.join("\n")) report.fail("signer_foreign", path);
  }
}

// ── E4: the bureau's seal in the record (PAdES) ────────────────────────────────────────────

const RECORD = "data/record.pdf";

/** What was signed after byte `start`, in order; throws where a range leaves out more than that. */
function signaturesIn(pdf, start) {
  // One character for each byte, whatever the byte.
  const text = new TextDecoder("latin1").decode(pdf);
  const found = [];
  for (const match of text.slice(start).matchAll(/\/ByteRange *\[ *(\d+) +(\d+) +(\d+) +(\d+) *\]/g)) {
    const [first, long, after, rest] = match.slice(1).map(Number);
    const end = after + rest;
    const ordered = start <= long && long < after && after <= end && end <= pdf.length;
    if (first !== 0 || !ordered) throw new Error("range");
    const value = text.slice(long, after);
    if (!/^<[0-9A-Fa-f]+>$/.test(value) || value.length % 2) throw new Error("value");
    if (!/%%EOF[\r\n]*$/.test(text.slice(Math.max(0, end - 20), end))) throw new Error("end");
    const der = element(unhex(value.slice(1, -1).toLowerCase()));
    found.push({ value: der, content: joined(pdf.subarray(0, long), pdf.subarray(after, end)), end });
  }
  return found;
}

/** The DER element at the beginning; throws when anything but zeros follows. */
function element(padded) {
  if (padded.length < 4 || padded[0] !== 0x30 || padded[1] !== 0x82) throw new Error("der");
  const size = 4 + padded[2] * 256 + padded[3];
  if (size > padded.length || padded.subarray(size).some(Boolean)) throw new Error("padding");
  return padded.subarray(0, size);
}

async function checkPaperSeal(bag, entries, report, roots) {
  const issued = entries.filter((one) => one.kind === "record.issued").at(-1);
  const sealed = entries.filter((one) => one.kind === "record.sealed").at(-1);
  if (!issued) return;
  if (!sealed || sealed.text("sha256") !== issued.text("signed_sha256")) {
    report.gap(4, "paper_seal_absent", RECORD);
    return;
  }
  const stamped = await checkSealed(bag, RECORD, sealed, report, roots);
  if (stamped) report.facts.sealed_not_after = stamped;
}

/** The seal is over all of the file, and so is the timestamp, whose time is returned. */
async function checkSealed(bag, path, told, report, roots) {
  if (!isWhole(bag, path, told.text("sha256"))) return "";
  const pdf = await bag.read(path);
  const size = told.data.rendered_size;
  const start = Number.isInteger(size) && size >= 0 && size <= pdf.length ? size : 0;
  let found = null;
  try {
    found = signaturesIn(pdf, start);
  } catch {
    report.fail("paper_seal_broken", path);
    return "";
  }
  const wanted = told.text("level") === "B-LTA" ? 2 : 1;
  const drawn = (await sha256(pdf.subarray(0, start))) === told.text("rendered_sha256");
  const rising = found.every((one, at) => at === 0 || one.end > found[at - 1].end);
  if (!found.length) report.fail("paper_seal_missing", path);
  else if (!drawn || found.length !== wanted || !rising || found.at(-1).end !== pdf.length) {
    report.fail("paper_seal_broken", path);
  } else {
    await checkSealer(found[0], path, told, report, roots);
    return checkPaperStamp(found.slice(1), path, report, roots);
  }
  return "";
}

async function checkSealer(seal, path, told, report, roots) {
  const found = await readMessage(seal.value, seal.content, secondsOf(told), roots);
  if (!found) report.fail("paper_seal_broken", path);
  else if (!found.root) report.gap(4, "paper_seal_untrusted", path);
  else {
    const own = await sha256(found.signer.bytes);
    if (found.signer.part(OID.unit) !== "SEAL" || own !== told.text("certificate_sha256")) {
      report.fail("paper_seal_foreign", path);
    }
  }
}

async function checkPaperStamp(stamps, path, report, roots) {
  if (!stamps.length) report.note("paper_stamp_absent", path);
  let at = "";
  for (const one of stamps) {
    const token = await readBareToken(one.value, await sha256(one.content), roots);
    if (token) at = token.at;
    else report.gap(4, "paper_stamp_untrusted", path);
  }
  return at;
}
