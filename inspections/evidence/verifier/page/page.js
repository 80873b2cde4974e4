// ── the page ───────────────────────────────────────────────────────────────────────────────

const $ = (id) => document.getElementById(id);
const chosen = { files: null, label: "", roots: [] };

function make(tag, words, kind = "") {
  const node = document.createElement(tag);
  node.textContent = words;
  if (kind) node.className = kind;
  return node;
}

/** Certificates of a PEM file that somebody chose as roots. */
function rootsOf(text) {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (!found.length) throw new Refused("选的文件里没有 PEM 证书");
  return found.map((pem) => Certificate.ofPem(pem));
}

async function walk(entry, prefix = "") {
  if (entry.isFile) {
    const file = await new Promise((good, bad) => entry.file(good, bad));
    return [[prefix + entry.name, file]];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((good, bad) => reader.readEntries(good, bad));
    if (!some.length) return found;
    for (const one of some) found.push(...(await walk(one, `${prefix}${entry.name}/`)));
  }
}

async function dropped(event) {
  event.preventDefault();
  document.body.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((one) => one.webkitGetAsEntry()).filter(Boolean);
  await guarded(async () => {
    for (const entry of entries) {
      if (entry.isDirectory) await take(readFolder(await walk(entry)), entry.name);
      else await takeFile(await new Promise((good, bad) => entry.file(good, bad)));
    }
  });
}

async function takeFile(file) {
  if (/\.(pem|crt|cer)$/i.test(file.name)) await takeRoots([file]);
  else await take(await readZip(file), file.name);
}

async function take(files, label) {
  [chosen.files, chosen.label] = [files, label];
  await look();
}

async function takeRoots(files) {
  for (const file of files) chosen.roots.push(...rootsOf(await file.text()));
  $("roots-list").replaceChildren();
  for (const root of chosen.roots) {
    const words = `${root.part(OID.name)}　SHA-256 ${await sha256(root.bytes)}`;
    $("roots-list").append(make("li", words));
  }
  await look();
}

async function look() {
  if (!chosen.files) return;
  $("verdict").replaceChildren(make("p", "正在核对……", "quiet"));
  show(await verify(chosen.files, chosen.roots, (done, all) => {
    $("verdict").firstChild.textContent = `正在核对：${done} / ${all} 个文件`;
  }));
}

async function guarded(work) {
  try {
    await work();
  } catch (error) {
    const words = error instanceof Refused ? error.message : `读不出来（${error.message}）`;
    $("verdict").replaceChildren(make("h2", "无法核验", "bad"), make("p", `${words}。`));
  }
}

const HEADINGS = { fail: "不一致的地方", gap: "还缺少的", note: "说明" };

function show(verdict) {
  const { facts, grade } = verdict;
  const level = WORDS.GRADES.indexOf(grade);
  const local = level >= 3 && !facts.outside_time ? "（非外部时间）" : "";
  const outcome = verdict.verified ? "核验通过" : "核验没有通过";
  const nodes = [
    make("h2", `${outcome}　${grade} ${WORDS.GRADE_WORDS[level]}${local}`, verdict.verified ? "good" : "bad"),
    make("p", `${chosen.label}：${facts.files} 个文件，${facts.bytes} 字节`, "quiet"),
  ];
  if (facts.challenge_at) nodes.push(make("p", `口令出自 ${facts.challenge_at} 的检查点（系统时钟）`));
  if (facts.not_before) {
    nodes.push(make("p", `口令不早于 ${facts.not_before}（它的根里含有该时刻签出的时间戳）`));
  }
  if (facts.sealed_not_after) nodes.push(make("p", `签章不晚于 ${facts.sealed_not_after}`));
  if (facts.not_after) nodes.push(make("p", `不晚于 ${facts.not_after}`));
  if (facts.renewed_at) {
    nodes.push(make("p", `较早的时间戳在 ${facts.renewed_at} 盖上了新的`));
  }
  for (const kind of LEVELS) {
    const found = verdict.findings.filter((one) => one.level === kind);
    if (!found.length) continue;
    const list = document.createElement("ul");
    for (const one of found) list.append(make("li", `${one.text} [${one.code}]`, kind));
    nodes.push(make("h3", HEADINGS[kind]), list);
  }
  const list = document.createElement("ul");
  for (const code of verdict.not_proved) list.append(make("li", WORDS.NOT_PROVED[code]));
  nodes.push(make("h3", "没有证明的"), list);
  $("verdict").replaceChildren(...nodes);
}

function start() {
  $("zip").addEventListener("change", (event) =>
    guarded(async () => takeFile(event.target.files[0])));
  $("folder").addEventListener("change", (event) =>
    guarded(async () => {
      const found = [...event.target.files].map((one) => [one.webkitRelativePath, one]);
      await take(readFolder(found), found[0][0].split("/")[0]);
    }));
  $("roots").addEventListener("change", (event) => guarded(() => takeRoots(event.target.files)));
  $("forget").addEventListener("click", () => location.reload());
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("over");
  });
  document.addEventListener("dragleave", () => document.body.classList.remove("over"));
  document.addEventListener("drop", dropped);
  if (!globalThis.crypto?.subtle) {
    $("verdict").replaceChildren(make("p", "这个浏览器不能核对签名，请换用新版浏览器，或用 verify.py。", "bad"));
  }
}

start();
