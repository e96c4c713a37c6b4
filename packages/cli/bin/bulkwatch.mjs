#!/usr/bin/env node
// Stands here before anything is built, so that installing links the command.
await import('../dist/main.js');
