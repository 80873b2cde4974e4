// ── E4: the mark of the official seal system (SM2 with SM3, GB/T 32918.2) ─────────────────────

// The curve of GB/T 32918.5: y² = x³ + ax + b over p, base point G of order n.
const SM2 = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  g: [
    0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
    0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
  ],
  // GB/T 35276: the signer's identity where none was agreed upon.
  identity: "1234567812345678",
  // In a certificate: the curve's name, then the public key as an uncompressed point.
  key: "06082a811ccf5501822d03420004",
};

/** The mark is by the certificate that the journal names, over the record as it was sealed. */
async function checkMark(bag, entries, report, roots) {
  const sealed = entries.filter((one) => one.kind === "record.sealed").at(-1);
  const named = sealed?.text("official_sha256");
  const file = entries.find(
    (one) => named && one.kind === "evidence.admitted" && one.text("sha256") === named,
  );
  const path = file && itemPath(file.number, file.data);
  if (!path || !isWhole(bag, path, named) || !isWhole(bag, RECORD, sealed.text("sha256"))) return;
  const told = sealed.text("official_certificate");
  const fingerprint = sealed.text("official_certificate_sha256");
  if (!told) report.note("mark_certificate_absent", path);
  else if (!(await isMarked(told, fingerprint, await bag.read(RECORD), await bag.read(path)))) {
    report.fail("mark_forged", path);
  } else {
    const given = await Promise.all(roots.map((one) => sha256(one.bytes)));
    if (!given.includes(fingerprint)) report.note("mark_untrusted", path);
  }
}

async function isMarked(told, fingerprint, paper, mark) {
  try {
    const certificate = unbase64(told);
    return (await sha256(certificate)) === fingerprint && isSigned(certificate, paper, mark);
  } catch {
    return false;
  }
}

/** Whether the key in the certificate (DER) made the signature (DER) over the content. */
function isSigned(certificate, content, signature) {
  const key = keyIn(certificate);
  const [r, s] = numbersIn(signature);
  const t = (r + s) % SM2.n;
  if (!key || !(r > 0n && r < SM2.n && s > 0n && s < SM2.n && t)) return false;
  const point = added(times(s, SM2.g), times(t, key));
  const told = sm3(joined(unhex(sm3(aboutSigner(key))), content));
  return point !== null && (BigInt(`0x${told}`) + point[0]) % SM2.n === r;
}

/** What stands before the content: who signs, the curve, the key. */
function aboutSigner(key) {
  const numbers = [SM2.a, SM2.b, ...SM2.g, ...key].map((one) => one.toString(16).padStart(64, "0"));
  const who = utf8.encode(SM2.identity);
  return joined(Uint8Array.of(0, 8 * who.length), who, unhex(numbers.join("")));
}

/** The one key of this curve in the certificate, a point on it; null when there is none. */
function keyIn(certificate) {
  // Byte by byte: half a byte further on the same digits would mean nothing.
  const spaced = (digits) => digits.replace(/../g, "$& ");
  const [before, rest, ...more] = spaced(hex(certificate)).split(spaced(SM2.key));
  const after = rest?.replaceAll(" ", "") ?? "";
  if (!before || more.length || after.length < 128) return null;
  const [x, y] = [BigInt(`0x${after.slice(0, 64)}`), BigInt(`0x${after.slice(64, 128)}`)];
  const off = modulo(y * y - x * x * x - SM2.a * x - SM2.b);
  return off === 0n && x < SM2.p && y < SM2.p ? [x, y] : null;
}

/** r and s of the sequence of two positive integers that the signature is, in its one form. */
function numbersIn(der) {
  const found = [];
  let at = 2;
  if (der.length < 8 || der[0] !== 0x30 || der[1] !== der.length - 2 || der[1] > 0x7f) {
    throw new Error("signature");
  }
  while (at < der.length) {
    const length = der[at + 1];
    const digits = der.subarray(at + 2, at + 2 + length);
    const short = length > 1 && digits[0] === 0 && digits[1] < 0x80;
    if (der[at] !== 2 || !length || digits.length !== length || digits[0] > 0x7f || short) {
      throw new Error("signature");
    }
    found.push(BigInt(`0x${hex(digits)}`));
    at += 2 + length;
  }
  if (found.length !== 2) throw new Error("signature");
  return found;
}

const modulo = (value) => ((value % SM2.p) + SM2.p) % SM2.p;

/** Inverse modulo p, by the extended Euclidean algorithm. */
function inverse(value) {
  let [a, b, x, y] = [modulo(value), SM2.p, 1n, 0n];
  while (a) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return modulo(y);
}

function added(one, other) {
  if (!one || !other) return one ?? other;
  if (one[0] === other[0] && modulo(one[1] + other[1]) === 0n) return null;
  const same = one[0] === other[0];
  const slope = same
    ? (3n * one[0] * one[0] + SM2.a) * inverse(2n * one[1])
    : (other[1] - one[1]) * inverse(other[0] - one[0]);
  const x = modulo(slope * slope - one[0] - other[0]);
  return [x, modulo(slope * (one[0] - x) - one[1])];
}

function times(count, point) {
  let found = null;
  for (let left = count; left; left >>= 1n) {
    if (left & 1n) found = added(found, point);
    point = added(point, point);
  }
  return found;
}
