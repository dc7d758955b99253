#!/usr/bin/env node
import { runMaintain } from './cli/maintain.js';
import { runInProcess } from './cli/process.js';

await runInProcess(runMaintain);
