import { parseDemoArguments, USAGE } from './arguments.js';
import { openDemoStorage } from './open.js';
import { tellStory } from './story.js';

async function main(): Promise<void> {
  let options: ReturnType<typeof parseDemoArguments>;
  try {
    options = parseDemoArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const { storage, where, end } = await openDemoStorage(options.databaseUrl);
  try {
    await tellStory(storage, where);
  } finally {
    await end();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
