// Answers on demand, for the settings of any protocol: "451 for the first two, then accept".

export { Answers, type AnswerFacts, type AnswerRule } from './answers.ts'
export { parsePeerPattern } from './pattern.ts'
export { answersSchema } from './schema.ts'
