// English must have the same keys; the compiler sees to it.
export const zh = {
  'proof.title': '时间证明',
  'proof.show': '出示时间口令',
  'proof.show_again': '再出示一次',
  'proof.why': '请申请人对着镜头读出六位数字，证明录像不早于此刻。',
  'proof.heard': '已听到口述',
  'proof.spoken': '{time} 已口述',
  'proof.none': '还没有口述时间口令',
  'proof.never': '没有核验时间口令',
  'proof.conclude': '时间口令未核验。可以下结论，笔录将如实写明。',
  'proof.checkpoint': '检查点第 {number} 号 {time}',
  'proof.checkpoint_none': '还没有检查点，最迟半分钟后生成',
  'proof.behind': '之后的记录待下一个检查点',
  'proof.token': '{label}：{state}',
  'proof.token_at': '{label}：{time}',
  'proof.local': '本机时间戳不是外部时间证明',
  'proof.root': '{label} 指纹 {head}…',
  'proof.in_gap': '判定时没有录上',
  'proof.unproved': '缺少现场证据',
  'proof.stamped': '带时间地点的副本',
  'playback.title': '录像回看',
  'playback.watch': '看这一刻',
  'playback.close': '返回画面',
  'playback.none': '还没有可以回看的录像。录像每段结束后才能回看。',
  'playback.gap': '这一刻没有录上，从最近的录像放起。',
} as const

export type ProofWord = keyof typeof zh
