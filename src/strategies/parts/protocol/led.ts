import type { Action, Member, Note } from '../../../contracts/index.ts';
import { act, say } from './act.ts';
import { audible, contribute, decides, doneBy, type Words } from './contribution.ts';
import type { TalkOptions } from './seats.ts';
import type { TeamStep } from './team-strategy.ts';

export interface LedOptions extends TalkOptions {
  /** How often it plans; the others report in between. At least 1. */
  readonly rounds: number;
}

/**
 * One agent plans and assigns, the others do, it assembles. In each round it says what everybody is to do; the others
 * talk among themselves, where they do, and report what they know and have; in the last round they act in place of
 * the report, and it acts after them, having read what they did. The others read its plans, their own words, and
 * those of the peers that they hear in their own exchange; reports and texts go to it alone.
 *
 * Questions in a step of N agents: rounds * (1 + (peerRounds + 1) (N - 1)) + 1; one less for each agent that has but
 * one action, and for a head that has nothing to do.
 */
export async function led(
  { members, affords, hears, placed: head, options: { rounds, messageTokens } }: TeamStep<LedOptions>,
  peerRounds: number,
): Promise<readonly Action[]> {
  const { name } = members[head];
  const others = members.flatMap((member, self) => (self === head ? [] : [{ member, self }]));
  const plans: Words[] = [];
  const talk: Words[] = [];
  const reports: Words[] = [];
  const acting = others.filter(({ member }) => decides(member) || member.offer.kind === 'none').length;
  const roundCost = 1 + peerRounds * others.length + acting + 1;
  const told = (self: number, brief: string): Note[] => [
    ...inOrder(
      plans,
      audible(talk, self, hears),
      reports.filter(({ from }) => from === self),
    ),
    { kind: 'brief', text: brief },
  ];
  const all = (ask: (member: Member, self: number) => Promise<Words>) =>
    Promise.all(others.map(({ member, self }) => ask(member, self)));

  for (let round = 1; round <= rounds && affords(roundCost); round++) {
    const brief = briefOf(round, others.length);
    const notes: Note[] = [...inOrder(plans, reports), { kind: 'brief', text: brief }];
    const from = head;
    plans.push({ kind: 'words', from, round, text: await say(members[head], messageTokens, notes) });
    for (let turn = 1; turn <= peerRounds; turn++) {
      const peers = `${name} leads. Talk with your teammates about what each of you does (${turn} of ${peerRounds}).`;
      const speak = async (member: Member, self: number): Promise<Words> => ({
        ...{ kind: 'words', from: self, round },
        text: await say(member, messageTokens, told(self, peers)),
      });
      talk.push(...(await all(speak)));
    }
    if (round === rounds) break;
    const report = `${name} leads. Report to ${name} what you know and what you have so far.`;
    reports.push(
      ...(await all((member, self) => contribute(member, self, round, messageTokens, told(self, report)))),
    );
  }
  return assembled();

  /** The others act, who only talks says what it has, and the head acts last. */
  async function assembled(): Promise<readonly Action[]> {
    const actions: Action[] = [];
    const round = plans.length;
    const done = await Promise.all(
      others.map(async ({ member, self }): Promise<Note[]> => {
        const brief = `${name} leads. Do your part.`;
        actions[self] = await act(member, told(self, brief));
        if (member.offer.kind !== 'none') return doneBy(member, self, round, actions[self]);
        // Nobody is there to read it.
        if (!decides(members[head])) return [];
        const text = await say(member, messageTokens, told(self, brief));
        return [{ kind: 'words', from: self, round, text }];
      }),
    );
    const brief = 'You lead. Act now, with all that the team has told and done.';
    const notes: Note[] = [...inOrder(plans, reports), ...done.flat(), { kind: 'brief', text: brief }];
    actions[head] = await act(members[head], notes);
    return actions;
  }
}

function briefOf(round: number, others: number): string {
  if (others === 0) return 'You lead, and you are alone. Plan what to do.';
  return round === 1
    ? 'You lead the team. Plan, and say to each of your teammates by name what it is to do.'
    : 'You lead the team. Your teammates have reported. Plan anew, and say to each by name what it is to do.';
}

/** By rounds; within a round in the order of the lists. */
function inOrder(...lists: readonly (readonly Words[])[]): Words[] {
  return lists.flat().sort((a, b) => a.round - b.round);
}
