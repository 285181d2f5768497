#!/usr/bin/env node
import './check-node.cjs';
import { start } from './start.js';

await start();
