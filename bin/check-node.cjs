// Runs before anything else is imported, so it must parse on very old versions of Node.
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < 20 || (parts[0] === 20 && parts[1] < 19)) {
  console.error(
    'AgentMesh-STM needs Node 20.19 or newer; this is Node ' +
      process.versions.node +
      '. Install a newer one from https://nodejs.org.',
  );
  process.exit(2);
}
