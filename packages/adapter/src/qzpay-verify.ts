#!/usr/bin/env node
import { runInProcess } from './cli/process.js';
import { runVerify } from './cli/verify.js';

await runInProcess(runVerify);
