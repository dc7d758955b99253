#!/usr/bin/env node
import { connect } from './cli/connect.js';
import { runCli } from './cli/run-cli.js';

// A reader that has seen enough, such as `head`, closes the pipe.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  connect,
});
