// Where our server's answers about the same zone differ from BIND's, and why.

export type Form = 'unsigned' | 'nsec' | 'nsec3' | 'opt-out'
export type Section = 'code' | 'aa' | 'answer' | 'authority' | 'additional'

export interface Difference {
  readonly forms: readonly Form[]
  readonly question: RegExp
  readonly sections: readonly Section[]
  readonly because: string
}

export const DIFFERENCES: readonly Difference[] = [
  {
    forms: ['unsigned', 'nsec', 'nsec3', 'opt-out'],
    question: /^lab\.test NS$/,
    sections: ['additional'],
    because: 'the name server lies in another zone of the same host, which BIND does not have here',
  },
  {
    forms: ['nsec'],
    question: /^(signed|unsigned|lone|cut\.c)\.lab\.test NSEC$/,
    sections: ['aa', 'answer', 'authority', 'additional'],
    because: 'of what stands at a delegation, DS alone is the business of the zone above (RFC 4035 §3.1.4.1)',
  },
]
