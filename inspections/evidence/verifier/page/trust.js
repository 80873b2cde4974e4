// ── certificates, signatures and timestamps (X.509, CMS, RFC 3161) ──────────────────────────

const HASHES = {
  "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384",
  "2.16.840.1.101.3.4.2.3": "SHA-512",
};
const SIGNATURES = {
  "1.2.840.10045.4.3.2": ["ECDSA", "SHA-256"],
  "1.2.840.10045.4.3.3": ["ECDSA", "SHA-384"],
  "1.2.840.10045.4.3.4": ["ECDSA", "SHA-512"],
  "1.2.840.113549.1.1.1": ["RSASSA-PKCS1-v1_5", null],
  "1.2.840.113549.1.1.11": ["RSASSA-PKCS1-v1_5", "SHA-256"],
  "1.2.840.113549.1.1.12": ["RSASSA-PKCS1-v1_5", "SHA-384"],
  "1.2.840.113549.1.1.13": ["RSASSA-PKCS1-v1_5", "SHA-512"],
};
const CURVES = {
  "1.2.840.10045.3.1.7": ["P-256", 32],
  "1.3.132.0.34": ["P-384", 48],
  "1.3.132.0.35": ["P-521", 66],
};
const OID = {
  unit: "2.5.4.11",
  name: "2.5.4.3",
  basic: "2.5.29.19",
  purpose: "2.5.29.37",
  stamping: "1.3.6.1.5.5.7.3.8",
  digest: "1.2.840.113549.1.9.4",
  type: "1.2.840.113549.1.9.3",
  signer: "1.2.840.113549.1.9.16.2.47",
  data: "1.2.840.113549.1.7.1",
  signed: "1.2.840.113549.1.7.2",
  stamp: "1.2.840.113549.1.9.16.1.4",
};

class Certificate {
  constructor(bytes) {
    const whole = new Der(bytes);
    if (whole.bytes.length !== bytes.length) throw new Error("certificate");
    const [body, algorithm, signature] = whole.children;
    const parts = body.children;
    if (parts[0].tag === 0xa0) parts.shift();
    [this.serial, , this.issuer, this.validity, this.subject, this.key] = parts;
    this.bytes = bytes;
    this.body = body.bytes;
    this.algorithm = algorithm.children[0].oid;
    this.signature = signature.content.subarray(1);
    this.extensions = new Map();
    for (const one of parts.find((part) => part.tag === 0xa3)?.children[0].children ?? []) {
      const [oid, ...rest] = one.children;
      const critical = rest.length > 1 && rest[0].content[0] === 0xff;
      this.extensions.set(oid.oid, { critical, value: new Der(rest.at(-1).content) });
    }
  }

  static ofPem(pem) {
    const found = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/.exec(pem);
    if (!found) throw new Error("PEM");
    return new Certificate(unbase64(found[1].replace(/\s/g, "")));
  }

  part(oid) {
    for (const set of this.subject.children) {
      for (const pair of set.children) {
        if (pair.children[0].oid === oid) return plain.decode(pair.children[1].content);
      }
    }
    return "";
  }

  get isOwnIssuer() {
    return same(this.issuer.bytes, this.subject.bytes);
  }

  get mayIssue() {
    const flag = this.extensions.get(OID.basic)?.value.children[0];
    return flag?.tag === 1 && flag.content[0] === 0xff;
  }

  get isForStamps() {
    const purpose = this.extensions.get(OID.purpose);
    const named = purpose?.value.children.map((one) => one.oid) ?? [];
    return Boolean(purpose?.critical) && named.length === 1 && named[0] === OID.stamping;
  }

  validAt(seconds) {
    const [from, until] = this.validity.children;
    return from.seconds <= seconds && seconds <= until.seconds;
  }

  /** Whether this certificate's key made `signature` over `data`. */
  async verifies(data, signature, algorithm, hash) {
    const [scheme, own] = SIGNATURES[algorithm] ?? [];
    const name = own ?? hash;
    if (!scheme || !name) return false;
    try {
      const curve = CURVES[this.key.children[0].children[1]?.oid];
      const how = scheme === "ECDSA" ? { name: scheme, namedCurve: curve[0] } : { name: scheme, hash: name };
      const key = await crypto.subtle.importKey("spki", this.key.bytes, how, false, ["verify"]);
      const raw = scheme === "ECDSA" ? rawSignature(signature, curve[1]) : signature;
      return await crypto.subtle.verify({ name: scheme, hash: name }, key, raw, data);
    } catch {
      return false;
    }
  }
}

/** One certificate in the one way that openssl writes it. */
function isPlainPem(pem) {
  const inner = String(pem).split("\n").slice(1, -2).join("");
  const lines = inner.match(/.{1,64}/g) ?? [];
  const ends = ["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", ""];
  unbase64(inner);
  return [ends[0], ...lines, ...ends.slice(1)].join("\n") === pem;
}

/** WebCrypto wants r‖s of fixed length where X.509 has a DER sequence. */
function rawSignature(der, size) {
  const whole = new Der(der);
  if (whole.bytes.length !== der.length) throw new Error("signature");
  const raw = new Uint8Array(2 * size);
  whole.children.forEach((one, at) => {
    const digits = one.content[0] === 0 ? one.content.subarray(1) : one.content;
    raw.set(digits, (at + 1) * size - digits.length);
  });
  return raw;
}

/** The given root under which `certificate` was good at `seconds`, through `pool` if need be. */
async function vouching(certificate, seconds, roots, pool = [], depth = 0) {
  if (depth > 4 || !certificate.validAt(seconds)) return null;
  for (const [given, issuers] of [[true, roots], [false, pool]]) {
    for (const issuer of issuers) {
      if (!same(issuer.subject.bytes, certificate.issuer.bytes) || !issuer.mayIssue) continue;
      const { body, signature, algorithm } = certificate;
      if (!(await issuer.verifies(body, signature, algorithm))) continue;
      if (given && issuer.validAt(seconds)) return issuer;
      const root = given ? null : await vouching(issuer, seconds, roots, pool, depth + 1);
      if (root) return root;
    }
  }
  return null;
}

/** Time of a TimeStampResp over `imprint` (hex) and the root that vouches for it, or null. */
async function readToken(bytes, imprint, roots) {
  return judged(async () => {
    const answer = new Der(bytes);
    const [status, token] = answer.children;
    if (answer.bytes.length !== bytes.length || status.children[0].content[0] > 1) return null;
    return tokenOf(token.bytes, imprint, roots);
  });
}

/** The same of a token that stands alone, as it does in a PDF. */
async function readBareToken(bytes, imprint, roots) {
  return judged(() => tokenOf(bytes, imprint, roots));
}

/** Who signed `content` by a detached CMS message, and the root that vouches, if one does. */
async function readMessage(bytes, content, seconds, roots) {
  return judged(async () => {
    const { type, info, pool, signer: told } = signedData(bytes);
    if (type !== OID.data || info) return null;
    const signer = await signerOf(told, content, pool, type);
    return signer && { signer, root: await vouching(signer, seconds, roots, pool) };
  });
}

/** What is not even readable is not believed. */
async function judged(reading) {
  try {
    return await reading();
  } catch (error) {
    if (error instanceof Refused) throw error;
    return null;
  }
}

/** The parts of a CMS message (RFC 5652) that has one signer. */
function signedData(bytes) {
  const whole = new Der(bytes);
  const [form, outer] = whole.children;
  if (whole.bytes.length !== bytes.length || form.oid !== OID.signed) throw new Error("CMS");
  const parts = outer.children[0].children;
  const [type, content] = parts[2].children;
  const pool = (parts.find((one) => one.tag === 0xa0)?.children ?? []).map(
    (one) => new Certificate(one.bytes),
  );
  const signers = parts.at(-1).children;
  if (signers.length !== 1) throw new Error("signers");
  return { type: type.oid, info: content?.children[0].content, pool, signer: signers[0] };
}

async function tokenOf(bytes, imprint, roots) {
  const { type, info, pool, signer: told } = signedData(bytes);
  if (type !== OID.stamp) return null;
  const stamp = new Der(info).children;
  const [algorithm, hashed] = stamp[2].children;
  if (HASHES[algorithm.children[0].oid] !== "SHA-256" || hex(hashed.content) !== imprint) return null;
  const time = stamp.slice(3).find((one) => one.tag === 0x18).seconds;
  const signer = await signerOf(told, info, pool, OID.stamp);
  if (!signer?.isForStamps) return null;
  const root = await vouching(signer, time, roots, pool);
  return root ? { at: new Date(time * 1000).toISOString().replace(".000", ""), root } : null;
}

/** The certificate that signed content of this type, or null. */
async function signerOf(info, content, pool, type) {
  const [, sid, hashing, attributes, algorithm, signature] = info.children;
  const hash = HASHES[hashing.children[0].oid];
  const [issuer, serial] = sid.children;
  const signer = pool.find(
    (one) => same(one.issuer.bytes, issuer.bytes) && same(one.serial.content, serial.content),
  );
  if (!signer || !hash || attributes.tag !== 0xa0) return null;
  const found = new Map(
    attributes.children.map((one) => [one.children[0].oid, one.children[1].children[0]]),
  );
  if (found.get(OID.type)?.oid !== type) return null;
  if (!same(found.get(OID.digest).content, await digest(content, hash))) return null;
  const named = found.get(OID.signer)?.children[0].children[0].children;
  if (!named) return null;
  const by = named[0].tag === 0x30 ? HASHES[named[0].children[0].oid] : "SHA-256";
  const own = named.find((one) => one.tag === 4);
  if (!same(own.content, await digest(signer.bytes, by))) return null;
  // What is signed is the SET OF, not the [0] it stands as.
  const set = attributes.bytes.slice();
  set[0] = 0x31;
  const good = await signer.verifies(set, signature.content, algorithm.children[0].oid, hash);
  return good ? signer : null;
}
