import { runApp } from '#libs/platform/lifecycle';
import { startStandalone } from './start-standalone.js';

await runApp(startStandalone);
