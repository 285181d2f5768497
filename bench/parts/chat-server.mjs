// A chat service with one answer, after the wait in ms given as the first argument. Prints its port.
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers';

const wait = Number(process.argv[2] ?? 0);
const answer = JSON.stringify({
  choices: [{ message: { role: 'assistant', content: '{"action": "north", "confidence": 0.8}' } }],
  usage: { prompt_tokens: 100, completion_tokens: 10 },
});
const headers = { 'content-type': 'application/json', 'content-length': answer.length };
const server = createServer((request, response) => {
  const end = () => response.writeHead(200, headers).end(answer);
  request.resume();
  request.on('end', () => (wait > 0 ? setTimeout(end, wait) : end()));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
