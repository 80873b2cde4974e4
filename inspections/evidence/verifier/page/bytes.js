"use strict";
// Bytes, digests, JSON and DER: what the checks below are made of.

class Refused extends Error {}

const utf8 = new TextEncoder();
const plain = new TextDecoder("utf-8");
const strictly = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
const same = (one, other) => hex(one) === hex(other);

function unhex(text) {
  if (typeof text !== "string" || !/^([0-9a-f]{2})*$/.test(text)) throw new Error("hex");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function unbase64(text) {
  if (typeof text !== "string" || text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new Error("base64");
  }
  if (btoa(atob(text)) !== text) throw new Error("base64");
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function digest(bytes, name = "SHA-256") {
  return new Uint8Array(await crypto.subtle.digest(name, bytes));
}

async function sha256(data) {
  return hex(await digest(typeof data === "string" ? utf8.encode(data) : data));
}

const turn = (value, by) => (value << (by & 31)) | (value >>> (32 - (by & 31)));

/** SM3 (GB/T 32905), which browsers do not know. */
function sm3(data) {
  const state = Int32Array.of(
    0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
  );
  const tail = new Uint8Array(data.length % 64 < 56 ? 64 : 128);
  const whole = data.length - (data.length % 64);
  tail.set(data.subarray(whole));
  tail[data.length % 64] = 0x80;
  const bits = new DataView(tail.buffer);
  bits.setUint32(tail.length - 8, Math.floor(data.length / 0x20000000));
  bits.setUint32(tail.length - 4, (data.length << 3) >>> 0);
  const words = new Int32Array(68);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let at = 0; at < whole; at += 64) sm3Block(state, view, at, words);
  for (let at = 0; at < tail.length; at += 64) sm3Block(state, bits, at, words);
  return Array.from(state, (one) => (one >>> 0).toString(16).padStart(8, "0")).join("");
}

function sm3Block(state, view, at, words) {
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < 68; i++) {
    const mixed = words[i - 16] ^ words[i - 9] ^ turn(words[i - 3], 15);
    words[i] = mixed ^ turn(mixed, 15) ^ turn(mixed, 23) ^ turn(words[i - 13], 7) ^ words[i - 6];
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const first = turn((turn(a, 12) + e + turn(i < 16 ? 0x79cc4519 : 0x7a879d8a, i)) | 0, 7);
    const ff = i < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = i < 16 ? e ^ f ^ g : (e & f) | (~e & g);
    const one = (ff + d + (first ^ turn(a, 12)) + (words[i] ^ words[i + 4])) | 0;
    const two = (gg + h + first + words[i]) | 0;
    [d, c, b, a] = [c, turn(b, 9), a, one];
    [h, g, f, e] = [g, turn(f, 19), e, two ^ turn(two, 9) ^ turn(two, 17)];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] ^= value));
}

/** JSON that means one thing only: a doubled key is refused, as verify.py refuses it. */
function strictJson(bytes) {
  const text = strictly.decode(bytes);
  const value = JSON.parse(text);
  const stack = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}]/g)) {
    if (token === "{") stack.push(new Set());
    else if (token === "}") stack.pop();
    else if (token.endsWith(":")) {
      const key = JSON.parse(token.slice(0, -1));
      if (stack.at(-1).has(key)) throw new Error("doubled key");
      stack.at(-1).add(key);
    }
  }
  return value;
}

/** JSON exactly as the packages write it, and in no other spelling. */
function writtenJson(bytes) {
  const value = strictJson(bytes);
  if (`${JSON.stringify(value, null, 1)}\n` !== strictly.decode(bytes)) throw new Error("spelling");
  return value;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// ── DER ────────────────────────────────────────────────────────────────────────────────────

/** One element: its tag, its content, all of its bytes; children are read on demand. */
class Der {
  constructor(bytes, at = 0) {
    this.tag = bytes[at];
    let length = bytes[at + 1];
    let start = at + 2;
    if (length === undefined) throw new Error("DER");
    if (length & 0x80) {
      const count = length & 0x7f;
      if (count < 1 || count > 4) throw new Error("DER");
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + bytes[start++];
    }
    if (!(start + length <= bytes.length)) throw new Error("DER");
    this.content = bytes.subarray(start, start + length);
    this.bytes = bytes.subarray(at, start + length);
  }

  get children() {
    const found = [];
    for (let at = 0; at < this.content.length; at += found.at(-1).bytes.length) {
      found.push(new Der(this.content, at));
    }
    return found;
  }

  get oid() {
    const parts = [Math.floor(this.content[0] / 40), this.content[0] % 40];
    let value = 0;
    for (const byte of this.content.subarray(1)) {
      value = value * 128 + (byte & 0x7f);
      if (!(byte & 0x80)) {
        parts.push(value);
        value = 0;
      }
    }
    return parts.join(".");
  }

  /** Seconds since 1970 of a UTCTime or GeneralizedTime. */
  get seconds() {
    let text = plain.decode(this.content);
    if (this.tag === 0x17) text = (Number(text.slice(0, 2)) < 50 ? "20" : "19") + text;
    const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(text);
    if (!found) throw new Error("time");
    const [, y, mo, d, h, mi, s] = found.map(Number);
    return Date.UTC(y, mo - 1, d, h, mi, s) / 1000;
  }
}
