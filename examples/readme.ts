import { run, scoreTableText } from 'agentmesh-stm';

const { scores } = await run({
  name: 'first-look',
  models: ['pocket-32k'],
  strategies: ['none'],
  tasks: ['coverage', { id: 'hidden-profile', rounds: 2 }],
  seeds: 5,
});
console.log(scoreTableText(scores));
