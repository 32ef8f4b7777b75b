const OLDEST_NODE = 24;

/** Plain `node` may be an older one than npm brought along; the modules below would fail on it with a riddle. */
async function main(): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    console.error(
      `Attune needs Node ${OLDEST_NODE} and this is ${process.versions.node}; npm brought the right one along: use "npm start" or "npx attune"`,
    );
    process.exitCode = 1;
    return;
  }
  const { runProgram } = await import('./program.js');
  process.exitCode = await runProgram(process.argv);
}

await main();
