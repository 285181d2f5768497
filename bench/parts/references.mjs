// Measures oracle and random reference of 40 instances of each task of the default study with the built library
// and prints the CPU time per instance in ms as JSON, by task: node bench/parts/references.mjs
import { builtInCatalogue, measureReferences, randomStream } from '../../dist/api/index.js';

const count = 40;
const result = {};
for (const id of ['coverage', 'foraging', 'assembly', 'hidden-profile']) {
  const definition = builtInCatalogue.tasks.find((task) => task.id === id);
  const task = definition.create(definition.optionsSchema.parse({}));
  const instances = Array.from({ length: count }, (_, k) => task.generate(randomStream('bench', id, k)));
  const before = process.cpuUsage();
  instances.forEach((instance, k) => measureReferences(task, instance, randomStream('bench', id, k, 'play')));
  const { user, system } = process.cpuUsage(before);
  result[id] = (user + system) / 1000 / count;
}
console.log(JSON.stringify(result));
